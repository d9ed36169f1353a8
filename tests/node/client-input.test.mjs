// Input that would be sent as something else than what is meant: it is refused, by its field, before anything is sent.
import assert from "node:assert/strict";
import { test } from "node:test";

import { ChatRequest, Minara } from "minara";
import { mockFetch } from "minara/testing";

import { failureOf } from "./client.fixture.mjs";

const HALF = "must be text without lone surrogates";
const BIG = "must be free of BigInts beyond 2^53: give strings";
const NO_HEADERS = "headers must be an object of names and values, or Headers";
const WALLET = "0x742d35cc6634c0532925a3b844bc9e7595f0beb1";
const cut = "To the moon 🚀".slice(0, -1);

const client = (script = []) => {
  const fetch = mockFetch(script);
  return { fetch, minara: new Minara({ baseUrl: "https://worker.example/api", fetch }) };
};

for (const [what, act, fault] of [
  ["a message", (minara) => minara.chat({ message: cut }), `request: message ${HALF}`],
  ["a message of a builder", (minara) => minara.chat(ChatRequest.ask(cut)), `request: message ${HALF}`],
  ["a message that begins so", (minara) => minara.chat({ message: "🚀 gm".slice(1) }), `request: message ${HALF}`],
  [
    "a message in the API's own form",
    (minara) => minara.chatBackground({ message: { role: "user", content: cut } }),
    `request: message.content ${HALF}`,
  ],
  ["a stream's message", (minara) => minara.chatStream({ message: cut }).final(), `request: message ${HALF}`],
  [
    "two fields",
    (minara) => minara.intentToSwap({ intent: cut, walletAddress: WALLET, chain: cut }),
    `request: intent ${HALF}; chain ${HALF}`,
  ],
  ["a strategy", (minara) => minara.perpTradingSuggestion({ symbol: "ETH", strategy: cut }), `request: strategy ${HALF}`],
  ["a link", (minara) => minara.predictionMarketAsk({ link: `https://x.example/${cut}` }), `request: link ${HALF}`],
  [
    "a text of extraBody",
    (minara) => minara.chat({ message: "gm" }, { extraBody: { tone: "dry", note: cut } }),
    `call options: extraBody.note ${HALF}`,
  ],
  [
    "a text further down in extraBody",
    (minara) => minara.chat({ message: "gm" }, { extraBody: { notes: ["gm", { of: cut }] } }),
    `call options: extraBody.notes ${HALF}`,
  ],
]) {
  test(`half a character in ${what} is refused, and not sent as another one`, async () => {
    const { fetch, minara } = client();
    const error = await failureOf(() => act(minara));
    assert.equal(error.message, `Invalid ${fault}. Nothing was sent.`);
    assert.deepEqual([error.code, error.outcome], ["invalid_request", "not_sent"]);
    assert.equal(error.field, /: (\S+)/.exec(fault)[1]);
    assert.equal(fetch.requests.length, 0);
  });
}

test("whole characters of every plane are sent as they are", async () => {
  const { fetch, minara } = client([{ json: { content: "gm" } }]);
  const text = "a é 한 🚀 👩‍👩‍👧 \u{10ffff} \ufffd";
  await minara.chat({ message: text }, { extraBody: { note: text } });
  const { message, note } = fetch.requests[0].body;
  assert.deepEqual([message.content, note], [text, text]);
});

for (const [number, extraBody] of [
  ["2^53", { limit: 2n ** 53n }],
  ["10^18", { limit: 10n ** 18n }],
  ["2^64", { limit: 2n ** 64n }],
  ["-2^70", { limit: -(2n ** 70n) }],
  ["10^400, further down", { limit: [1, { cap: 10n ** 400n }] }],
]) {
  test(`a BigInt of ${number} in extraBody is refused by its field`, async () => {
    const { fetch, minara } = client();
    const error = await failureOf(() => minara.chat({ message: "gm" }, { extraBody }));
    assert.equal(error.message, `Invalid call options: extraBody.limit ${BIG}. Nothing was sent.`);
    assert.deepEqual([error.code, error.outcome, error.field], ["invalid_request", "not_sent", "extraBody.limit"]);
    assert.equal(fetch.requests.length, 0);
  });
}

test("a BigInt that a number holds is sent as that number", async () => {
  const { fetch, minara } = client([{ json: { content: "gm" } }]);
  await minara.chat({ message: "gm" }, { extraBody: { limits: [5n, -(2n ** 53n - 1n)] } });
  assert.deepEqual(fetch.requests[0].body.limits, [5, -9007199254740991]);
});

for (const [what, headers] of [
  ["a list of texts", ["Xy", "ab"]],
  ["a list of lines", ["x-team: desk"]],
  ["a name without a value", [["x-team"]]],
  ["a name with two values", [["x-team", "desk", "floor"]]],
  ["a set", new Set(["Xy"])],
  ["pairs that can be read only once", new Map([["x-team", "desk"]]).entries()],
  ["a date", new Date(0)],
]) {
  test(`headers that are ${what} are refused by the client and by a call`, async () => {
    const made = await failureOf(() => new Minara({ baseUrl: "https://worker.example/api", headers }));
    assert.equal(made.message, `Invalid client options: ${NO_HEADERS}. Nothing was sent.`);
    const { fetch, minara } = client();
    const called = await failureOf(() => minara.chat({ message: "gm" }, { headers }));
    assert.equal(called.message, `Invalid call options: ${NO_HEADERS}. Nothing was sent.`);
    assert.equal(fetch.requests.length, 0);
  });
}

for (const [what, headers] of [
  ["a plain object", { "x-team": "desk" }],
  ["an object without a prototype", Object.assign(Object.create(null), { "x-team": "desk" })],
  ["Headers", new Headers({ "x-team": "desk" })],
  ["a map", new Map([["x-team", "desk"]])],
  ["a list of pairs", [["x-team", "desk"]]],
]) {
  test(`headers that are ${what} are sent`, async () => {
    const { fetch, minara } = client([{ json: { content: "gm" } }]);
    await minara.chat({ message: "gm" }, { headers });
    assert.equal(fetch.requests[0].headers["x-team"], "desk");
  });
}
