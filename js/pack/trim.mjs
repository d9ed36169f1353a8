import binaryen from "binaryen";

/**
 * What the module links and never needs, by the names of its functions.
 *
 * `trap`: Rust formats a message for each panic and hands it to a hook. This target has no stderr, so the message goes
 * nowhere, and then the module traps. It may as well trap at once (js/js/instance.js tells the caller).
 *
 * `silent`: the standard library's formatter. Our own crates put their messages together without it, which clippy.toml
 * holds them to, and a request that serde refuses is described in our own words (js/src/client/work.rs).
 */
const UNNEEDED = {
  trap: [
    /^core::panicking::/,
    /^core::(cell|option|result|str|slice)::[\w:]*(fail|panic)/,
    /^(<?std::panicking::|__rustc::rust_(begin_unwind|panic))/,
    /^alloc::raw_vec::(capacity_overflow|handle_error)$/,
  ],
  silent: [/^core::fmt::write$/, /^<.* as core::fmt::(Debug|Display|LowerHex|UpperHex)>::fmt$/, /^<.* as core::fmt::Write>::/],
};

/** `Ok(())` of `fmt::Result`. */
const OK = 0;

/**
 * Empties those functions, so that wasm-opt finds nothing that leads to what they called.
 * @param {Uint8Array} wasm  with the names of its functions
 * @returns {{ wasm: Uint8Array, emptied: Record<string, number> }}
 */
export function trim(wasm) {
  binaryen.setDebugInfo(true);
  const module = binaryen.readBinary(wasm);
  const emptied = { trap: 0, silent: 0 };
  for (const info of functionsOf(module)) {
    const kind = kindOf(plainName(info.name));
    if (kind === undefined) continue;
    const { name, params, results } = info;
    module.removeFunction(name);
    module.addFunction(name, params, results, [], kind === "trap" ? module.unreachable() : module.i32.const(OK));
    emptied[kind] += 1;
  }
  if (emptied.trap === 0 || emptied.silent === 0) {
    throw new Error("Rust's names for panics and formatters have changed. Adapt js/pack/trim.mjs to them.");
  }
  return { wasm: module.emitBinary(), emptied };
}

/** @param {ReturnType<typeof binaryen.readBinary>} module */
function functionsOf(module) {
  const all = Array.from({ length: module.getNumFunctions() }, (_, index) => module.getFunctionByIndex(index));
  // Imported ones have a module that they come from.
  return all.map((function_) => binaryen.getFunctionInfo(function_)).filter((info) => !info.module);
}

/** @param {string} name */
function kindOf(name) {
  const kinds = /** @type {("trap" | "silent")[]} */ (Object.keys(UNNEEDED));
  return kinds.find((kind) => UNNEEDED[kind].some((pattern) => pattern.test(name)));
}

/**
 * Without binaryen's escapes, and without the hashes of crates and of functions.
 * @param {string} name
 */
function plainName(name) {
  const unescaped = name.replaceAll(/\\([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return unescaped.replaceAll(/\[[0-9a-f]{8,}\]|::h[0-9a-f]{16}$/g, "");
}
