import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { Failure } from "../process/failure.mjs";
import { withLock } from "../process/lock.mjs";
import { run, tryRun } from "../process/run.mjs";
import { root, stateDir, toolCacheDir, toolDir } from "./paths.mjs";
import { cargoTools } from "./versions.mjs";

/** @typedef {import("./versions.mjs").CargoTool} CargoTool */

/**
 * Installs one tool into its own folder of the cache, unless it is there.
 * @param {CargoTool} tool
 * @param {NodeJS.ProcessEnv} env
 * @param {(note: string) => void} note
 */
export async function ensureCargoTool(tool, env, note) {
  if (isInstalled(tool)) return note("up to date");
  const lock = join(toolCacheDir(), "locks", `${tool.name}-${tool.version}`);
  await withLock(lock, async () => {
    if (isInstalled(tool)) return note("up to date");
    note(await install(tool, env));
  });
}

/** @param {CargoTool} tool */
function isInstalled(tool) {
  return existsSync(join(toolDir(tool), "bin", tool.binary));
}

/**
 * Installs beside the final place and renames, so that an interrupted install is never taken for a whole one.
 * @param {CargoTool} tool
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>} how it was done
 */
async function install(tool, env) {
  const partial = `${toolDir(tool)}.partial`;
  const log = join(stateDir, "logs", `install-${tool.name}.log`);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const how = (await installBinary(tool, partial, { env, log })) ? "installed" : await compile(tool, partial, { env, log });
  if (!existsSync(join(partial, "bin", tool.binary))) {
    throw new Failure(`installing ${tool.name} ${tool.version} left no \`${tool.binary}\` behind; see ${log}`);
  }
  rmSync(toolDir(tool), { recursive: true, force: true });
  renameSync(partial, toolDir(tool));
  return how;
}

/** @typedef {{ env: NodeJS.ProcessEnv, log: string }} InstallOptions */

/**
 * Takes a ready-made binary where the user has cargo-binstall.
 * @param {CargoTool} tool @param {string} into @param {InstallOptions} options
 */
async function installBinary(tool, into, { env, log }) {
  const { code } = await tryRun("cargo", ["binstall", "-V"], { cwd: root, env });
  if (code !== 0) return false;
  const args = ["binstall", "--no-confirm", "--disable-strategies", "compile", "--root", into];
  const { code: installed } = await tryRun("cargo", [...args, `${tool.name}@${tool.version}`], { cwd: root, env, log });
  return installed === 0;
}

/** @param {CargoTool} tool @param {string} into @param {InstallOptions} options */
async function compile(tool, into, { env, log }) {
  const locked = tool.locked ? ["--locked"] : [];
  const args = ["install", ...locked, "--root", into, `${tool.name}@${tool.version}`];
  /** @type {NodeJS.ProcessEnv} */
  const own = { ...env, CARGO_TARGET_DIR: buildFolder() };
  // Settings for the project's own builds.
  for (const name of ["CARGO_BUILD_TARGET", "RUSTFLAGS", "CARGO_PROFILE_RELEASE_LTO"]) delete own[name];
  await run("cargo", args, { cwd: root, env: own, log });
  return "compiled";
}

/**
 * One folder for all that this process compiles, as the tools share many dependencies; gone when it ends, as it
 * takes more than a gigabyte.
 */
function buildFolder() {
  const folder = join(toolCacheDir(), `build-${process.pid}`);
  if (!existsSync(folder)) process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Crates and the commands that share a private format with them, so that their versions must be the same. */
const PAIRS = /** @type {const} */ ([
  ["wasm-bindgen", cargoTools.wasmBindgen],
  ["worker", cargoTools.workerBuild],
]);

/**
 * Refuses a lock file whose crates are not of their commands' versions.
 * @param {string} [lockFile]  text of Cargo.lock
 */
export function checkToolVersions(lockFile = readFileSync(join(root, "Cargo.lock"), "utf8")) {
  for (const [crate, { name, version }] of PAIRS) {
    const locked = lockedVersion(lockFile, crate);
    if (locked === version) continue;
    throw new Failure(
      `Cargo.lock has ${crate} ${locked ?? "not at all"}, but scripts/setup/versions.mjs names ` +
        `${name} ${version}: the two must be equal.`,
    );
  }
}

/**
 * @param {string} lockFile  text of a Cargo.lock
 * @param {string} crate
 * @returns {string | undefined}
 */
export function lockedVersion(lockFile, crate) {
  const entry = new RegExp(`^name = "${crate}"\\r?\\nversion = "([^"]+)"`, "m");
  return entry.exec(lockFile)?.[1];
}
