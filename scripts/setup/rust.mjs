import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { Failure } from "../process/failure.mjs";
import { withLock } from "../process/lock.mjs";
import { run, tryRun } from "../process/run.mjs";
import { root, stateDir, toolCacheDir } from "./paths.mjs";
import { wasmTarget } from "./versions.mjs";

/** The toolchain that wasm-std-from-debian.sh links, for machines that rustup cannot serve. */
const debianToolchain = "debian-web";

/**
 * Makes sure that Rust is there and can build for wasm.
 * @param {(note: string) => void} note
 * @returns {Promise<NodeJS.ProcessEnv>} what every Rust command needs in its environment beyond the usual
 */
export async function ensureWasmTarget(note) {
  if (await hasWasmStd()) return note("up to date"), {};
  if (await hasWasmStd(debianToolchain)) return note("up to date, Debian's"), debianEnvironment();
  return withLock(join(toolCacheDir(), "locks", "wasm-target"), async () => {
    const log = join(stateDir, "logs", "wasm-target.log");
    await addByRustup(log);
    if (await hasWasmStd()) return note("installed"), {};
    if (!canUseApt()) {
      throw new Failure(`rustup could not add the target ${wasmTarget}; see ${log}. Run this again with a network.`);
    }
    await buildFromDebian();
    note("built from Debian's sources");
    return debianEnvironment();
  });
}

/** @param {string} log */
async function addByRustup(log) {
  const rustc = await tryRun("rustc", ["--version"], { cwd: root });
  if (rustc.code === null) throw new Failure("Rust is missing: install it from https://rustup.rs and run this again.");
  const toolchain = ["--profile", "minimal", "--component", "clippy", "--component", "rustfmt", "--no-self-update"];
  const args =
    rustc.code === 0
      ? ["target", "add", wasmTarget]
      : // The toolchain that rust-toolchain.toml names is not there, or not whole.
        ["toolchain", "install", "stable", "--target", wasmTarget, ...toolchain];
  const added = await tryRun("rustup", args, { cwd: root, log });
  if (added.code !== null) return;
  throw new Failure(`Rust has no ${wasmTarget} target and there is no rustup to add it: install Rust from https://rustup.rs.`);
}

async function buildFromDebian() {
  const script = join(root, "scripts", "setup", "wasm-std-from-debian.sh");
  await run("sh", [script, debianToolchain], { log: join(stateDir, "logs", "wasm-std-from-debian.log") });
}

/**
 * Asks the compiler where its wasm library would be, and looks there: rustup's own list would not know of a
 * target that came some other way.
 * @param {string} [toolchain]
 */
async function hasWasmStd(toolchain) {
  const env = toolchain ? { ...process.env, RUSTUP_TOOLCHAIN: toolchain } : process.env;
  const args = ["--print", "target-libdir", "--target", wasmTarget];
  const { code, output } = await tryRun("rustc", args, { cwd: root, env });
  const folder = output.trim();
  return code === 0 && existsSync(folder) && readdirSync(folder).some((file) => /^libstd-.*\.rlib$/.test(file));
}

/** Debian's library has no bitcode, which link-time optimisation would need. */
function debianEnvironment() {
  return { RUSTUP_TOOLCHAIN: debianToolchain, CARGO_PROFILE_RELEASE_LTO: "false" };
}

/**
 * Adds clippy and rustfmt, which only the tests need.
 * @param {NodeJS.ProcessEnv} env
 * @param {(note: string) => void} note
 */
export async function ensureRustLints(env, note) {
  const missing = [];
  for (const [component, command] of [["clippy", "clippy"], ["rustfmt", "fmt"]]) {
    const { code } = await tryRun("cargo", [command, "--version"], { cwd: root, env });
    if (code !== 0) missing.push(component);
  }
  if (missing.length === 0) return note("up to date");
  await run("rustup", ["component", "add", ...missing], { cwd: root, env });
  note("installed");
}

/** Whether Debian packages can be installed here without asking anyone. */
export function canUseApt() {
  return process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");
}
