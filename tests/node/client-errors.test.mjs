import assert from "node:assert/strict";
import { test } from "node:test";

import { Minara, MinaraError, SseDecoder, readSse } from "minara";
import { mockFetch } from "minara/testing";

import { clientFor, failureOf } from "./client.fixture.mjs";

const CANARY = "sk-minara-canary-5e1f9c0d7b";

test("a MinaraError is an Error of its class, with a name, and only the members that it has", () => {
  const cause = new TypeError("beneath");
  const error = new MinaraError("What happened.", { code: "network", outcome: "not_sent", retryable: true, cause });
  assert.ok(error instanceof MinaraError && error instanceof Error);
  assert.equal(String(error), "MinaraError: What happened.");
  assert.equal(error.cause, cause);
  assert.deepEqual({ ...error }, { code: "network", outcome: "not_sent", retryable: true });
  assert.equal("cause" in new MinaraError("x", { code: "internal", outcome: "unknown" }), false);
});

test("a MinaraError survives structuredClone, and comes back whole from its JSON", async (t) => {
  const { minara, sandbox } = await clientFor(t);
  sandbox.script({ cut: "after-headers" });
  const error = await failureOf(() => minara.chatStream({ message: "gm" }).final());
  assert.ok(error.cause instanceof Error);
  assert.equal(structuredClone(error).message, error.message);
  const json = JSON.parse(JSON.stringify(error));
  const again = new MinaraError(json.message, json);
  assert.deepEqual(again.toJSON(), json);
  assert.equal(again.code, "network");
});

test("all violations are listed, and nothing is sent", async (t) => {
  const { minara, sandbox } = await clientFor(t);
  const error = await failureOf(() =>
    minara.perpTradingSuggestion({ symbol: "", marginUSD: -1, leverage: 41, stlye: "x" }),
  );
  assert.equal(error.code, "invalid_request");
  assert.equal(error.outcome, "not_sent");
  assert.equal(error.retryable, false);
  assert.deepEqual(error.violations, [
    { field: "stlye", message: 'is not a known field (did you mean "style"?)' },
    { field: "symbol", message: "must be a string of 1 to 64 characters; it is empty" },
    { field: "marginUSD", message: "must be a number greater than 0, not -1" },
    { field: "leverage", message: "must be a number from 1 to 40, not 41" },
  ]);
  assert.equal(error.field, "stlye");
  assert.equal(sandbox.requests.length, 0);
});

for (const [what, options, field] of [
  ["plain http with a key", { apiKey: CANARY, baseUrl: "http://api.example" }, "baseUrl"],
  ["a base URL that is none", { apiKey: CANARY, baseUrl: "api.minara.ai" }, "baseUrl"],
  ["a base URL with a password in it", { apiKey: CANARY, baseUrl: "https://a:b@api.example" }, "baseUrl"],
  ["neither key nor base URL", {}, "apiKey"],
  ["an empty key", { apiKey: "" }, "apiKey"],
  ["a key that no header can carry", { apiKey: `${CANARY}\nx: y` }, "apiKey"],
  ["a key that is no string", { apiKey: 42 }, "apiKey"],
  ["a session that is no function", { baseUrl: "https://w.example/api", session: "token" }, "session"],
  ["a fetch that is no function", { baseUrl: "https://w.example/api", fetch: {} }, "fetch"],
  ["a hook that is no function", { baseUrl: "https://w.example/api", onRequest: true }, "onRequest"],
  ["a time limit that is none", { baseUrl: "https://w.example/api", timeout: { total: "1s" } }, "timeout.total"],
]) {
  test(`on a server the constructor refuses ${what}`, async () => {
    const error = await failureOf(() => new Minara(options));
    assert.equal(error.code, "invalid_request");
    assert.equal(error.outcome, "not_sent");
    assert.equal(error.field, field);
    assert.ok(!JSON.stringify(error).includes(CANARY));
  });
}

test("options that are no object are named as such", async () => {
  const error = await failureOf(() => new Minara("sk-minara-canary"));
  assert.equal(error.message, "new Minara() takes an object of options.");
});

const foreign = (found) =>
  "Invalid chat request: must be a plain object of strings, numbers, booleans and plain objects: " +
  `${found}. Nothing was sent.`;
const NO_JSON = "it holds something that JSON has no form for, such as a function";
for (const [what, act, message] of [
  [
    "a request that is no object",
    (minara) => minara.chat("gm"),
    "Invalid chat request: must be an object with the fields of a chat request, not a string. Nothing was sent.",
  ],
  [
    "no request at all",
    (minara) => minara.chat(),
    "Invalid chat request: must be an object with the fields of a chat request, not null. Nothing was sent.",
  ],
  [
    "a request with a function in it",
    (minara) => minara.chat({ message: () => "gm" }),
    foreign(NO_JSON),
  ],
  [
    "a request with a symbol in it",
    (minara) => minara.chat({ message: [Symbol("gm")] }),
    foreign(NO_JSON),
  ],
  ["a request in a ring", (minara) => minara.chat(ring()), foreign("it is nested too deeply")],
  [
    "a status look-up without an id",
    (minara) => minara.chatStatus(),
    "Invalid status look-up: id must be the id or requestId of a job: 1 to 128 of the characters A-Z a-z 0-9 . _ : -. " +
      "Nothing was sent.",
  ],
  [
    "a signal that is none",
    (minara) => minara.chat({ message: "gm" }, { signal: "stop" }),
    "Invalid call options: signal must be an AbortSignal. Nothing was sent.",
  ],
  [
    "headers that are the client's own",
    (minara) => minara.chat({ message: "gm" }, { headers: { Authorization: "x" } }),
    "Invalid call options: headers.Authorization is set by the client itself and cannot be given. Nothing was sent.",
  ],
]) {
  test(`a call refuses ${what} before anything is sent`, async (t) => {
    const { minara, sandbox } = await clientFor(t);
    const error = await failureOf(() => act(minara));
    assert.equal(error.message, message);
    assert.equal(error.code, "invalid_request");
    assert.equal(error.outcome, "not_sent");
    assert.equal(sandbox.requests.length, 0);
  });
}

function ring() {
  const message = { role: "user", content: "gm" };
  message.again = message;
  return { message };
}

test("the SSE reader refuses what is no bytes", async () => {
  assert.equal((await failureOf(() => new SseDecoder().push("data: x"))).code, "invalid_request");
  assert.equal((await failureOf(() => new SseDecoder({ maxEventBytes: -1 }))).field, "maxEventBytes");
  assert.equal((await failureOf(() => readSse("data: x"))).code, "invalid_request");
});

test("the key stands in no error, and in nothing that the client shows of itself", async (t) => {
  const { minara, sandbox } = await clientFor(t, { sandbox: { key: CANARY } });
  sandbox.script([
    { status: 500, echoAuthorization: true },
    { status: 200, body: `no JSON, but Bearer ${CANARY}` },
  ]);
  for (let call = 0; call < 2; call += 1) {
    const error = await failureOf(() => minara.chat({ message: "gm" }));
    assert.ok(!`${error.stack}${JSON.stringify(error)}`.includes(CANARY), error.code);
  }
  const { inspect } = await import("node:util");
  assert.ok(!inspect(minara, { depth: 10, showHidden: true }).includes(CANARY));
  assert.ok(!JSON.stringify(minara).includes(CANARY));
});

test("a custom fetch that rejects is a network error with its cause, sent once", async () => {
  const cause = new TypeError("fetch failed");
  const fetch = mockFetch([{ error: cause }]);
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch });
  const error = await failureOf(() => minara.chat({ message: "gm" }));
  assert.equal(error.code, "network");
  assert.equal(error.outcome, "unknown");
  assert.equal(error.cause, cause);
  assert.equal(fetch.requests.length, 1);
});

test("a caller's abort rejects with the signal's reason", async (t) => {
  const { minara, sandbox } = await clientFor(t);
  sandbox.script({ stall: "before-headers" });
  const controller = new AbortController();
  const reason = new Error("the user left");
  const call = minara.chat({ message: "gm" }, { signal: controller.signal });
  await sandbox.until(({ requests }) => requests.length === 1);
  controller.abort(reason);
  await assert.rejects(call, (error) => error === reason);
  await sandbox.until(({ counters }) => counters.closedByClient === 1);
});
