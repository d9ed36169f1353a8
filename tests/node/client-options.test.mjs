import assert from "node:assert/strict";
import { test } from "node:test";

import { Minara, MinaraError, SseDecoder, readSse } from "minara";
import { mockFetch } from "minara/testing";

import { clientFor, failureOf } from "./client.fixture.mjs";

const CANARY = "sk-minara-canary-5e1f9c0d7b";

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

const LOOK = "signal, timeout, maxRetries, maxRetryAfter, headers, extraBody";
const CALL = `${LOOK}, requestId`;
const unknown = (known) => `is not a known option (known: ${known})`;
const clientUnknown = unknown(`baseUrl, apiKey, session, fetch, onRequest, onResponse, ${CALL}`);
const callUnknown = unknown(CALL);
const LIMITS = "must be an object of total, firstByte and idle, in milliseconds";
const LIMIT = "must be a number of milliseconds above 0, or Infinity for none";
for (const [what, options, violations] of [
  [
    "names that stand for nothing",
    { apikey: CANARY, toString: 1 },
    [
      { field: "apikey", message: clientUnknown },
      { field: "toString", message: clientUnknown },
    ],
  ],
  [
    "an address, a key, functions and a signal that are none",
    { baseUrl: null, apiKey: 42, session: "token", fetch: {}, onRequest: true, onResponse: null, signal: {} },
    [
      { field: "baseUrl", message: "must be a string or a URL" },
      { field: "apiKey", message: "must be a string" },
      { field: "session", message: "must be a function" },
      { field: "fetch", message: "must be a function" },
      { field: "onRequest", message: "must be a function" },
      { field: "onResponse", message: "must be a function" },
      { field: "signal", message: "must be an AbortSignal" },
    ],
  ],
  [
    "an id that would be that of every call",
    { requestId: "a:1" },
    [{ field: "requestId", message: "must be true: each chat call then has a generated id of its own" }],
  ],
  ["a time limit that is a bare number", { timeout: 5000 }, [{ field: "timeout", message: LIMITS }]],
  [
    "time limits that are none",
    { timeout: { total: "1s", firstByte: 0, idle: NaN, fristByte: 1 } },
    [
      { field: "timeout.total", message: LIMIT },
      { field: "timeout.firstByte", message: LIMIT },
      { field: "timeout.idle", message: LIMIT },
      { field: "timeout.fristByte", message: unknown("total, firstByte, idle") },
    ],
  ],
  [
    "numbers out of their range",
    { maxRetries: 1001, maxRetryAfter: -1 },
    [
      { field: "maxRetries", message: "must be a whole number, 0 to 1000" },
      { field: "maxRetryAfter", message: "must be a number of seconds, 0 or more" },
    ],
  ],
  [
    "headers that are a text",
    { headers: "X-Team: a" },
    [{ field: "headers", message: "must be an object of names and values, or Headers" }],
  ],
  [
    "headers that have no text",
    { headers: { "X-Team": 1, "X-Trace": undefined } },
    [{ field: "headers.X-Team", message: "must be a string" }],
  ],
]) {
  test(`the client's options are refused for ${what}`, async () => {
    const error = await failureOf(() => new Minara({ baseUrl: "https://w.example/api", ...options }));
    assert.deepEqual(error.violations, violations);
    const list = violations.map(({ field, message }) => `${field} ${message}`).join("; ");
    assert.equal(error.message, `Invalid client options: ${list}. Nothing was sent.`);
    assert.equal(error.field, violations[0].field);
  });
}

test("on a server the constructor refuses headers that are the client's own", async () => {
  const error = await failureOf(() => new Minara({ baseUrl: "https://w.example/api", headers: { Authorization: "x" } }));
  assert.deepEqual(error.violations, [
    { field: "headers.Authorization", message: "is set by the client itself and cannot be given" },
  ]);
});

test("a value with a tab in it is a header's", async () => {
  const fetch = async (request) => Response.json({ content: request.headers.get("x-team") });
  const minara = new Minara({ baseUrl: "https://w.example/api", fetch, headers: { "X-Team": "a\tb" } });
  assert.equal((await minara.chat({ message: "gm" })).content, "a\tb");
});

test("a path is no address where there is no page, and of a long one the beginning is told", async () => {
  const minara = new Minara({ baseUrl: `/${"a".repeat(100)}`, fetch: async () => Response.json({}) });
  const error = await failureOf(() => minara.chat({ message: "gm" }));
  assert.equal(
    error.message,
    `Invalid client options: baseUrl is "/${"a".repeat(79)}", which this platform cannot resolve: give an absolute ` +
      "https:// address. Nothing was sent.",
  );
  assert.deepEqual([error.code, error.outcome], ["invalid_request", "not_sent"]);
});

test("a limit that is longer than a timer of the platform takes is waited for in parts", async (t) => {
  const asked = [];
  t.mock.method(globalThis, "setTimeout", (_, milliseconds) => asked.push(milliseconds));
  const controller = new AbortController();
  const fetch = () => new Promise(() => controller.abort("left"));
  const minara = new Minara({ baseUrl: "https://w.example/api", fetch, timeout: { total: 3e9 } });
  await assert.rejects(minara.chat({ message: "gm" }, { signal: controller.signal }), (reason) => reason === "left");
  assert.deepEqual([...new Set(asked)], [2_147_483_647]);
});

test("options that are no object are named as such", async () => {
  const error = await failureOf(() => new Minara("sk-minara-canary"));
  assert.equal(error.message, "Invalid client options: must be a plain object. Nothing was sent.");
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
    "options that are none",
    (minara) => minara.chat({ message: "gm" }, 5000),
    "Invalid call options: must be a plain object. Nothing was sent.",
  ],
  [
    "a signal in place of the options",
    (minara) => minara.chat({ message: "gm" }, AbortSignal.abort()),
    "Invalid call options: must be a plain object. Nothing was sent.",
  ],
  [
    "options that are still to come",
    (minara) => minara.chat({ message: "gm" }, Promise.resolve({ requestId: "a:1" })),
    "Invalid call options: must be a plain object. Nothing was sent.",
  ],
  [
    "a number that no double holds",
    (minara) => minara.perpTradingSuggestion({ symbol: "BTC", marginUSD: 9007199254740993n }),
    "Invalid perp request: must be a plain object of strings, numbers, booleans and plain objects: it holds a BigInt " +
      "that no double holds. Nothing was sent.",
  ],
  [
    "a number in extraBody that JSON has no form for",
    (minara) => minara.chat({ message: "gm" }, { extraBody: { limits: [1, { cap: Infinity }], slippage: NaN } }),
    "Invalid chat request: extraBody.limits holds NaN or Infinity, for which JSON has no form; " +
      "extraBody.slippage holds NaN or Infinity, for which JSON has no form. Nothing was sent.",
  ],
  [
    "options whose names stand for nothing",
    (minara) => minara.chat({ message: "gm" }, { maxRetry: 0, apiKey: CANARY }),
    `Invalid call options: maxRetry ${callUnknown}; apiKey ${callUnknown}. Nothing was sent.`,
  ],
  [
    "the token of a session as an option",
    (minara) => minara.chatBackground({ message: "gm" }, { bearer: "token" }),
    `Invalid call options: bearer ${callUnknown}. Nothing was sent.`,
  ],
  [
    "a time limit that is a bare number",
    (minara) => minara.intentToSwap({}, { timeout: 5000 }),
    `Invalid call options: timeout ${LIMITS}. Nothing was sent.`,
  ],
  [
    "an option of a stream for a call that is none",
    (minara) => minara.chat({ message: "gm" }, { terminator: "optional" }),
    `Invalid call options: terminator ${callUnknown}. Nothing was sent.`,
  ],
  [
    "an id for a look-up",
    (minara) => minara.chatStatus("bg_1", { requestId: "a:1", extraBody: {} }),
    `Invalid call options: requestId ${unknown(LOOK)}. Nothing was sent.`,
  ],
  [
    "an id that is neither a text nor true",
    (minara) => minara.chat({ message: "gm" }, { requestId: false }),
    "Invalid call options: requestId must be a string, or true for a generated one. Nothing was sent.",
  ],
  [
    "an id for a call that has none",
    (minara) => minara.predictionMarketAsk({ link: "https://polymarket.com/x" }, { requestId: "a:1" }),
    "Invalid call options: requestId must be left out: only a chat can be repeated under an id without a second " +
      "charge. Nothing was sent.",
  ],
  [
    "a body that is none",
    (minara) => minara.chat({ message: "gm" }, { extraBody: "tone=dry" }),
    "Invalid call options: extraBody must be a plain object of fields for the request's body. Nothing was sent.",
  ],
  [
    "values in a body that would be empty objects there",
    (minara) => minara.chat({ message: "gm" }, { extraBody: { since: new Date(0), limits: [{ of: new Map() }] } }),
    "Invalid call options: extraBody.since must be a value that JSON has a form for; extraBody.limits must be a value " +
      "that JSON has a form for. Nothing was sent.",
  ],
  [
    "a body that is a ring",
    (minara) => minara.chat({ message: "gm" }, { extraBody: ring() }),
    "Invalid extraBody: must be a plain object of strings, numbers, booleans and plain objects: it is nested too " +
      "deeply. Nothing was sent.",
  ],
  [
    "a request whose own JSON throws",
    (minara) => minara.chat({ message: "gm", toJSON: () => JSON.parse("{") }),
    foreign("it holds something that JSON has no form for, such as a function"),
  ],
  [
    "a terminator and a signal for a stream that are none",
    (minara) => minara.chatStream({ message: "gm" }, { terminator: "none", signal: "stop" }).final(),
    'Invalid call options: terminator must be "required" or "optional"; signal must be an AbortSignal. ' +
      "Nothing was sent.",
  ],
  [
    "an id in the request and in the options",
    (minara) => minara.chat({ message: "gm", requestId: "a:1" }, { requestId: true }),
    "Invalid chat request: requestId is given twice, in the request and in the options: give it once. " +
      "Nothing was sent.",
  ],
  [
    "headers that are the client's own",
    (minara) => minara.chat({ message: "gm" }, { headers: { Authorization: "x" } }),
    "Invalid call options: headers.Authorization is set by the client itself and cannot be given. Nothing was sent.",
  ],
  [
    "headers whose names or values HTTP cannot carry",
    (minara) => minara.chat({ message: "gm" }, { headers: [["", "a"], ["x:y", "a"], [`x-${"q".repeat(50)}\u0007`, "a"], ["x-del", "a\u007f"], ["x-line", "a\nb: c"]] }),
    `Invalid call options: headers. is not a header name; headers.x:y is not a header name; headers.x-${"q".repeat(38)} is ` +
      "not a header name; headers.x-del holds a character that a header cannot carry; headers.x-line holds a character " +
      "that a header cannot carry. Nothing was sent.",
  ],
  [
    "headers whose names hold what cannot be shown",
    (minara) => minara.chat({ message: "gm" }, { headers: [["x\u0007-\u001by", "a"]] }),
    "Invalid call options: headers.x-y is not a header name. Nothing was sent.",
  ],
  [
    "headers that are the connection's",
    (minara) => minara.chat({ message: "gm" }, { headers: { "Transfer-Encoding": "chunked", expect: "100-continue" } }),
    "Invalid call options: headers.Transfer-Encoding is set by the client itself and cannot be given; headers.expect is " +
      "set by the client itself and cannot be given. Nothing was sent.",
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

for (const [what, act, message] of [
  [
    "options that are none",
    () => new SseDecoder(null),
    "Invalid reader options: must be a plain object.",
  ],
  [
    "options whose names stand for nothing",
    () => readSse(new Response("data: x\n\n"), { maxBytes: 5 }),
    "Invalid reader options: maxBytes is not a known option (known: signal, maxEventBytes).",
  ],
  [
    "a signal that is none",
    () => readSse(new Response("data: x\n\n"), { signal: 5 }),
    "Invalid reader options: signal must be an AbortSignal.",
  ],
  [
    "a stream that someone reads",
    () => {
      const { body } = new Response("data: x\n\n");
      body.getReader();
      return readSse(body);
    },
    "readSse takes a stream that no one reads yet: this one is locked.",
  ],
  [
    "to go on once it is freed",
    () => {
      const decoder = new SseDecoder();
      decoder.free();
      decoder.free();
      assert.equal(decoder.retry, undefined);
      assert.equal(decoder.failure, undefined);
      assert.throws(() => decoder.finish(), MinaraError);
      decoder.push(new Uint8Array(1));
    },
    "This SseDecoder was freed: make a new one for another stream.",
  ],
]) {
  test(`the SSE reader refuses ${what}`, async () => {
    assert.equal((await failureOf(act)).message, message);
  });
}

test("the SSE reader refuses what is no bytes", async () => {
  assert.equal((await failureOf(() => new SseDecoder().push("data: x"))).code, "invalid_request");
  assert.equal((await failureOf(() => new SseDecoder({ maxEventBytes: -1 }))).field, "maxEventBytes");
  assert.equal((await failureOf(() => readSse("data: x"))).code, "invalid_request");
});

test("limits at the ends of their range are taken, and so is an address that another realm holds", async () => {
  for (const maxEventBytes of [0, 268_173_312]) assert.equal(new SseDecoder({ maxEventBytes }).failure, undefined);
  const baseUrl = { href: "https://w.example/api", toString: () => "https://w.example/api" };
  const fetch = mockFetch([{ json: { content: "gm" } }]);
  const minara = new Minara({ baseUrl, fetch, maxRetries: 1000, maxRetryAfter: Infinity, timeout: { total: Infinity } });
  assert.equal((await minara.chat({ message: "gm" }, { maxRetries: 0, maxRetryAfter: 0, signal: null })).content, "gm");
  assert.equal(fetch.requests[0].url, "https://w.example/api/v1/developer/chat");
});

for (const options of ["", 0, false]) {
  test(`${JSON.stringify(options)} in place of a call's options is refused, and null is none`, async () => {
    const fetch = mockFetch([{ json: { content: "gm" } }]);
    const minara = new Minara({ baseUrl: "https://w.example/api", fetch });
    const error = await failureOf(() => minara.chat({ message: "gm" }, options));
    assert.equal(error.message, "Invalid call options: must be a plain object. Nothing was sent.");
    assert.equal((await minara.chat({ message: "gm" }, null)).content, "gm");
    assert.equal(fetch.requests.length, 1);
  });
}

test("the extraBody of a call is in place of the client's, and not beside it", async () => {
  const fetch = mockFetch([{ json: { content: "gm" } }]);
  const minara = new Minara({ baseUrl: "https://w.example/api", fetch, extraBody: { tone: "dry", language: "ko" } });
  await minara.chat({ message: "gm" }, { extraBody: { tone: "warm" } });
  const { tone, language } = fetch.requests[0].body;
  assert.deepEqual([tone, language], ["warm", undefined]);
});
