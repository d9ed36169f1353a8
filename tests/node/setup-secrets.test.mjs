// Set-up runs in the process that holds the Worker's secrets (npm run deploy): none of them may reach what it starts.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { run } from "../../scripts/process/run.mjs";
import { root } from "../../scripts/setup/paths.mjs";
import { canUseApt } from "../../scripts/setup/rust.mjs";
import { secretNames } from "../../scripts/setup/secret-names.mjs";

const exec = promisify(execFile);
const CANARY = "sk-minara-canary";
const secrets = Object.fromEntries(secretNames.map((name) => [name, CANARY]));

/**
 * A checkout that has the scripts and no packages, and a folder for programs that stand in for the real ones. Each of
 * these tells its environment before it does what it is given.
 * @param {import("node:test").TestContext} t
 * @param {Record<string, string>} programs  shell by name
 */
function scratchCheckout(t, programs) {
  const folder = mkdtempSync(join(tmpdir(), "minara-secrets-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(root, "scripts"), join(folder, "scripts"), { recursive: true });
  writeFileSync(join(folder, "package-lock.json"), '{"packages":{}}');
  mkdirSync(join(folder, "bin"));
  const told = join(folder, "told");
  for (const [name, shell] of Object.entries(programs)) {
    const file = join(folder, "bin", name);
    writeFileSync(file, `#!/bin/sh\necho "program=${name}" >> '${told}'\n/usr/bin/env >> '${told}'\n${shell}\n`);
    chmodSync(file, 0o755);
  }
  return { folder, told };
}

/**
 * Calls a step of set-up in a process that has the secrets in its environment, and gives what the programs told.
 * @param {{ folder: string, told: string }} checkout
 * @param {string} file
 * @param {string} step
 * @param {string[]} [folders]  of programs, behind those that stand in
 */
async function callWithSecrets({ folder, told }, file, step, folders = ["/usr/bin", "/bin"]) {
  const program = `const step = await import("./scripts/setup/${file}"); await step.${step}(() => {});`;
  const env = { ...secrets, XDG_CACHE_HOME: folder, PATH: [join(folder, "bin"), ...folders].join(delimiter) };
  await exec(process.execPath, ["--input-type=module", "--eval", program], { cwd: folder, env });
  return readFileSync(told, "utf8");
}

/** @param {string} told @param {string[]} programs */
function checkSilence(told, programs) {
  assert.deepEqual([...told.matchAll(/^program=(.+)$/gm)].map(([, name]) => name), programs);
  assert.deepEqual(told.split("\n").filter((line) => line.includes(CANARY)), []);
}

test("a command that is started without an environment of its own gets this one without the secrets", async () => {
  process.env.MINARA_API_KEY = CANARY;
  try {
    assert.equal(await run("sh", ["-c", 'echo "[$MINARA_API_KEY] $PATH"']), `[] ${process.env.PATH}\n`);
  } finally {
    delete process.env.MINARA_API_KEY;
  }
});

test("a command gets no secret either where its environment was made from this one", async () => {
  const env = { ...process.env, ...secrets, DEBIAN_FRONTEND: "noninteractive" };
  assert.equal(await run("sh", ["-c", 'echo "[$SESSION_SECRET] $DEBIAN_FRONTEND"'], { env }), "[] noninteractive\n");
});

test("npm ci, which runs the install scripts of packages, gets no secret", async (t) => {
  const checkout = scratchCheckout(t, {
    npm: "mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json",
  });
  checkSilence(await callWithSecrets(checkout, "npm-packages.mjs", "ensureNpmPackages"), ["npm"]);
});

test("rustc and rustup get no secret", async (t) => {
  const checkout = scratchCheckout(t, {
    // Without the target until rustup has been asked for it.
    rustc: 'case "$*" in --version) echo rustc 1 ;; *) test -d target-libdir && echo "$PWD/target-libdir" ;; esac',
    rustup: "mkdir target-libdir && touch target-libdir/libstd-0.rlib",
  });
  const programs = ["rustc", "rustc", "rustc", "rustup", "rustc"];
  checkSilence(await callWithSecrets(checkout, "rust.mjs", "ensureWasmTarget"), programs);
});

const noApt = !canUseApt() && "only root may use apt, on Debian";
test("apt gets no secret", { skip: noApt }, async (t) => {
  const browser = ["chromium", "chromedriver"].map((name) => `/bin/cp "$0" "\${0%/*}/${name}"`).join(" && ");
  const checkout = scratchCheckout(t, { "apt-get": `case "$*" in *install*) ${browser} ;; esac` });
  // No other folders, for a browser may lie in them.
  checkSilence(await callWithSecrets(checkout, "chromium.mjs", "ensureBrowser", []), ["apt-get", "apt-get"]);
});
