// The request and the options of one call: what is wrong with them is told before anything is sent.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Minara } from "minara";
import { mockFetch } from "minara/testing";

import { WALLET, clientFor, failureOf } from "./client.fixture.mjs";
import { CALL, CANARY, LIMITS, LOOK, unknown } from "./client-options.fixture.mjs";

const callUnknown = unknown(CALL);
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
    "an id in extraBody under which a swap could be sent, and charged, again",
    (minara) => minara.intentToSwap({ intent: "swap 1 ETH", walletAddress: WALLET }, { extraBody: { requestId: "a:1" } }),
    "Invalid swap request: extraBody.requestId is for chats alone. Nothing was sent.",
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
    "Invalid call options: extraBody.message must be nested at most 16 deep. Nothing was sent.",
  ],
  [
    "a body with more ways through its rings than there is time for",
    (minara) => minara.chat({ message: "gm" }, { extraBody: { knot: knot() } }),
    "Invalid call options: extraBody.knot must be nested at most 16 deep. Nothing was sent.",
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

/** With 10 members that are it itself: 10^16 ways of 16 steps. */
function knot() {
  const knot = {};
  for (let way = 0; way < 10; way += 1) knot[`way${way}`] = knot;
  return knot;
}

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
