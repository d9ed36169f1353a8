// From wherever the WebAssembly module is to a compiled one.
import { misuse } from "./minara.js";

/** @import { WasmSource } from "./index.js" */

/**
 * @param {WasmSource} source
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compile(source) {
  const isPlace = typeof source === "string" || source instanceof URL;
  const found = isPlace ? await fetch(source) : source;
  if (!(found instanceof Response)) {
    const bytes = /** @type {ArrayBuffer} */ (found);
    if (typeof bytes?.byteLength !== "number") {
      throw misuse("init takes the address of minara_bg.wasm, its Response, its bytes or the compiled module.");
    }
    return WebAssembly.compile(bytes);
  }
  // A server that knows no better type than octet-stream must not stop us; a page of HTML fails to compile.
  if (!found.ok) throw new TypeError(`HTTP ${found.status} for ${found.url}`);
  if (found.headers.get("content-type") === "application/wasm") return WebAssembly.compileStreaming(found);
  const bytes = await found.arrayBuffer();
  return WebAssembly.compile(bytes);
}
