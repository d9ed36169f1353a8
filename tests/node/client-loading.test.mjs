// The entry of pages, whose module comes over the network.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { mockFetch } from "minara/testing";

import { anotherBuild, trapping, wrapped } from "./wasm-exports.fixture.mjs";

/** @type {RegExp | undefined} an export of the instance that traps when it is called */
let trapsAt;

const { instantiate } = WebAssembly;
WebAssembly.instantiate = async (module, imports) => {
  const { exports } = await instantiate(module, imports);
  return { exports: wrapped(exports, trapped) };
};

const trapped = trapping((name) => trapsAt?.test(name));

const folder = dirname(createRequire(import.meta.url).resolve("minara/package.json"));
const { Minara, MinaraError, init } = await import(pathToFileURL(join(folder, "web.js")).href);

const failed = (why) =>
  `The WebAssembly module could not be loaded (${why}). Check that the .wasm file of this very version is served ` +
  "beside the package's JavaScript or given to init.";
const BASE = { baseUrl: "https://worker.example/api" };

async function failureOf(act) {
  const error = await act().then(
    () => assert.fail("it did not fail"),
    (failure) => failure,
  );
  assert.ok(error instanceof MinaraError, `${error?.stack ?? error}`);
  return error;
}

/** Has the platform's `fetch`, by which the module comes, answer so. */
function answerLoads(t, answer) {
  t.mock.method(globalThis, "fetch", answer);
}

test("a page of HTML in place of the module, given by hand, is told from a policy that forbids it", async () => {
  const page = new Response("<!doctype html>", { headers: { "content-type": "text/html" } });
  const error = await failureOf(() => init(page));
  assert.deepEqual([error.code, error.outcome, error.retryable], ["internal", "not_sent", false]);
  assert.equal(error.message, failed(error.cause.message));
});

test("what the engine says under a policy leads to the policy", async (t) => {
  const words = "Compiling or instantiating WebAssembly module violates the following Content Security policy directive";
  t.mock.method(WebAssembly, "compile", async () => {
    throw new WebAssembly.CompileError(words);
  });
  const error = await failureOf(() => init(new Uint8Array(8)));
  assert.match(error.message, /A Content-Security-Policy has to allow 'wasm-unsafe-eval' in script-src\.$/);
});

test("a module that the network does not give is a call that was not sent and may be tried again", async (t) => {
  for (const cause of [new TypeError("fetch failed"), new DOMException("The worker went away.", "AbortError")]) {
    answerLoads(t, async () => {
      throw cause;
    });
    const error = await failureOf(() => init("https://page.example/minara_bg.wasm"));
    assert.equal(error.message, failed(cause.message));
    assert.deepEqual([error.code, error.outcome, error.retryable, error.cause], ["network", "not_sent", true, cause]);
  }
});

for (const type of ["application/wasm", "application/octet-stream"]) {
  test(`a connection that breaks within a module of type ${type} may be tried again`, async () => {
    const cause = new TypeError("terminated");
    const pull = (/** @type {ReadableStreamDefaultController} */ controller) => controller.error(cause);
    const error = await failureOf(() => init(new Response(new ReadableStream({ pull }), { headers: { "content-type": type } })));
    assert.equal(error.message, failed("terminated"));
    assert.deepEqual([error.code, error.outcome, error.retryable, error.cause], ["network", "not_sent", true, cause]);
  });
}

for (const [what, fault, code, why] of [
  [
    "a policy forbids the copy too",
    new WebAssembly.CompileError("refused by Content Security policy"),
    "internal",
    "refused by Content Security policy",
  ],
  ["the copy fails by a fault of its own", new RangeError("no memory"), "network", "HTTP 404 for "],
]) {
  test(`where the module is not served, and ${what}, the one that helps is told`, async (t) => {
    answerLoads(t, async () => new Response("<!doctype html>", { status: 404 }));
    t.mock.method(WebAssembly, "compile", async () => {
      throw fault;
    });
    const error = await failureOf(() => init());
    assert.ok(error.message.startsWith(`The WebAssembly module could not be loaded (${why}). `), error.message);
    assert.deepEqual([error.code, error.outcome], [code, "not_sent"]);
  });
}

test("a file of another version, left beside the bundle, fails each call with what to do, and none is sent", async (t) => {
  const stale = await anotherBuild(await readFile(join(folder, "minara_bg.wasm")));
  answerLoads(t, async () => new Response(stale, { headers: { "content-type": "application/wasm" } }));
  const fetch = mockFetch([]);
  const minara = new Minara({ ...BASE, fetch });
  for (let call = 0; call < 2; call += 1) {
    const error = await failureOf(() => minara.chat({ message: "gm" }));
    assert.equal(error.message, failed(error.cause.message));
    assert.deepEqual([error.code, error.outcome, error.retryable], ["internal", "not_sent", false]);
  }
  assert.equal(fetch.requests.length, 0);
});

test("while the module is on its way, a call's limit and its signal hold, and nothing is sent", async (t) => {
  let arrive;
  answerLoads(t, () => new Promise((resolve) => (arrive = resolve)));
  const fetch = mockFetch([{ json: { content: "gm" } }]);
  const minara = new Minara({ ...BASE, fetch });
  const late = await failureOf(() => minara.chat({ message: "gm" }, { timeout: { total: 30 } }));
  assert.equal(
    late.message,
    "Timed out: the WebAssembly module was not loaded within 30 ms (timeout.total). The call was not made, and nothing " +
      "was billed.",
  );
  assert.deepEqual([late.code, late.outcome], ["timeout", "not_sent"]);
  assert.equal((await failureOf(() => minara.chatStream({ message: "gm" }, { timeout: { total: 30 } }).final())).code, "timeout");
  const leaving = new AbortController();
  const left = minara.chat({ message: "gm" }, { signal: leaving.signal });
  leaving.abort("enough");
  await assert.rejects(left, (reason) => reason === "enough");
  const waiting = minara.chat({ message: "gm" });
  arrive(new Response(await readFile(join(folder, "minara_bg.wasm")), { headers: { "content-type": "application/wasm" } }));
  assert.equal((await waiting).content, "gm");
  assert.equal(fetch.requests.length, 1);
});

test("a page goes on in a fresh instance after a trap, without loading the module again", async (t) => {
  answerLoads(t, () => assert.fail("the module is there"));
  const minara = new Minara({ ...BASE, fetch: mockFetch([{ json: { content: "gm" } }]) });
  trapsAt = /^caller_call$/;
  assert.equal((await failureOf(() => minara.chat({ message: "gm" }))).code, "internal");
  trapsAt = undefined;
  assert.equal((await minara.chat({ message: "gm" })).content, "gm");
});
