// The package as it is published: what is in it, what it exports, and that others can resolve it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { publint } from "publint";

import { publicTypes, snapshotFile } from "../types/snapshot.mjs";
import { manifest, packageDir, text } from "./package.fixture.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const exec = promisify(execFile);

/** @param {import("node:test").TestContext} t */
function scratch(t) {
  const folder = mkdtempSync(join(tmpdir(), "minara-package-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("npm publishes these files and no other", async () => {
  const { stdout } = await exec("npm", ["publish", "--dry-run", "--json", packageDir]);
  const { minara: report = JSON.parse(stdout) } = JSON.parse(stdout);
  assert.deepEqual(report.files.map(({ path }) => path).sort(), [
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "compile.js",
    "edge.js",
    "errors.js",
    "index.d.ts",
    "minara.js",
    "minara_bg.inline.js",
    "minara_bg.wasm",
    "minara_sse.js",
    "minara_sse_bg.inline.js",
    "minara_sse_bg.wasm",
    "node.js",
    "package.json",
    "sse.d.ts",
    "sse.edge.js",
    "sse.js",
    "sse.node.js",
    "sse.workerd.js",
    "testing.d.ts",
    "testing.js",
    "web.js",
    "workerd.js",
  ]);
});

test("package.json says what npm, bundlers and readers need", () => {
  const cargo = readFileSync(join(root, "Cargo.toml"), "utf8");
  assert.equal(manifest.name, "minara");
  assert.equal(manifest.version, /^version = "(.+)"$/m.exec(cargo)?.[1]);
  assert.equal(manifest.license, "MIT OR Apache-2.0");
  assert.equal(manifest.type, "module");
  assert.equal(manifest.engines.node, ">=20");
  assert.ok(manifest.keywords.includes("minara") && manifest.description.length > 20);
  assert.equal("dependencies" in manifest, false);
  // The order decides: types first, default last.
  const entries = [".", "./sse"].flatMap((path) => {
    const conditions = Object.keys(manifest.exports[path]);
    assert.deepEqual(conditions, ["types", "workerd", "edge-light", "node", "default"]);
    return conditions.slice(1).map((condition) => manifest.exports[path][condition]);
  });
  assert.deepEqual(manifest.sideEffects, entries);
  // For tools that read no exports: a page that is taken for a server would be given the key.
  assert.equal(manifest.main, "./web.js");
});

test("publint finds nothing", async () => {
  const { messages } = await publint({ pkgDir: packageDir, strict: true, level: "suggestion" });
  assert.deepEqual(
    messages.map(({ code, args }) => [code, args]),
    [],
  );
});

test("attw resolves its types in every way that loads ES modules", async (t) => {
  const folder = scratch(t);
  await exec("npm", ["pack", "--pack-destination", folder, packageDir]);
  const [tarball] = readdirSync(folder);
  const attw = join(root, "node_modules", ".bin", "attw");
  const entrypoints = ["--exclude-entrypoints", "./minara_bg.wasm", "./minara_sse_bg.wasm"];
  // It fails where a problem is found.
  const { stdout } = await exec(attw, [
    join(folder, tarball),
    "--profile",
    "esm-only",
    "--format",
    "ascii",
    ...entrypoints,
  ]);
  assert.equal(stdout.match(/node16 \(from ESM\): 🟢 \(ESM\)\nbundler: 🟢/g)?.length, 3);
});

const runtimeExports = (code) => [.../export \{([^}]+)\}/.exec(code)[1].matchAll(/\w+/g)].map(([name]) => name).sort();
const declaredExports = (types) =>
  [...types.matchAll(/^export (?:declare )?(?:class|function|const) (\w+)/gm)].map(([, name]) => name).sort();

test("every entry exports what index.d.ts declares, and testing what testing.d.ts does", async () => {
  const declared = declaredExports(text("index.d.ts"));
  assert.ok(declared.includes("Minara") && declared.includes("readSse"));
  for (const entry of ["web.js", "node.js", "workerd.js", "edge.js"]) {
    assert.deepEqual(runtimeExports(text(entry)), declared, entry);
  }
  assert.deepEqual(Object.keys(await import("minara")).sort(), declared);
  assert.deepEqual(Object.keys(await import("minara/testing")).sort(), declaredExports(text("testing.d.ts")));
});

test("every entry of the event reader exports what sse.d.ts names", async () => {
  const declared = runtimeExports(text("sse.d.ts"));
  assert.deepEqual(declared, ["MinaraError", "SseDecoder", "init", "readSse"]);
  for (const entry of ["sse.js", "sse.node.js", "sse.workerd.js", "sse.edge.js"]) {
    assert.deepEqual(runtimeExports(text(entry)), declared, entry);
  }
  assert.deepEqual(Object.keys(await import("minara/sse")).sort(), declared);
});

test("every class has the members that index.d.ts declares, and no other", async () => {
  const minara = await import("minara");
  const types = text("index.d.ts");
  for (const [, name, body] of types.matchAll(/^export class (\w+).*?\{\n(.*?)^\}/gms)) {
    const { code, fields } = declaredMembers(body);
    const { prototype } = minara[name];
    const inherited = Object.getOwnPropertyNames(Object.getPrototypeOf(prototype));
    const own = [...Object.getOwnPropertyNames(prototype), ...inherited.filter((member) => member === "toJSON")];
    const runtime = own.filter((member) => member !== "constructor" && member !== "name").sort();
    assert.deepEqual(
      runtime.filter((member) => !fields.includes(member)),
      code,
      name,
    );
  }
});

/** Methods, and the fields that only an instance has. */
function declaredMembers(body) {
  const withoutDocs = body.replaceAll(/\/\*\*.*?\*\//gs, "");
  const members = [...withoutDocs.matchAll(/^ {2}(readonly |static )?(\w+)(\??[:(])/gm)];
  const code = members.filter(([, kind, , mark]) => kind !== "static " && mark === "(").map(([, , name]) => name);
  const fields = members.filter(([, kind]) => kind === "readonly ").map(([, , name]) => name);
  const methods = new Set(code.filter((name) => name !== "constructor"));
  return { code: [...methods].sort(), fields };
}

test("every class has the name that it is exported by, which is what consoles show", async () => {
  for (const [name, value] of Object.entries(await import("minara"))) assert.equal(value.name, name);
});

test("its public types are those of the snapshot", () => {
  const hint = "the public types have changed: if that is meant, run node tests/types/snapshot.mjs";
  assert.equal(publicTypes(), readFileSync(snapshotFile, "utf8"), hint);
});

test("nothing in it names a path or a source map of the machine that built it", () => {
  for (const name of readdirSync(packageDir)) {
    const bytes = readFileSync(join(packageDir, name), "latin1");
    for (const trace of [
      root,
      "/root/",
      "/home/",
      ".cargo/registry",
      ".rustup/",
      "sourceMappingURL",
      "index.crates.io",
    ]) {
      assert.ok(!bytes.includes(trace), `${name} names ${trace}`);
    }
  }
});

const modules = ["minara_bg", "minara_sse_bg"];

test("the bytes of the inline copies are those of the modules", async () => {
  for (const name of modules) {
    const { bytes } = await import(join(packageDir, `${name}.inline.js`));
    assert.deepEqual(Buffer.from(bytes()), readFileSync(join(packageDir, `${name}.wasm`)));
  }
});

for (const name of modules) {
  test(`no export of ${name} takes more arguments than its guard passes on`, () => checkArities(name));
}

/** @param {string} name */
async function checkArities(name) {
  const module = await WebAssembly.compile(readFileSync(join(packageDir, `${name}.wasm`)));
  /** @type {Record<string, Record<string, () => void>>} */
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => {};
  const { exports } = await WebAssembly.instantiate(module, imports);
  const arities = Object.values(exports).map((value) => (typeof value === "function" ? value.length : 0));
  assert.ok(Math.max(...arities) <= 8, `one takes ${Math.max(...arities)}`);
}

test("two builds of the same sources give the same bytes", { timeout: 600_000 }, async (t) => {
  const { pack } = await import("../../js/pack.mjs");
  const { childEnvironment } = await import("../../scripts/setup/environment.mjs");
  const outDir = join(scratch(t), "pkg");
  await pack({ env: childEnvironment(), outDir });
  for (const name of readdirSync(packageDir)) {
    assert.ok(readFileSync(join(packageDir, name)).equals(readFileSync(join(outDir, name))), `${name} differs`);
  }
  assert.deepEqual(readdirSync(outDir).sort(), readdirSync(packageDir).sort());
});
