// From wherever the WebAssembly module is to a compiled one. What the network is at fault for is told here, where it is
// asked: further on its errors look like those of a wrong file.
import { misuse, unloaded } from "./errors.js";

/** @import { WasmSource } from "./index.js" */

/**
 * @param {WasmSource} source
 * @param {AbortSignal} [signal]  ends its way over the network
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compile(source, signal) {
  const isPlace = typeof source === "string" || source instanceof URL;
  const found = isPlace ? await fetched(requestTo(source, signal)) : source;
  if (found instanceof Response && !found.bodyUsed && !found.body?.locked) return compiled(found);
  const bytes = /** @type {ArrayBuffer} */ (found);
  if (typeof bytes?.byteLength !== "number") throw wrongSource();
  return WebAssembly.compile(bytes);
}

/**
 * @param {string | URL} place
 * @param {AbortSignal} [signal]
 */
function requestTo(place, signal) {
  try {
    return new Request(place, { signal });
  } catch (cause) {
    throw wrongSource(cause);
  }
}

/** @param {Request} request */
async function fetched(request) {
  try {
    return await fetch(request);
  } catch (cause) {
    // Node fetches no files, and never will.
    throw request.url.startsWith("file:") ? cause : notHad(cause);
  }
}

/** @param {Response} response  not yet read */
async function compiled(response) {
  if (!response.ok) throw notHad(new TypeError(`HTTP ${response.status} for ${response.url}`));
  try {
    // A server that knows no better type than octet-stream must not stop us; a page of HTML fails to compile.
    if (response.headers.get("content-type") === "application/wasm") return await WebAssembly.compileStreaming(response);
    return await WebAssembly.compile(await response.arrayBuffer());
  } catch (cause) {
    // A connection that broke: the module's own faults, and a policy's, are of other types.
    throw cause instanceof TypeError ? notHad(cause) : cause;
  }
}

/** @param {unknown} cause */
function notHad(cause) {
  return unloaded(cause, { code: "network", retryable: true });
}

/** @param {unknown} [cause] */
function wrongSource(cause) {
  const what = "init takes the address of the .wasm file, its unread Response, its bytes or the compiled module.";
  return misuse(what, { cause });
}
