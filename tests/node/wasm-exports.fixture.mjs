// Stands between the package and what its module exports. It has to be in place before the package is imported.

/**
 * The exports of an instance, each function through `wrap`.
 * @param {WebAssembly.Exports} exports
 * @param {(name: string, call: Function) => Function} wrap
 */
export function wrapped(exports, wrap) {
  const entries = Object.entries(exports);
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === "function" ? wrap(name, value) : value]));
}

/**
 * Traps where an export of that name is to.
 * @param {(name: string) => boolean | undefined} isTrapping
 */
export const trapping = (isTrapping) => (name, call) => (...args) => {
  if (isTrapping(name)) throw new WebAssembly.RuntimeError("unreachable");
  return call(...args);
};

/**
 * The module as another build of the package would have it: its first import has another name.
 * @param {Buffer} wasm
 */
export async function anotherBuild(wasm) {
  const [{ module, name }] = WebAssembly.Module.imports(await WebAssembly.compile(wasm));
  const pair = (text) => Buffer.from([module.length, ...Buffer.from(module), text.length, ...Buffer.from(text)]);
  const copy = Buffer.from(wasm);
  pair("*".repeat(name.length)).copy(copy, copy.indexOf(pair(name)));
  return copy;
}
