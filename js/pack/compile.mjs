import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { run } from "../../scripts/process/run.mjs";
import { blankDeadData } from "./data.mjs";
import { trimExports } from "./exports.mjs";
import { shortenImports } from "./imports.mjs";
import { withoutRelocations } from "./linked.mjs";
import { trim } from "./trim.mjs";

/** @import { ModuleRecipe } from "./modules.mjs" */

/** The crate whose version and licence the package has. */
const CRATE = "minara";

/** What Rust's own default for this target allows, plus simd128. Engines refuse the output of --all-features. */
const WASM_FEATURES = [
  "bulk-memory",
  "multivalue",
  "mutable-globals",
  "nontrapping-float-to-int",
  "reference-types",
  "sign-ext",
  "simd",
];

/**
 * @typedef {object} Compiled
 * @property {Uint8Array} wasm
 * @property {string} glue  what wasm-bindgen generated for `--target web`
 * @property {{ version: string, license: string, description: string, repository: string | null }} crate
 */

/**
 * @param {ModuleRecipe} recipe
 * @param {{ crateDir: string, root: string, env: NodeJS.ProcessEnv, outDir: string }} options
 * @returns {Promise<Compiled>}
 */
export async function compileCrate(recipe, { crateDir, root, env, outDir }) {
  const flags = ["--release", "--target", "web", "--no-pack", "--no-gitignore", "--no-typescript"];
  const named = ["--out-dir", outDir, "--out-name", recipe.name];
  const cargo = ["--", "--locked", ...recipe.cargo];
  const flagged = withFlags(env, [...registries(env), await standardLibrary(env), [root.replace(/\/$/, ""), "minara"]]);
  await run("wasm-pack", ["build", crateDir, ...flags, ...named, ...cargo], { cwd: root, env: flagged });
  const { crate, target } = await readWorkspace(root, env);
  const linked = readFileSync(join(target, "wasm32-unknown-unknown", "release", `${CRATE}_js.wasm`));
  const file = join(outDir, `${recipe.name}_bg.wasm`);
  const { wasm: bound } = trim(withoutRelocations(readFileSync(file)));
  const { wasm, glue } = trimExports({ wasm: bound, glue: readFileSync(join(outDir, `${recipe.name}.js`), "utf8") });
  const optimised = await optimise(wasm, { file, linked, env });
  return { ...shortenImports({ wasm: optimised, glue, version: crate.version }), crate };
}

/**
 * @param {Uint8Array} bound  what wasm-bindgen made of the crate
 * @param {{ file: string, linked: Uint8Array, env: NodeJS.ProcessEnv }} from  where to work, and what the linker made of
 *   the crate before wasm-bindgen
 */
async function optimise(bound, { file, linked, env }) {
  const features = WASM_FEATURES.map((feature) => `--enable-${feature}`);
  const optimised = async (/** @type {Uint8Array} */ wasm, /** @type {string[]} */ ...passes) => {
    writeFileSync(file, wasm);
    await run("wasm-opt", [file, "-o", file, ...passes, ...features], { env });
    return readFileSync(file);
  };
  const code = await optimised(bound, "-Oz", "--strip-debug", "--strip-producers");
  // Once more: what is blank now is packed away, and blocks and loops that are nested anew come out smaller.
  return optimised(blankDeadData({ wasm: code, linked }).wasm, "--flatten", "--rereloop", "-Oz", "-Oz");
}

/**
 * The messages of panics hold paths of source files: those of this machine are replaced, so that a build elsewhere
 * gives the same bytes and tells nothing of where it ran.
 * @param {NodeJS.ProcessEnv} env
 * @param {[string, string][]} remapped
 * @returns {NodeJS.ProcessEnv}
 */
function withFlags(env, remapped) {
  const own = ["-Ctarget-feature=+simd128", "-Clink-arg=--emit-relocs"];
  const flags = [...own, ...remapped.map(([from, to]) => `--remap-path-prefix=${from}=${to}`)];
  const { RUSTFLAGS = "", ...rest } = env;
  const given = RUSTFLAGS.split(" ").filter(Boolean);
  // One unit separator between flags, for a path may hold spaces.
  return { ...rest, CARGO_ENCODED_RUSTFLAGS: [...given, ...flags].join("\x1f") };
}

/**
 * Where the sources of the standard library are installed they are named by that place, elsewhere by their commit.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<[string, string]>}
 */
async function standardLibrary(env) {
  const sysroot = (await run("rustc", ["--print", "sysroot"], { env })).trim();
  const commit = /^commit-hash: (\w+)$/m.exec(await run("rustc", ["-vV"], { env }))?.[1];
  return [join(sysroot, "lib", "rustlib", "src", "rust"), `/rustc/${commit}`];
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {[string, string][]} folders of downloaded crates, named after where they came from
 */
function registries(env) {
  const sources = join(env.CARGO_HOME ?? join(homedir(), ".cargo"), "registry", "src");
  return readdirSync(sources).map((name) => [join(sources, name), "crates"]);
}

/**
 * @param {string} root
 * @param {NodeJS.ProcessEnv} env
 */
async function readWorkspace(root, env) {
  const metadata = await run("cargo", ["metadata", "--format-version=1", "--no-deps", "--locked"], { cwd: root, env });
  const { packages, target_directory: target } = JSON.parse(metadata.slice(metadata.indexOf("{")));
  return { crate: packages.find((/** @type {{ name: string }} */ { name }) => name === CRATE), target };
}
