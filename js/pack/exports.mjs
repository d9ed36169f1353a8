import binaryen from "binaryen";

/** How wasm-bindgen names what runs a closure; the hash at its end compresses badly, and stands in the glue as well. */
const CLOSURE = /^wasm_bindgen__convert__closures_+invoke__h[0-9a-f]{16}$/;

/**
 * Leaves out the exports that the glue does not name, and with them what only they need. Those of closures get short
 * names, which `instance.js` knows by the word in them.
 * @param {{ wasm: Uint8Array, glue: string }} compiled
 * @returns {{ wasm: Uint8Array, glue: string }}
 */
export function trimExports({ wasm, glue }) {
  binaryen.setDebugInfo(true);
  const module = binaryen.readBinary(wasm);
  let closures = 0;
  let renamed = glue;
  for (const { name, value } of exportsOf(module)) {
    if (!new RegExp(`\\b${name}\\b`).test(glue)) {
      module.removeExport(name);
    } else if (CLOSURE.test(name)) {
      const short = `closure${(closures += 1)}`;
      module.removeExport(name);
      module.addFunctionExport(value, short);
      renamed = renamed.replaceAll(name, short);
    }
  }
  // A module may have none, and its glue then makes none.
  if (closures === 0 && /closure/i.test(glue)) {
    throw new Error("wasm-bindgen's names of closures have changed. Adapt js/pack/exports.mjs to them.");
  }
  return { wasm: module.emitBinary(), glue: renamed };
}

/** @param {ReturnType<typeof binaryen.readBinary>} module */
function exportsOf(module) {
  const all = Array.from({ length: module.getNumExports() }, (_, index) => module.getExportByIndex(index));
  return all.map((export_) => binaryen.getExportInfo(export_));
}
