// A trap in the module: the call fails as `internal`, and the next one works. The module does not trap by itself, so
// one export of an instance is made to.
import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { failureOf, readAll } from "./client.fixture.mjs";
import { trapping, wrapped } from "./wasm-exports.fixture.mjs";

let instances = 0;
/** @type {RegExp | undefined} an export of the next instances that traps when it is called */
let trapsAt;

const { Instance } = WebAssembly;
WebAssembly.Instance = class {
  constructor(module, imports) {
    instances += 1;
    const { exports } = new Instance(module, imports);
    this.exports = wrapped(exports, trapped);
  }
};

const trapped = trapping((name) => trapsAt?.test(name));

const { Minara, SseDecoder } = await import("minara");
const { mockFetch } = await import("minara/testing");

const client = (script) => new Minara({ baseUrl: "https://worker.example/api", fetch: mockFetch(script) });
const MESSAGE =
  "The WebAssembly module failed (unreachable). This is a fault of the package minara: please report it. " +
  "The next call uses a fresh instance.";

for (const [where, export_] of [
  ["while a call begins", /^caller_call$/],
  ["while a call waits, in a job of the platform", /closure/],
]) {
  test(`a trap ${where} is internal, and the next call works on a fresh instance`, { timeout: 5_000 }, async () => {
    const minara = client([{ json: { content: "gm" } }, { json: { content: "gm" } }]);
    trapsAt = export_;
    const error = await failureOf(() => minara.chat({ message: "gm" }));
    trapsAt = undefined;
    assert.equal(error.code, "internal");
    assert.equal(error.outcome, "unknown");
    assert.equal(error.message, MESSAGE);
    assert.ok(error.cause instanceof WebAssembly.RuntimeError);
    const before = instances;
    assert.equal((await minara.chat({ message: "gm" })).content, "gm");
    assert.equal(instances, before + 1);
  });
}

test("a trap in the middle of a stream ends it as internal with the text so far", { timeout: 5_000 }, async () => {
  const minara = client([{ stream: ["SOL ", "is ", "up"] }, { stream: ["SOL ", "is ", "up"] }]);
  const stream = minara.chatStream({ message: "gm" });
  const parts = stream[Symbol.asyncIterator]();
  assert.deepEqual(await parts.next(), { done: false, value: { text: "SOL " } });
  trapsAt = /^chatengine_push$/;
  const error = await failureOf(() => parts.next());
  trapsAt = undefined;
  assert.equal(error.code, "internal");
  assert.equal(error.partial, "SOL ");
  assert.equal((await readAll(minara.chatStream({ message: "gm" }))).text, "SOL is up");
});

test("a trap elsewhere ends what waits on the same instance", { timeout: 5_000 }, async () => {
  const minara = client([{ stream: ["SOL ", "is ", "up"] }]);
  const parts = minara.chatStream({ message: "gm" })[Symbol.asyncIterator]();
  await parts.next();
  trapsAt = /^sseengine_push$/;
  assert.equal((await failureOf(() => new SseDecoder().push(new Uint8Array(1)))).code, "internal");
  trapsAt = undefined;
  const error = await failureOf(() => parts.next());
  assert.equal(error.code, "internal");
  assert.equal(error.partial, "SOL ");
});

test("a trap elsewhere does not end the wait for a job, which goes on in the fresh instance alone", { timeout: 5_000 }, async () => {
  const job = { id: "bg_1", status: "in_progress" };
  let looks = 0;
  const fetch = async (request) => {
    if (request.method === "POST") return Response.json({ id: "bg_1" }, { status: 202 });
    looks += 1;
    if (looks === 1) {
      trapsAt = /^sseengine_push$/;
      assert.throws(() => decoder.push(new TextEncoder().encode("data: x")));
      trapsAt = undefined;
    }
    return Response.json(looks === 1 ? job : { ...job, status: "completed", result: { content: "gm" } });
  };
  const decoder = new SseDecoder();
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch });
  assert.equal((await minara.chatBackground({ message: "gm" }).wait({ timeout: { total: 4_000 } })).content, "gm");
  // Longer than the first rest between two looks.
  await setTimeout(800);
  assert.equal(looks, 2, "the instance that failed looks no more");
});

/** A Worker that answers the looks by turns, each of which comes with a trap elsewhere, as often as that is said. */
function trappingWorker(traps, atTrap = () => {}) {
  const worker = { looks: 0 };
  worker.fetch = async (request) => {
    if (request.method === "POST") return Response.json({ id: "bg_1" }, { status: 202 });
    worker.looks += 1;
    if (worker.looks <= traps) {
      const decoder = new SseDecoder();
      trapsAt = /^sseengine_push$/;
      assert.throws(() => decoder.push(new TextEncoder().encode("data: x")));
      trapsAt = undefined;
      atTrap();
    }
    return Response.json({ id: "bg_1", status: "completed", result: { content: "gm" } });
  };
  return worker;
}

test("a wait that a second trap ends goes on no further", { timeout: 5_000 }, async () => {
  const worker = trappingWorker(2);
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch: worker.fetch });
  const error = await failureOf(() => minara.chatBackground({ message: "gm" }).wait({ timeout: { total: 4_000 } }));
  assert.equal(error.message, MESSAGE);
  assert.equal(worker.looks, 2);
});

test("a wait that goes on after a trap has what is left of its limit", { timeout: 5_000 }, async (t) => {
  const now = performance.now.bind(performance);
  let passed = 0;
  t.mock.method(performance, "now", () => now() + passed);
  const worker = trappingWorker(1, () => (passed += 4_000));
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch: worker.fetch });
  const error = await failureOf(() => minara.chatBackground({ message: "gm" }).wait({ timeout: { total: 4_000 } }));
  assert.equal(
    error.message,
    'The job was not done after 4000 ms (timeout.total of wait). It goes on: wait again, or look it up with chatStatus("bg_1").',
  );
  assert.equal(worker.looks, 1);
});

test("a trap while the decoder of a stream is made is told with the answer's status", { timeout: 5_000 }, async () => {
  const minara = client([{ stream: ["SOL "], headers: { "x-request-id": "r-1" } }]);
  trapsAt = /^chatengine_new$/;
  const error = await failureOf(() => minara.chatStream({ message: "gm" }).final());
  trapsAt = undefined;
  assert.equal(error.message, MESSAGE);
  assert.deepEqual([error.code, error.status, error.requestId], ["internal", 200, "r-1"]);
});

const trapElsewhere = () => {
  const decoder = new SseDecoder();
  trapsAt = /^sseengine_push$/;
  assert.throws(() => decoder.push(new Uint8Array(1)), { code: "internal" });
  trapsAt = undefined;
};

test("a stream that is over hears of no trap any more", async () => {
  const chunks = ['data: {"delta":"gm"}\n\n', "data: [DONE]\n\n"].map((text) => new TextEncoder().encode(text));
  let cancels = 0;
  const reader = {
    read: async () => (chunks.length > 0 ? { done: false, value: chunks.shift() } : { done: true, value: undefined }),
    cancel: async () => void (cancels += 1),
  };
  const headers = new Headers({ "content-type": "text/event-stream" });
  const fetch = async () => ({ status: 200, headers, body: { getReader: () => reader } });
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch });
  assert.equal(await minara.chatStream({ message: "gm" }).text(), "gm");
  trapElsewhere();
  assert.equal(cancels, 0);
});

test("a trap elsewhere ends a read that waits, and lets its connection go", { timeout: 5_000 }, async () => {
  let cancelled = false;
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('data: {"delta":"SOL "}\n\n')),
    cancel: () => void (cancelled = true),
  });
  const fetch = async () => new Response(body, { headers: { "content-type": "text/event-stream" } });
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch });
  // The limit's timer outlives the instance that set it, and the process waits for it.
  const parts = minara.chatStream({ message: "gm" }, { timeout: { total: 3_000 } })[Symbol.asyncIterator]();
  await parts.next();
  const waiting = failureOf(() => parts.next());
  trapElsewhere();
  const { code, partial } = await waiting;
  assert.deepEqual([code, partial, cancelled], ["internal", "SOL ", true]);
});

test("a trap while no one reads ends the stream, which is looked for under its requestId", { timeout: 5_000 }, async () => {
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('data: {"delta":"SOL "}\n\n')),
  });
  const fetch = async ({ method }) =>
    method === "POST"
      ? new Response(body, { headers: { "content-type": "text/event-stream" } })
      : Response.json({ id: "a:1", status: "completed", result: { content: "SOL is up" } });
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch, timeout: { total: 3_000 } });
  const stream = minara.chatStream({ message: "gm" }, { requestId: "a:1" });
  const parts = stream[Symbol.asyncIterator]();
  await parts.next();
  trapElsewhere();
  assert.deepEqual(await stream.final(), { content: "SOL is up" });
  assert.deepEqual([await parts.next(), await parts.next()], [
    { done: false, value: { text: "is up" } },
    { done: true, value: undefined },
  ]);
});

test("an instance that fails a second time does not take the fresh one with it", async () => {
  const minara = client([{ stream: ["SOL ", "is up"] }, { json: { content: "gm" } }, { json: { content: "gm" } }]);
  // The limit's timer outlives the instance that set it, and the process waits for it.
  const parts = minara.chatStream({ message: "gm" }, { timeout: { total: 3_000 } })[Symbol.asyncIterator]();
  await parts.next();
  trapElsewhere();
  assert.equal((await minara.chat({ message: "gm" })).content, "gm");
  const before = instances;
  trapsAt = /^streamscope_close$/;
  await parts.return().catch(() => {});
  trapsAt = undefined;
  assert.equal((await minara.chat({ message: "gm" })).content, "gm");
  assert.equal(instances, before);
});

test("after a trap an old decoder says so, and a new one works", async () => {
  const decoder = new SseDecoder();
  trapsAt = /^sseengine_push$/;
  await failureOf(() => decoder.push(new Uint8Array(1)));
  trapsAt = undefined;
  assert.equal((await failureOf(() => decoder.push(new Uint8Array(1)))).message, MESSAGE);
  const bytes = new TextEncoder().encode("data: gm\n\n");
  assert.deepEqual(new SseDecoder().push(bytes), [{ event: "message", data: "gm", id: "" }]);
});

test("after a trap an old decoder knows no time for a retry any more", () => {
  const decoder = new SseDecoder();
  decoder.push(new TextEncoder().encode("retry: 5\n"));
  assert.equal(decoder.retry, 5);
  trapElsewhere();
  assert.equal(decoder.retry, undefined);
  decoder.free();
});

test("a trap in the platform's hands is no uncaught exception", async () => {
  const uncaught = [];
  const listen = (error) => uncaught.push(error);
  process.on("uncaughtException", listen);
  trapsAt = /closure/;
  await failureOf(() => client([{ json: {} }]).chat({ message: "gm" }));
  await setTimeout(20);
  trapsAt = undefined;
  process.off("uncaughtException", listen);
  assert.deepEqual(uncaught, []);
});

test("a trap in the garbage collector's hands is no uncaught exception", async (t) => {
  const uncaught = [];
  const note = (fault) => uncaught.push(fault);
  process.on("uncaughtException", note);
  t.after(() => process.off("uncaughtException", note));
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  let collected = 0;
  const registry = new FinalizationRegistry(() => (collected += 1));
  (() => registry.register(new SseDecoder()))();
  trapsAt = /^__wbg_sseengine_free$/;
  while (collected === 0) {
    await setTimeout(1);
    collect();
  }
  await setTimeout(20);
  trapsAt = undefined;
  assert.deepEqual(uncaught, []);
});

test("a platform whose errors are of another realm fails the call and not the process", { timeout: 5_000 }, async (t) => {
  const uncaught = [];
  const note = (fault) => uncaught.push(fault);
  process.on("uncaughtException", note);
  t.after(() => process.off("uncaughtException", note));
  const { Request } = globalThis;
  globalThis.Request = class {
    constructor() {
      throw runInNewContext('new TypeError("Failed to parse URL")');
    }
  };
  t.after(() => (globalThis.Request = Request));
  const minara = client([{ json: { content: "gm" } }]);
  // The limit's timer outlives the instance that set it, and the process waits for it.
  const error = await failureOf(() => minara.chat({ message: "gm" }, { timeout: { total: 3_000 } }));
  assert.equal(error.code, "internal");
  globalThis.Request = Request;
  assert.equal((await minara.chat({ message: "gm" })).content, "gm");
  assert.deepEqual(uncaught, []);
});
