// The WebAssembly modules of the package. One would do for everything; but a page that only reads events should not load
// a client that it never calls.

/**
 * @typedef {object} ModuleRecipe
 * @property {string} name      base name of wasm-pack's outputs, and of the code that is bundled over them. Outputs are
 *   never renamed: the module's import namespace holds it
 * @property {string[]} cargo   flags by which the crate is built for it
 */

/** @type {ModuleRecipe} all of the package, for the entry `.` */
export const CLIENT = { name: "minara", cargo: [] };

/** @type {ModuleRecipe} the event reader alone, for the entry `./sse` */
export const READER = { name: "minara_sse", cargo: ["--no-default-features"] };
