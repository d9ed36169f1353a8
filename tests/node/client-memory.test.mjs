// What a stream takes from the module is given back at once, however it ends: the garbage collector would do it too, but
// whenever it likes, and a page that opens many streams would grow. And what a call gave is no longer held.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { wrapped } from "./wasm-exports.fixture.mjs";

/** How often each export was called. */
const calls = {};

const { Instance } = WebAssembly;
WebAssembly.Instance = class {
  constructor(module, imports) {
    const { exports } = new Instance(module, imports);
    this.exports = wrapped(exports, counted);
  }
};

const counted = (name, call) => (...args) => {
  calls[name] = (calls[name] ?? 0) + 1;
  return call(...args);
};

const { Minara, SseDecoder, init, readSse } = await import("minara");
const { mockFetch } = await import("minara/testing");

const { failureOf } = await import("./client.fixture.mjs");

const QUESTION = { message: "Why did SOL rise today?" };
const BASE = { baseUrl: "https://worker.example/api" };
const eventStream = { headers: { "content-type": "text/event-stream" } };
const bytes = (text) => new TextEncoder().encode(text);

async function collectGarbage() {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  for (let turn = 0; turn < 5; turn += 1) {
    await setImmediate();
    collect();
  }
}

/** What `act` made and gave back. */
async function counts(act) {
  for (const name of Object.keys(calls)) delete calls[name];
  await act();
  const of = (name) => calls[name] ?? 0;
  return {
    decoders: [of("chatengine_new") + of("sseengine_new"), of("__wbg_chatengine_free") + of("__wbg_sseengine_free")],
    limits: [of("streamscope_close"), of("__wbg_streamscope_free")],
  };
}

/** A body that stays open behind these chunks. */
const open = (...chunks) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(bytes(chunk));
    },
  });

const streaming = (answer, options) => new Minara({ ...BASE, fetch: answer }).chatStream(QUESTION, options);
const silent = async () => new Response(open('data: {"delta":"SOL "}\n\n'), eventStream);

for (const [what, act, decoders = 1] of [
  ["is read to its end", () => streaming(mockFetch([{ stream: ["SOL ", "is up"] }])).final()],
  ["is cut", () => failureOf(() => streaming(mockFetch([{ stream: ["SOL "], isCut: true }])).final())],
  [
    "is left",
    async () => {
      for await (const _ of streaming(mockFetch([{ stream: ["SOL ", "is up"] }]))) break;
    },
  ],
  [
    "is cancelled while a read waits",
    async () => {
      const stream = streaming(silent);
      const parts = stream[Symbol.asyncIterator]();
      await parts.next();
      const waiting = parts.next();
      await stream.cancel();
      assert.deepEqual(await waiting, { done: true, value: undefined });
    },
  ],
  [
    "is aborted by its caller",
    async () => {
      const controller = new AbortController();
      const parts = streaming(silent, { signal: controller.signal })[Symbol.asyncIterator]();
      await parts.next();
      controller.abort("enough");
      await assert.rejects(parts.next(), (reason) => reason === "enough");
    },
  ],
  ["has no body", () => failureOf(() => streaming(async () => new Response(null, eventStream)).final()), 0],
]) {
  test(`a stream that ${what} gives its decoder and its limits back`, async () => {
    assert.deepEqual(await counts(act), { decoders: [decoders, decoders], limits: [1, 1] });
  });
}

for (const [what, act] of [
  [
    "to its end",
    async () => {
      for await (const _ of readSse(new Response("data: 1\n\n")));
    },
  ],
  [
    "up to where the loop is left",
    async () => {
      for await (const _ of readSse(open("data: 1\n\n"))) break;
    },
  ],
  ["up to an event that is too large", () => failureOf(() => readSse(open("data: 12345\n\n"), { maxEventBytes: 4 }).next())],
  ["by hand, and freed twice", () => [new SseDecoder()].forEach((decoder) => (decoder.free(), decoder.free()))],
]) {
  test(`events that are read ${what} leave no decoder behind`, async () => {
    assert.deepEqual((await counts(act)).decoders, [1, 1]);
  });
}

test("a read that is cancelled while it waits harms no other call", async () => {
  let answer;
  const other = new Minara({ ...BASE, fetch: () => new Promise((resolve) => (answer = resolve)) }).chat(QUESTION);
  const stream = streaming(silent);
  const parts = stream[Symbol.asyncIterator]();
  await parts.next();
  const waiting = parts.next();
  await stream.cancel();
  await waiting;
  await setImmediate();
  answer(Response.json({ content: "gm" }));
  assert.equal((await other).content, "gm");
});

for (const [what, act] of [
  ["a call's answer", async (minara) => (await minara.chat(QUESTION)).items],
  ["a call's headers", async (minara) => (await minara.chat(QUESTION).withResponse()).headers],
]) {
  test(`${what} is held by no one but the caller`, async () => {
    const minara = new Minara({ ...BASE, fetch: mockFetch([{ json: { content: "gm", items: [1] } }]) });
    const held = new WeakRef(await act(minara));
    await collectGarbage();
    assert.equal(held.deref(), undefined);
  });
}

for (const [what, act] of [
  ["a call", (minara, signal) => minara.chat(QUESTION, { signal })],
  ["a look-up", (minara, signal) => minara.chatStatus("bg_1", { signal })],
]) {
  test(`the abort of ${what} reaches the server, whatever of it was collected meanwhile`, async (t) => {
    const { promise: asked, resolve } = Promise.withResolvers();
    const server = createServer((_, response) => resolve(response)).listen(0, "127.0.0.1");
    t.after(() => server.close());
    await once(server, "listening");
    const controller = new AbortController();
    const call = act(new Minara({ apiKey: "sk-minara-canary", baseUrl: `http://127.0.0.1:${server.address().port}` }), controller.signal);
    const response = await asked;
    await collectGarbage();
    const closed = once(response, "close");
    controller.abort("left");
    await assert.rejects(call, (reason) => reason === "left");
    await closed;
  });
}

test("init() of a module that runs already makes no other instance", async (t) => {
  const instantiate = t.mock.method(WebAssembly, "instantiate");
  await init();
  assert.equal(instantiate.mock.callCount(), 0);
});

const demand = { status: 401, json: { error: { code: "session_required", message: "x", requestId: "r-1" } } };
const failing = { body: 'data: {"error":{"message":"boom"}}\n\n', ...eventStream };
for (const [what, act] of [
  ["a stream that ends well", () => streaming(mockFetch([{ stream: ["SOL "] }])).final()],
  ["a stream that has no body", () => failureOf(() => streaming(async () => new Response(null, eventStream)).final())],
  ["a stream that ends with an error", () => failureOf(() => streaming(mockFetch([failing])).final())],
  [
    "a call that opened a session",
    () => {
      const fetch = mockFetch([demand, { json: { token: "t1" } }, { json: { content: "gm" } }]);
      return new Minara({ ...BASE, fetch, session: async () => "turnstile" }).chat(QUESTION);
    },
  ],
]) {
  test(`${what} leaves no timer behind`, async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    await act();
    assert.equal(timers(), before);
  });
}
