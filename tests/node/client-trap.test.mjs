// A trap in the module: the call fails as `internal`, and the next one works. The module does not trap by itself, so
// one export of an instance is made to.
import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

import { failureOf, readAll } from "./client.fixture.mjs";

let instances = 0;
/** @type {RegExp | undefined} an export of the next instances that traps when it is called */
let trapping;

const { Instance } = WebAssembly;
WebAssembly.Instance = class {
  constructor(module, imports) {
    instances += 1;
    const { exports } = new Instance(module, imports);
    this.exports = Object.fromEntries(Object.entries(exports).map(([name, value]) => [name, trapped(name, value)]));
  }
};

const trapped = (name, value) =>
  typeof value !== "function"
    ? value
    : (...args) => {
        if (trapping?.test(name)) throw new WebAssembly.RuntimeError("unreachable");
        return value(...args);
      };

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
    trapping = export_;
    const error = await failureOf(() => minara.chat({ message: "gm" }));
    trapping = undefined;
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
  trapping = /^chatengine_push$/;
  const error = await failureOf(() => parts.next());
  trapping = undefined;
  assert.equal(error.code, "internal");
  assert.equal(error.partial, "SOL ");
  assert.equal((await readAll(minara.chatStream({ message: "gm" }))).text, "SOL is up");
});

test("a trap elsewhere ends what waits on the same instance", { timeout: 5_000 }, async () => {
  const minara = client([{ stream: ["SOL ", "is ", "up"] }]);
  const parts = minara.chatStream({ message: "gm" })[Symbol.asyncIterator]();
  await parts.next();
  trapping = /^sseengine_push$/;
  assert.equal((await failureOf(() => new SseDecoder().push(new Uint8Array(1)))).code, "internal");
  trapping = undefined;
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
      trapping = /^sseengine_push$/;
      assert.throws(() => decoder.push(new TextEncoder().encode("data: x")));
      trapping = undefined;
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

test("after a trap an old decoder says so, and a new one works", async () => {
  const decoder = new SseDecoder();
  trapping = /^sseengine_push$/;
  await failureOf(() => decoder.push(new Uint8Array(1)));
  trapping = undefined;
  assert.equal((await failureOf(() => decoder.push(new Uint8Array(1)))).message, MESSAGE);
  const bytes = new TextEncoder().encode("data: gm\n\n");
  assert.deepEqual(new SseDecoder().push(bytes), [{ event: "message", data: "gm", id: "" }]);
});

test("a trap in the platform's hands is no uncaught exception", async () => {
  const uncaught = [];
  const listen = (error) => uncaught.push(error);
  process.on("uncaughtException", listen);
  trapping = /closure/;
  await failureOf(() => client([{ json: {} }]).chat({ message: "gm" }));
  await setTimeout(20);
  trapping = undefined;
  process.off("uncaughtException", listen);
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
