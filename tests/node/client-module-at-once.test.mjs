// A module that is compiled at its first use, in a process that has not used it yet.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

import { Minara } from "minara";

import { failureOf } from "./client.fixture.mjs";
import { anotherBuild } from "./wasm-exports.fixture.mjs";

const file = createRequire(import.meta.url).resolve("minara/minara_bg.wasm");

test("the module of another build is refused where it is compiled at once too, and the right one is taken after it", async (t) => {
  const foreign = await WebAssembly.compile(await anotherBuild(await readFile(file)));
  const wrong = t.mock.method(WebAssembly, "Module", function () {
    return foreign;
  });
  const error = await failureOf(() => new Minara({ apiKey: "sk-minara-canary-0123456789" }));
  assert.deepEqual([error.code, error.outcome, error.retryable], ["internal", "not_sent", false]);
  assert.match(error.message, /^The WebAssembly module could not be loaded \(.*\)\. Check that the \.wasm file of this very version/);
  wrong.mock.restore();
  assert.ok(new Minara({ apiKey: "sk-minara-canary-0123456789" }));
});
