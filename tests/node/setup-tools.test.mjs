import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";

import { checkToolVersions, lockedVersion } from "../../scripts/setup/cargo-tools.mjs";
import { findBrowser } from "../../scripts/setup/chromium.mjs";
import { childEnvironment } from "../../scripts/setup/environment.mjs";
import { installedMatches } from "../../scripts/setup/npm-packages.mjs";
import { root, toolCacheDir, toolDir } from "../../scripts/setup/paths.mjs";
import { secretNames } from "../../scripts/setup/secret-names.mjs";
import { cargoTools } from "../../scripts/setup/versions.mjs";

const lockFile = '[[package]]\nname = "wasm-bindgen-futures"\nversion = "0.4.80"\n\n[[package]]\nname = "wasm-bindgen"\nversion = "9.9.9"\n';

test("a crate's version is read from Cargo.lock by its whole name", () => {
  assert.equal(lockedVersion(lockFile, "wasm-bindgen"), "9.9.9");
  assert.equal(lockedVersion(lockFile, "wasm"), undefined);
});

test("a crate of another version than its command is refused", () => {
  const { wasmBindgen, workerBuild } = cargoTools;
  const expected = (crate, command, version) =>
    `Cargo.lock has ${crate}, but scripts/setup/versions.mjs names ${command} ${version}: the two must be equal.`;
  for (const [text, message] of [
    [lockFile, expected("wasm-bindgen 9.9.9", "wasm-bindgen-cli", wasmBindgen.version)],
    [lockFile.replace("9.9.9", wasmBindgen.version), expected("worker not at all", "worker-build", workerBuild.version)],
  ]) {
    assert.throws(() => checkToolVersions(text), { name: "Failure", message });
  }
});

test("this checkout's crates have the versions of their commands", () => {
  checkToolVersions();
});

test("the tool cache follows XDG_CACHE_HOME and names each version", () => {
  assert.equal(toolCacheDir({ XDG_CACHE_HOME: "/cache" }), "/cache/minara-tools");
  assert.equal(toolDir({ name: "tool", version: "1.2.3" }, { XDG_CACHE_HOME: "/cache" }), "/cache/minara-tools/tool-1.2.3");
});

test("children find the npm packages first, then the cargo tools, then the user's programs, each once", () => {
  const npmBin = join(root, "node_modules", ".bin");
  const env = childEnvironment({ XDG_CACHE_HOME: "/cache", PATH: ["/usr/bin", npmBin, "/bin"].join(delimiter) });
  assert.deepEqual(env.PATH?.split(delimiter), [
    npmBin,
    "/cache/minara-tools/wasm-pack-0.15.1/bin",
    "/cache/minara-tools/worker-build-0.8.7/bin",
    "/cache/minara-tools/wasm-bindgen-cli-0.2.130/bin",
    "/usr/bin",
    "/bin",
  ]);
  assert.equal(env.WASM_BINDGEN_BIN, "/cache/minara-tools/wasm-bindgen-cli-0.2.130/bin/wasm-bindgen");
  assert.equal(env.WASM_OPT_BIN, join(npmBin, "wasm-opt"));
  assert.equal(env.ESBUILD_BIN, join(npmBin, "esbuild"));
});

test("no child gets a secret in its environment", () => {
  const secrets = Object.fromEntries(secretNames.map((name) => [name, "sk-minara-canary"]));
  const env = childEnvironment({ ...secrets, HOME: "/home/someone" });
  assert.equal(env.HOME, "/home/someone");
  assert.equal(JSON.stringify(env).includes("canary"), false);
});

const locked = {
  packages: {
    "": { version: "0.1.0" },
    "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
    "node_modules/b": { version: "2.0.0", integrity: "sha512-b", optional: true },
  },
};
const installs = [
  ["everything", { a: ["1.0.0", "sha512-a"], b: ["2.0.0", "sha512-b"] }, true],
  ["everything but what is optional", { a: ["1.0.0", "sha512-a"] }, true],
  ["a package less", { b: ["2.0.0", "sha512-b"] }, false],
  ["another version", { a: ["1.0.1", "sha512-a"] }, false],
  ["another content", { a: ["1.0.0", "sha512-x"] }, false],
  ["another version of what is optional", { a: ["1.0.0", "sha512-a"], b: ["2.1.0", "sha512-b"] }, false],
];
for (const [what, found, expected] of installs) {
  test(`node_modules with ${what} ${expected ? "is" : "is not"} what the lock file asks for`, () => {
    const packages = Object.entries(found).map(([name, [version, integrity]]) => [
      `node_modules/${name}`,
      { version, integrity },
    ]);
    assert.equal(installedMatches(locked, { packages: Object.fromEntries(packages) }), expected);
  });
}

const lockFiles = execFileSync("git", ["ls-files", "*package-lock.json"], { cwd: root, encoding: "utf8" }).trim();
for (const file of lockFiles.split("\n")) {
  const { packages } = JSON.parse(readFileSync(join(root, file), "utf8"));

  test(`${file} names no registry, so that any mirror serves it`, () => {
    const resolved = Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined);
    assert.deepEqual(resolved, []);
  });

  test(`${file} holds every optional package, also those of other systems, or npm ci refuses it`, () => {
    const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
    const missing = wanted.filter((name) => !Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`)));
    assert.deepEqual(missing, []);
  });
}

test("every npm package of this checkout has an exact version", () => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const loose = Object.entries(devDependencies).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
  assert.deepEqual(loose, []);
});

test("the browser and its driver are found on PATH, and the user's own choice wins", () => {
  const folder = mkdtempSync(join(tmpdir(), "minara-browser-"));
  try {
    for (const name of ["chromium", "chromedriver", "mine"]) {
      writeFileSync(join(folder, name), "");
      chmodSync(join(folder, name), 0o755);
    }
    assert.deepEqual(findBrowser({ PATH: folder }), {
      chrome: join(folder, "chromium"),
      chromedriver: join(folder, "chromedriver"),
    });
    assert.equal(findBrowser({ PATH: folder, CHROME_PATH: join(folder, "mine") }).chrome, join(folder, "mine"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a browser that the user names and that is not there is an error, not a reason to take another", () => {
  assert.throws(() => findBrowser({ PATH: "", CHROME_PATH: "/nowhere/chrome" }), {
    name: "Failure",
    message: "CHROME_PATH is set to /nowhere/chrome, but no program is there.",
  });
});
