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
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const rustc = await run("rustc", ["--version"], { cwd: root, env });
  return {
    ...Object.fromEntries(tools),
    rustc: rustc.trim(),
    rustflags: env.RUSTFLAGS ?? "",
    binaryen: devDependencies.binaryen,
    esbuild: devDependencies.esbuild,
  };
}

/** What every Rust build in this workspace reads. */
export const rustInputs = ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", ".cargo", "src", "stream"];
