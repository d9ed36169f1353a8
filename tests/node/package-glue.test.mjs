// The steps of the package's build that change what the tools generate.
import assert from "node:assert/strict";
import { test } from "node:test";

import { toFactory } from "../../js/pack/glue.mjs";
import { shortenImports } from "../../js/pack/imports.mjs";
import { blankDeadData } from "../../js/pack/data.mjs";

const GLUE = `/* @ts-self-types="./minara.d.ts" */
import { MinaraError } from './errors.js';

export class Caller {}
export function setUpBuffers() {}
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg_log_0123456789abcdef: function(arg0) {
            told.push(arg0);
        },
    };
    return {
        __proto__: null,
        "./minara_bg.js": import0,
    };
}
let wasmModule, wasmInstance, wasm;
export { initSync, __wbg_init as default };
`;

/** `(import "./minara_bg.js" "__wbg_log_0123456789abcdef" (func (param i32)))`, and `run`, which calls it with 7. */
function moduleBytes() {
  const text = (value) => [value.length, ...Buffer.from(value)];
  const section = (id, bytes) => [id, bytes.length, ...bytes];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [2, 0x60, 1, 0x7f, 0, 0x60, 0, 0]),
    ...section(2, [1, ...text("./minara_bg.js"), ...text("__wbg_log_0123456789abcdef"), 0, 0]),
    ...section(3, [1, 1]),
    ...section(7, [1, ...text("run"), 0, 1]),
    ...section(10, [1, 6, 0, 0x41, 7, 0x10, 0, 0x0b]),
  ]);
}

test("the glue becomes a function whose calls share nothing", () => {
  const factory = toFactory(GLUE);
  assert.match(factory, /^import \{ MinaraError \} from '\.\/errors\.js';$/m);
  assert.match(factory, /return \{ Caller, setUpBuffers \};/);
  const createGlue = new Function(
    `${factory.replace(/^import .*$/m, "").replace("export function", "return function")}`,
  )();
  const started = [createGlue(), createGlue()].map((glue) => glue.start({ __wbindgen_start() {} }));
  assert.notEqual(started[0].Caller, started[1].Caller);
});

test("glue of another form is refused", () => {
  for (const [part, replacement] of [
    ["let wasmModule, wasmInstance, wasm;", "let wasm;"],
    ["export { initSync, __wbg_init as default };", "export { init };"],
    ["export class Caller {}\nexport function setUpBuffers() {}", ""],
    ["export class Caller {}", "export const Caller = class {};"],
  ]) {
    assert.throws(() => toFactory(GLUE.replace(part, replacement)), /wasm-bindgen's glue has changed/);
  }
});

/** The names under which a module and the glue made with it have the functions that go between them. */
async function namesIn({ wasm, glue }) {
  const imports = WebAssembly.Module.imports(await WebAssembly.compile(wasm));
  const given = [...glue.matchAll(/^ {8}"([^"]+)": function\(/gm)].map(([, name]) => name);
  return { imports: imports.map(({ module, name }) => `${module}.${name}`), given };
}

const version = "1.2.3";

test("imports get short names, the first of them the build's mark, the same in the module and in the glue", async () => {
  const { wasm, glue } = shortenImports({ wasm: moduleBytes(), glue: GLUE, version });
  assert.deepEqual(await namesIn({ wasm, glue }), { imports: ["m.RjqjTM"], given: ["RjqjTM"] });
  const module = await WebAssembly.compile(wasm);
  const told = [];
  const imports = new Function(
    "told",
    `${/function __wbg_get_imports[\s\S]*?^}/m.exec(glue)[0]} return __wbg_get_imports();`,
  )(told);
  const { exports } = await WebAssembly.instantiate(module, imports);
  exports.run();
  assert.deepEqual(told, [7]);
});

test("a module cannot be linked with the glue of another version, of other code or of another glue", async () => {
  const code = moduleBytes();
  code[code.length - 4] = 8;
  const builds = [
    { wasm: moduleBytes(), glue: GLUE, version },
    { wasm: moduleBytes(), glue: GLUE, version: "1.2.4" },
    { wasm: code, glue: GLUE, version },
    { wasm: moduleBytes(), glue: GLUE.replace("told.push(arg0)", "told.push(arg0, 1)"), version },
  ];
  const marks = await Promise.all(builds.map(async (build) => (await namesIn(shortenImports(build))).imports[0]));
  assert.equal(new Set(marks).size, 4, `${marks}`);
});

test("the mark does not know the hashes, which may differ with the place of the build", async () => {
  const elsewhere = (from) => from.replace("0123456789abcdef", "fedcba9876543210");
  const wasm = Uint8Array.from(Buffer.from(elsewhere(Buffer.from(moduleBytes()).toString("latin1")), "latin1"));
  assert.deepEqual(
    shortenImports({ wasm, glue: elsewhere(GLUE), version }),
    shortenImports({ wasm: moduleBytes(), glue: GLUE, version }),
  );
});

test("what the glue has for imports that the module lost is left out, with the functions that only it called", () => {
  const lost = `        __wbg_warn_0123456789abcdef: function(arg0) {
            told.push(shown(arg0));
        },
`;
  const more = "function shown(value) {\n    return quoted(value);\n}\nfunction quoted(value) {\n    return `${value}`;\n}\n";
  const larger = GLUE.replace("        __wbg_log", `${lost}        __wbg_log`).replace("let wasmModule", `${more}let wasmModule`);
  const wasm = moduleBytes();
  assert.equal(shortenImports({ wasm, glue: larger, version }).glue, shortenImports({ wasm, glue: GLUE, version }).glue);
});

test("a glue that lacks what the module imports is refused", () => {
  const other = GLUE.replace("__wbg_log_0123456789abcdef", "__wbg_warn_0123456789abcdef");
  assert.throws(() => shortenImports({ wasm: moduleBytes(), glue: other, version }), /has changed/);
});

const u32 = (value) => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...u32(value >>> 7)]);
const name = (text) => [...u32(text.length), ...Buffer.from(text)];
const section = (id, ...bytes) => [id, ...u32(bytes.length), ...bytes];
const custom = (title, ...bytes) => section(0, ...name(title), ...bytes);

/**
 * A linked module whose code reads memory at `operand`, with pieces of data of 4 bytes each from address 1024 on: text,
 * a pointer to the last piece, text, a table that is named 3 bytes before its start, text, text.
 */
function linkedModule(operand) {
  const data = [..."one ", 0x10, 4, 0, 0, ..."two tab ", ..."end ", ..."gone"].map((byte) =>
    typeof byte === "string" ? byte.charCodeAt(0) : byte,
  );
  const body = [0, 0x41, ...operand, 0x28, 2, 0, 0x1a, 0x0b];
  const symbol = (index) => [1, 0, ...name(`.L${index}`), 0, ...u32(4 * index), 4];
  const symbols = [6, ...[0, 1, 2, 3, 4, 5].flatMap(symbol)];
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const wasm = [
    ...section(1, 1, 0x60, 0, 0),
    ...section(3, 1, 0),
    ...section(5, 1, 0, 1),
    ...section(7, 1, ...name("run"), 0, 0),
    ...section(10, 1, body.length, ...body),
    ...section(11, 1, 0, 0x41, 0x80, 0x08, 0x0b, data.length, ...data),
  ];
  // In the data section, the pointer lies behind 7 bytes of headers and the first piece.
  const relocations = [
    ...custom("linking", 2, 8, ...u32(symbols.length), ...symbols),
    ...custom("reloc.CODE", 4, 1, 4, 0, 3, 0x7d),
    ...custom("reloc.DATA", 5, 1, 5, 11, 4, 0),
  ];
  return { wasm: Uint8Array.from([...header, ...wasm]), linked: Uint8Array.from([...header, ...wasm, ...relocations]) };
}

test("data that neither the code nor live data leads to is blanked", async () => {
  const of = async (...operand) => {
    const { wasm, linked } = linkedModule(operand);
    const result = blankDeadData({ wasm, linked });
    await WebAssembly.compile(result.wasm);
    return [Buffer.from(result.wasm.subarray(-24)).toString("latin1").replaceAll("\0", "_"), result.blanked];
  };
  assert.deepEqual(await of(0x80, 0x08), ["one ____________________", 20], "an address in a piece");
  assert.deepEqual(await of(0x83, 0x08), ["one ____________________", 20], "its last byte");
  assert.deepEqual(await of(0x84, 0x08), ["____\x10\x04__________end ____", 16], "what it leads to lives with it");
  assert.deepEqual(await of(0x89, 0x08), ["________two tab ________", 16], "a table is known by its address before its start");
  assert.deepEqual(await of(0x05), ["________________________", 24], "a number that is no address");
});

test("a module that was linked without a list of its data is refused", () => {
  const { wasm } = linkedModule([5]);
  assert.throws(() => blankDeadData({ wasm, linked: wasm }), {
    message: "The linker wrote no section linking. It has to be called with --emit-relocs.",
  });
});
