// The steps of the package's build that change what the tools generate.
import assert from "node:assert/strict";
import { test } from "node:test";

import { toFactory } from "../../js/pack/glue.mjs";
import { shortenImports } from "../../js/pack/imports.mjs";
import { blankLocations } from "../../js/pack/locations.mjs";

const GLUE = `/* @ts-self-types="./minara.d.ts" */
import { MinaraError } from './errors.js';

export class Caller {}
export function recoveryStep() {}
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
  assert.match(factory, /return \{ Caller, recoveryStep \};/);
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
    ["export class Caller {}\nexport function recoveryStep() {}", ""],
    ["export class Caller {}", "export const Caller = class {};"],
  ]) {
    assert.throws(() => toFactory(GLUE.replace(part, replacement)), /wasm-bindgen's glue has changed/);
  }
});

test("imports get short names, the same in the module and in the glue", async () => {
  const { wasm, glue } = shortenImports({ wasm: moduleBytes(), glue: GLUE });
  const module = await WebAssembly.compile(wasm);
  assert.deepEqual(WebAssembly.Module.imports(module), [{ module: "m", name: "0", kind: "function" }]);
  const told = [];
  const imports = new Function(
    "told",
    `${/function __wbg_get_imports[\s\S]*?^}/m.exec(glue)[0]} return __wbg_get_imports();`,
  )(told);
  const { exports } = await WebAssembly.instantiate(module, imports);
  exports.run();
  assert.deepEqual(told, [7]);
});

test("a glue and a module that do not belong together are refused", () => {
  const other = GLUE.replace("__wbg_log_0123456789abcdef", "__wbg_warn_0123456789abcdef");
  assert.throws(() => shortenImports({ wasm: moduleBytes(), glue: other }), /does not import/);
  const without = GLUE.replace(/ {8}__wbg_log[\s\S]*?},\n/, "");
  assert.throws(() => shortenImports({ wasm: moduleBytes(), glue: without }), /has changed/);
});

/** A module whose memory holds a file's name, a place in it, a text, and a reference to that text. */
function moduleWithData() {
  const words = (...values) => [...new Uint8Array(Uint32Array.from(values).buffer)];
  const data = [...Buffer.from("src/a.rs"), ...words(1024, 8, 12, 5), ...Buffer.from("chat"), ...words(1048, 4)];
  const segment = [0, 0x41, 0x80, 0x08, 0x0b, data.length, ...data];
  return Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 3, 1, 0, 1, 11, segment.length + 1, 1, ...segment]);
}

test("places of panics are blanked with their files' names, and nothing else is", async () => {
  const before = moduleWithData();
  const { wasm, blanked } = blankLocations(before);
  assert.equal(blanked, 1);
  assert.ok(WebAssembly.validate(wasm));
  const at = before.length - 36;
  assert.deepEqual([...wasm.subarray(at, at + 24)], new Array(24).fill(0));
  assert.deepEqual(wasm.subarray(at + 24), before.subarray(at + 24));
  assert.deepEqual(wasm.subarray(0, at), before.subarray(0, at));
  assert.throws(() => blankLocations(wasm), /have another form/);
});
