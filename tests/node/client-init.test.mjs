// Loading by hand, in a process that has not used the module yet.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

import { SseDecoder, init } from "minara";

import { failureOf } from "./client.fixture.mjs";

const file = createRequire(import.meta.url).resolve("minara/minara_bg.wasm");

for (const [what, source] of [
  ["a promise", Promise.resolve(new Response())],
  ["the options of another tool", { module_or_path: "minara_bg.wasm" }],
  ["nothing", null],
]) {
  test(`init says what it takes where it is given ${what}`, async () => {
    const error = await failureOf(() => init(source));
    assert.equal(
      error.message,
      "init takes the address of minara_bg.wasm, its Response, its bytes or the compiled module.",
    );
    assert.deepEqual([error.code, error.retryable], ["invalid_request", false]);
  });
}

test("bytes that are no module are a fault, and the next load can go well", async () => {
  const error = await failureOf(() => init(new Uint8Array([1, 2, 3])));
  assert.equal(error.code, "internal");
  await init(await readFile(file));
  assert.deepEqual(new SseDecoder().push(new TextEncoder().encode("data: gm\n\n")).map(({ data }) => data), ["gm"]);
});
