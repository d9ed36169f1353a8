import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";

import { hashInputs } from "../../scripts/build/stamp.mjs";

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
