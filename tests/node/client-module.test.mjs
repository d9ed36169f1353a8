// Loading by hand from a compiled module, in a process that has not used the module yet.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

import { SseDecoder, init } from "minara";

import { failureOf } from "./client.fixture.mjs";
import { anotherBuild } from "./wasm-exports.fixture.mjs";

const file = createRequire(import.meta.url).resolve("minara/minara_bg.wasm");

test("the module of another build is refused before anything runs in it, and says what is wanted", async () => {
  const foreign = await anotherBuild(await readFile(file));
  for (const source of [foreign, await WebAssembly.compile(foreign)]) {
    const error = await failureOf(() => init(source));
    const { message: why } = error.cause;
    assert.match(why, /^WebAssembly\.instantiate\(\): Import #0 .*"\*{6}"/);
    assert.equal(
      error.message,
      `The WebAssembly module could not be loaded (${why}). Check that the .wasm file of this very version is served ` +
        "beside the package's JavaScript or given to init.",
    );
    assert.deepEqual([error.code, error.outcome, error.retryable], ["internal", "not_sent", false]);
  }
});

test("init takes a compiled module, and makes one instance of it however often it is called", async (t) => {
  const compiled = await WebAssembly.compile(await readFile(file));
  const compile = t.mock.method(WebAssembly, "compile");
  const instantiate = t.mock.method(WebAssembly, "instantiate");
  await Promise.all([init(compiled), init(), init(compiled)]);
  await init();
  assert.deepEqual([compile.mock.callCount(), instantiate.mock.callCount()], [0, 1]);
  assert.equal(instantiate.mock.calls[0].arguments[0], compiled);
  assert.deepEqual(new SseDecoder().push(new TextEncoder().encode("data: gm\n\n")).map(({ data }) => data), ["gm"]);
});
