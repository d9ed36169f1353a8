// Loading by hand, in a process that has not used the module yet.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { SseDecoder, init } from "minara";

import { failureOf } from "./client.fixture.mjs";

const file = createRequire(import.meta.url).resolve("minara/minara_bg.wasm");

const read = new Response("gm");
await read.text();
const lent = new Response("gm");
lent.body?.getReader();

for (const [what, source] of [
  ["a promise", Promise.resolve(new Response())],
  ["the options of another tool", { module_or_path: "minara_bg.wasm" }],
  ["nothing", null],
  ["a Response that was read already", read],
  ["a Response that somebody else reads", lent],
  ["an address that is no URL", "http://"],
  ["a path, where there is no page that it could belong to", "/minara_bg.wasm"],
]) {
  test(`init says what it takes where it is given ${what}`, async () => {
    const error = await failureOf(() => init(source));
    assert.equal(
      error.message,
      "init takes the address of the .wasm file, its unread Response, its bytes or the compiled module.",
    );
    assert.deepEqual([error.code, error.outcome, error.retryable], ["invalid_request", "not_sent", false]);
  });
}

test("what is wrong with an address that is no URL is the error's cause", async () => {
  const { cause } = await failureOf(() => init("http://"));
  assert.equal(/** @type {Error} */ (cause).message, "Failed to parse URL from http://");
});

/** The shortest module, which neither takes nor gives anything. */
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

for (const [what, source, why] of [
  ["a module of something else", EMPTY, "wasm.__wbindgen_start is not a function"],
  ["one that is compiled", new WebAssembly.Module(EMPTY), "wasm.__wbindgen_start is not a function"],
  ["a file, which Node does not fetch,", pathToFileURL(file), "fetch failed"],
  ["what only has the length of bytes", { byteLength: 8 }, "WebAssembly.compile(): Argument 0 must be a buffer source"],
]) {
  test(`${what} is no fault of the network, and trying it again does not help`, async () => {
    const error = await failureOf(() => init(source));
    assert.equal(
      error.message,
      `The WebAssembly module could not be loaded (${why}). Check that the .wasm file of this very version is served ` +
        "beside the package's JavaScript or given to init.",
    );
    assert.deepEqual([error.code, error.outcome, error.retryable], ["internal", "not_sent", false]);
  });
}

test("bytes that are no module are a fault, and the next load can go well", async () => {
  const error = await failureOf(() => init(new Uint8Array([1, 2, 3])));
  assert.equal(error.code, "internal");
  await init(await readFile(file));
  assert.deepEqual(new SseDecoder().push(new TextEncoder().encode("data: gm\n\n")).map(({ data }) => data), ["gm"]);
});
