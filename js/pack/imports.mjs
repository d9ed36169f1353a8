import { Reader, SECTION, sectionsOf, withSections } from "./binary.mjs";

/**
 * wasm-bindgen names each import by what it is and a hash, in the module and in the glue: 6 KB that compress badly.
 * Both get short names here, the glue's in the order of the module's. What the glue has for a function that was trimmed
 * from the module (js/pack/trim.mjs) is left out.
 * @param {{ wasm: Uint8Array, glue: string }} compiled
 * @returns {{ wasm: Uint8Array, glue: string }}
 */
export function shortenImports({ wasm, glue }) {
  const names = new Map();
  const shortOf = (/** @type {string} */ name) => {
    if (!names.has(name)) names.set(name, names.size.toString(36));
    return names.get(name);
  };
  const renamed = renameImports(wasm, shortOf);
  const used = glue.replaceAll(/^ {8}(__wb\w+): function\([^]*?(?=^ {8}__wb\w+: |^ {4}\};)/gm, (entry, name) =>
    names.has(name) ? entry.replace(name, `"${names.get(name)}"`) : "",
  );
  const keys = withoutUnused(used);
  const shortened = keys.split(`"${MODULE}": import0`);
  const count = keys.match(/^ {8}"[0-9a-z]+": function\(/gm)?.length;
  if (count !== names.size || shortened.length !== 2) {
    throw new Error("The form of wasm-bindgen's imports has changed. Adapt js/pack/imports.mjs to it.");
  }
  return { wasm: renamed, glue: shortened.join(`"${SHORT_MODULE}": import0`) };
}

/**
 * Without helpers that nothing names but themselves.
 * @param {string} glue
 * @returns {string}
 */
function withoutUnused(glue) {
  const kept = glue.replaceAll(/^function (?!__wbg_)(\w+)\([^]*?^\}\n/gm, (whole, name) => {
    const isNamed = new RegExp(`\\b${name}\\b`).test(glue.replace(whole, ""));
    return isNamed ? whole : "";
  });
  return kept === glue ? glue : withoutUnused(kept);
}

const MODULE = "./minara_bg.js";
const SHORT_MODULE = "m";

/**
 * @param {Uint8Array} wasm
 * @param {(name: string) => string} rename
 */
function renameImports(wasm, rename) {
  const sections = sectionsOf(wasm).map(({ id, bytes, whole }) => {
    if (id !== SECTION.import) return whole;
    const section = renamedSection(new Reader(bytes), rename);
    return Buffer.concat([Uint8Array.of(id, ...u32(section.length)), section]);
  });
  return withSections(wasm, sections);
}

/**
 * @param {Reader} reader
 * @param {(name: string) => string} rename
 */
function renamedSection(reader, rename) {
  const count = reader.u32();
  /** @type {number[]} */
  const bytes = u32(count);
  for (let index = 0; index < count; index += 1) {
    const module = reader.name();
    if (module !== MODULE) throw new Error(`The module imports from ${module}, not from its glue alone.`);
    bytes.push(...name(SHORT_MODULE), ...name(rename(reader.name())));
    // wasm-bindgen imports functions alone: a kind of 0, and the index of a type.
    const kind = reader.byte();
    if (kind !== 0) throw new Error(`The module imports something of kind ${kind}, which is no function.`);
    bytes.push(kind, ...u32(reader.u32()));
  }
  return Uint8Array.from(bytes);
}

/** @param {number} value @returns {number[]} */
function u32(value) {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...u32(value >>> 7)];
}

/** @param {string} text @returns {number[]} */
function name(text) {
  const bytes = Buffer.from(text);
  return [...u32(bytes.length), ...bytes];
}
