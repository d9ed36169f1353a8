// The tools that neither package-lock.json nor Cargo.lock can pin. Every script takes the version from here.

/**
 * @typedef {object} CargoTool
 * @property {string} name     crate name, also the first half of its folder in the cache
 * @property {string} version  exact version
 * @property {string} binary   the executable that proves the tool is there
 * @property {boolean} locked  whether `cargo install --locked` is used
 */

/** @satisfies {Record<string, CargoTool>} */
export const cargoTools = {
  wasmPack: { name: "wasm-pack", version: "0.15.1", binary: "wasm-pack", locked: true },
  workerBuild: { name: "worker-build", version: "0.8.7", binary: "worker-build", locked: true },
  // Its own lock file names a crate version that the registry has withdrawn, so --locked cannot work here.
  wasmBindgen: { name: "wasm-bindgen-cli", version: "0.2.130", binary: "wasm-bindgen", locked: false },
};

export const wasmTarget = "wasm32-unknown-unknown";
