import { readFileSync } from "node:fs";
import { join } from "node:path";

import { run } from "../process/run.mjs";
import { root } from "../setup/paths.mjs";
import { cargoTools } from "../setup/versions.mjs";

/**
 * The compilers behind a build: another one of them is another result.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Record<string, string>>}
 */
export async function toolFacts(env) {
  const tools = Object.values(cargoTools).map(({ name, version }) => [name, version]);
  const rustc = await run("rustc", ["--version"], { cwd: root, env });
  return {
    ...Object.fromEntries(tools),
    rustc: rustc.trim(),
    rustflags: env.RUSTFLAGS ?? "",
    ...npmFacts("binaryen", "esbuild"),
  };
}

/**
 * npm packages behind a build, whether they make the result or end up in it.
 * @param {...string} names
 * @returns {Record<string, string>}
 */
export function npmFacts(...names) {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return Object.fromEntries(names.map((name) => [name, devDependencies[name]]));
}

/** What every Rust build in this workspace reads. */
export const rustInputs = ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", ".cargo", "src", "stream"];
