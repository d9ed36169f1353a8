import { createHash } from "node:crypto";

import { Reader, SECTION, sectionsOf, withSections } from "./binary.mjs";

/**
 * wasm-bindgen names each import by what it is and a hash, in the module and in the glue: 6 KB that compress badly.
 * Both get short names here, the glue's in the order of the module's. What the glue has for a function that was trimmed
 * from the module (js/pack/trim.mjs) is left out.
 *
 * The hashes kept the module of another build from being linked, which numbers do not: it would run with what the glue has
 * in the places of its imports. So the first name is a mark of the build. One is enough, for a module is linked whole or
 * not at all; as the name that all imports come from it would cost 40 bytes more.
 * @param {{ wasm: Uint8Array, glue: string, version: string }} compiled  and the version of the package
 * @returns {{ wasm: Uint8Array, glue: string }}
 */
export function shortenImports({ wasm, glue, version }) {
  const found = [...new Set(importsOf(wasm))];
  const names = new Map(found.map((name, index) => [name, index.toString(36)]));
  const used = glue.replaceAll(/^ {8}(__wb\w+): function\([^]*?(?=^ {8}__wb\w+: |^ {4}\};)/gm, (entry, name) =>
    names.has(name) ? entry.replace(name, `"${names.get(name)}"`) : "",
  );
  const keys = withoutUnused(used);
  const shortened = keys.split(FROM);
  const count = keys.match(/^ {8}"[0-9a-z]+": function\(/gm)?.length;
  if (count !== names.size || shortened.length !== 2) {
    throw new Error("The form of wasm-bindgen's imports has changed. Adapt js/pack/imports.mjs to it.");
  }
  const numbered = shortened.join(`"${SHORT_MODULE}": import0`);
  const mark = markOf({ wasm, glue: numbered, version });
  const marked = numbered.replace(/^ {8}"0": function\(/m, `        "${mark}": function(`);
  return { wasm: renameImports(wasm, names.set(found[0], mark)), glue: marked };
}

/** Characters of the mark, 6 bits each. */
const MARK_LENGTH = 6;

/**
 * Tells one build from another. Taken of what is published, with no name in it that depends on where it was built.
 * @param {{ wasm: Uint8Array, glue: string, version: string }} build
 */
function markOf({ wasm, glue, version }) {
  const hash = createHash("sha256").update(`${version}\0${glue}`);
  for (const { id, whole } of sectionsOf(wasm)) if (id !== SECTION.import) hash.update(whole);
  return hash.digest("base64url").slice(0, MARK_LENGTH);
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

/** Where the functions come from, in the module and in the glue: `./minara_bg.js`, or the like for another output. */
const MODULE = /^\.\/\w+_bg\.js$/;
const FROM = /"\.\/\w+_bg\.js": import0/;
const SHORT_MODULE = "m";
const FUNCTION = 0;

/**
 * wasm-bindgen imports functions alone: a kind of 0, and the index of a type.
 * @param {Reader} reader  at the content of the section
 * @returns {{ name: string, type: number }[]}
 */
function readImports(reader) {
  return Array.from({ length: reader.u32() }, () => {
    const [module, name, kind] = [reader.name(), reader.name(), reader.byte()];
    if (!MODULE.test(module)) throw new Error(`The module imports from ${module}, not from its glue alone.`);
    if (kind !== FUNCTION) throw new Error(`The module imports something of kind ${kind}, which is no function.`);
    return { name, type: reader.u32() };
  });
}

/** @param {Uint8Array} wasm */
function importsOf(wasm) {
  const sections = sectionsOf(wasm).filter(({ id }) => id === SECTION.import);
  return sections.flatMap(({ bytes }) => readImports(new Reader(bytes))).map(({ name }) => name);
}

/**
 * @param {Uint8Array} wasm
 * @param {Map<string, string>} names  new ones by the old
 */
function renameImports(wasm, names) {
  const sections = sectionsOf(wasm).map(({ id, bytes, whole }) => {
    if (id !== SECTION.import) return whole;
    const imports = readImports(new Reader(bytes));
    const renamed = imports.map(({ name, type }) => [
      ...text(SHORT_MODULE),
      ...text(/** @type {string} */ (names.get(name))),
      FUNCTION,
      ...u32(type),
    ]);
    const content = [...u32(imports.length), ...renamed.flat()];
    return Uint8Array.from([id, ...u32(content.length), ...content]);
  });
  return withSections(wasm, sections);
}

/** @param {number} value @returns {number[]} */
function u32(value) {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...u32(value >>> 7)];
}

/** @param {string} name @returns {number[]} */
function text(name) {
  const bytes = Buffer.from(name);
  return [...u32(bytes.length), ...bytes];
}
