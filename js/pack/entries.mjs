// The entries of the two modules: where each runtime finds a module is said once, in `js/js/entries`.
import { CLIENT, READER } from "./modules.mjs";

/** By the condition under which a runtime or bundler takes it; the last is for all others. */
export const ENTRIES = { workerd: "workerd.js", "edge-light": "edge.js", node: "node.js", default: "web.js" };

/** What the entries of the event reader export. */
const EXPORTS = ["init", "MinaraError", "readSse", "SseDecoder"];

/**
 * The name of the event reader's entry beside that of the client. The one for pages is `sse.js`, where tools look that
 * read no `exports`.
 * @param {string} file
 */
export function readerEntryName(file) {
  return file === ENTRIES.default ? "sse.js" : `sse.${file}`;
}

/**
 * The event reader's entry, made of the client's: other code over another module, and fewer exports.
 * @param {string} source
 */
export function toReaderEntry(source) {
  const lists = source.match(EXPORT_LIST)?.length;
  if (lists !== 1) throw new Error(`An entry has ${lists ?? 0} lists of exports, not one. Adapt js/pack/entries.mjs to it.`);
  return source
    .replace(EXPORT_LIST, `export { ${EXPORTS.join(", ")} } from`)
    .replaceAll(`"./${CLIENT.name}.js"`, `"./${READER.name}.js"`)
    .replaceAll(`"./${CLIENT.name}_bg.`, `"./${READER.name}_bg.`);
}

const EXPORT_LIST = /^export \{[^}]+\} from/gm;
