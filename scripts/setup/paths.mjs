import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** Stamps, logs and locks. Below `target`, so that `cargo clean` also forgets what was built. */
export const stateDir = join(root, "target", "scripts");

/**
 * Where the cargo tools live: outside the checkout, so that a second clone and CI find them again.
 * @param {NodeJS.ProcessEnv} [environment]
 */
export function toolCacheDir(environment = process.env) {
  return join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "minara-tools");
}

/**
 * @param {{ name: string, version: string }} tool
 * @param {NodeJS.ProcessEnv} [environment]
 */
export function toolDir({ name, version }, environment = process.env) {
  return join(toolCacheDir(environment), `${name}-${version}`);
}
