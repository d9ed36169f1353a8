import { countCommand, countNodeTests, countRustTests } from "./counts.mjs";

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {[string, ...string[]]} command  run in the checkout
 * @property {(output: string, exitCode: number) => import("./counts.mjs").Counts} count
 * @property {NodeJS.ProcessEnv} [env]    beyond the usual environment
 * @property {("package" | "worker" | "page")[]} [needs]  what must have been built
 */

/** So that a test that hangs is named by its own runner. */
const hangsAfterMs = 10 * 60_000;

const denyWarnings = ["--", "-D", "warnings"];
const wasm = ["--target", "wasm32-unknown-unknown"];

/**
 * Every suite of `npm test`, cheapest first. Each must run at least one test.
 * @type {Suite[]}
 */
export const suites = [
  check("fmt", "cargo", "fmt", "--all", "--check"),
  check("clippy", "cargo", "clippy", "--locked", "-p", "minara", "-p", "minara-stream", "-p", "minara-worker", "--all-targets", ...denyWarnings),
  check("clippy-fetch", "cargo", "clippy", "--locked", "-p", "minara", "--features", "fetch", ...wasm, ...denyWarnings),
  check("clippy-js", "cargo", "clippy", "--locked", "-p", "minara-js", ...wasm, ...denyWarnings),
  check("clippy-js-sse", "cargo", "clippy", "--locked", "-p", "minara-js", "--no-default-features", ...wasm, ...denyWarnings),
  check("clippy-worker", "cargo", "clippy", "--locked", "-p", "minara-worker", ...wasm, ...denyWarnings),
  {
    ...check("rustdoc", "cargo", "doc", "--locked", "-p", "minara", "--no-deps", "--features", "fetch", ...wasm),
    env: { RUSTDOCFLAGS: "-D warnings" },
  },
  check("lock-fuzz", "cargo", "update", "--workspace", "--locked", "--manifest-path", "fuzz/Cargo.toml"),
  check("lock-bench", "cargo", "update", "--workspace", "--locked", "--manifest-path", "bench/native/Cargo.toml"),
  check("pure-core", "node", "scripts/test/pure-core.mjs"),
  { name: "rust", command: ["cargo", "test", "--locked", "--no-fail-fast", "-p", "minara", "-p", "minara-stream"], count: countRustTests },
  // With the feature, whose examples are compiled and not run.
  { name: "rust-examples", command: ["cargo", "test", "--locked", "-p", "minara", "--features", "fetch", "--doc"], count: countRustTests },
  check("crates", "node", "scripts/test/crates.mjs"),
  { name: "rust-worker", command: ["cargo", "test", "--locked", "-p", "minara-worker"], count: countRustTests },
  check("types-scripts", "tsc", "--noEmit", "-p", "scripts"),
  { ...check("types-package", "tsc", "--noEmit", "-p", "js"), needs: ["package"] },
  { ...check("types-consumer", "tsc", "--noEmit", "-p", "tests/types"), needs: ["package"] },
  check("types-pack", "tsc", "--noEmit", "-p", "js/pack"),
  { ...check("types-page", "tsc", "--noEmit", "-p", "www"), needs: ["package"] },
  node("node", "tests/node/*.test.mjs", ["package"]),
  {
    name: "rust-client",
    command: ["cargo", "test", "--locked", "-p", "minara", "--features", "fetch", ...wasm, "--test", "transport"],
    count: countRustTests,
    env: { CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: "wasm-bindgen-test-runner" },
  },
  node("contract", "tests/contract/*.test.mjs", ["package"]),
  node("faults", "tests/faults/*.test.mjs", ["package"]),
  node("browser", "tests/browser/*.test.mjs", ["package"]),
  node("worker", "tests/worker/*.test.mjs", ["package", "worker", "page"]),
  node("e2e", "tests/e2e/*.test.mjs", ["package", "worker", "page"]),
];

/** @param {string} name @param {[string, ...string[]]} command @returns {Suite} */
function check(name, ...command) {
  return { name, command, count: countCommand };
}

/**
 * @param {string} name
 * @param {string} files   pattern, expanded by node itself
 * @param {Suite["needs"]} [needs]
 * @returns {Suite}
 */
function node(name, files, needs) {
  const options = ["--test", "--test-reporter=spec", `--test-timeout=${hangsAfterMs}`];
  return { name, command: ["node", ...options, files], count: countNodeTests, needs };
}
