// The options of a client: each is checked when it is made, and all that is wrong with them is told at once.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Minara, SseDecoder } from "minara";
import { mockFetch } from "minara/testing";

import { failureOf } from "./client.fixture.mjs";
import { CALL, CANARY, LIMITS, unknown } from "./client-options.fixture.mjs";

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

const clientUnknown = unknown(`baseUrl, apiKey, session, fetch, onRequest, onResponse, ${CALL}`);
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

test("limits at the ends of their range are taken, and so is an address that another realm holds", async () => {
  for (const maxEventBytes of [0, 268_173_312]) assert.equal(new SseDecoder({ maxEventBytes }).failure, undefined);
  const baseUrl = { href: "https://w.example/api", toString: () => "https://w.example/api" };
  const fetch = mockFetch([{ json: { content: "gm" } }]);
  const minara = new Minara({ baseUrl, fetch, maxRetries: 1000, maxRetryAfter: Infinity, timeout: { total: Infinity } });
  assert.equal((await minara.chat({ message: "gm" }, { maxRetries: 0, maxRetryAfter: 0, signal: null })).content, "gm");
  assert.equal(fetch.requests[0].url, "https://w.example/api/v1/developer/chat");
});
