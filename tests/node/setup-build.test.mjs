import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";

import { build } from "esbuild";

import { pageRecipe } from "../../scripts/build/page.mjs";
import { hashInputs } from "../../scripts/build/stamp.mjs";
import { root } from "../../scripts/setup/paths.mjs";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "minara-stamp-"));
  write("src/a.rs", "a");
  write("src/inner/b.rs", "b");
  write("src/out/c.js", "c");
  write("Cargo.toml", "toml");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const recipe = { name: "test", inputs: ["src", "Cargo.toml"], ignored: ["src/out"], output: "out" };

function write(path, content) {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), content);
}

function hash(changes = {}) {
  return hashInputs({ ...recipe, ...changes }, folder);
}

test("the same inputs have the same hash, in whatever order they are named", () => {
  assert.match(hash(), /^[0-9a-f]{64}$/);
  assert.equal(hash(), hash({ inputs: ["Cargo.toml", "src"] }));
});

const changes = [
  ["a changed file", () => write("src/inner/b.rs", "B")],
  ["a new file", () => write("src/inner/d.rs", "")],
  ["a deleted file", () => rmSync(join(folder, "src/a.rs"))],
  ["text moved from one file to the next", () => (write("src/a.rs", ""), write("src/inner/b.rs", "ab"))],
];
for (const [what, change] of changes) {
  test(`${what} changes the hash`, () => {
    const before = hash();
    change();
    assert.notEqual(hash(), before);
  });
}

test("a changed file in an ignored folder does not change the hash", () => {
  const before = hash();
  write("src/out/c.js", "changed");
  assert.equal(hash(), before);
});

test("another tool version changes the hash", () => {
  assert.notEqual(hash({ facts: { rustc: "1.95.0" } }), hash({ facts: { rustc: "1.96.0" } }));
});

test("an input that does not exist is absent, not an error", () => {
  assert.equal(hash({ inputs: ["src", "Cargo.toml", ".cargo"] }), hash());
});

/** The npm packages of which something is in the page; ours is an input as a folder. */
async function bundledPackages() {
  const entryPoints = [join(root, "www", "src", "main.ts")];
  const { metafile } = await build({ entryPoints, bundle: true, format: "esm", outdir: folder, write: false, metafile: true });
  const names = Object.keys(metafile.inputs).map((file) => /.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]);
  return [...new Set(names)].filter((name) => name !== undefined && name !== "minara");
}

test("the page is built anew for another version of each package that it bundles", async () => {
  const { inputs, facts } = pageRecipe();
  const installed = (name) => JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8")).version;
  const bundled = await bundledPackages();
  assert.deepEqual(bundled, ["streaming-markdown"]);
  assert.deepEqual(inputs, ["www", "pkg"]);
  assert.deepEqual(facts, Object.fromEntries(["esbuild", ...bundled].map((name) => [name, installed(name)])));
});
