// What a call takes for its request, and what goes out of it: objects, builders, the wire form, fields, headers.
import assert from "node:assert/strict";
import { test } from "node:test";

import { ChatRequest, Minara, PerpRequest, PredictionRequest, SwapRequest } from "minara";
import { mockFetch } from "minara/testing";

import { LINK, WALLET, clientFor, failureOf } from "./client.fixture.mjs";

const builders = [
  [
    "chat",
    ChatRequest.ask("And ETH?").expert().continue("chat_1"),
    { message: "And ETH?", mode: "expert", chatId: "chat_1" },
  ],
  ["chat", ChatRequest.ask("gm").mode("快速").requestId("a:1"), { message: "gm", mode: "fast", requestId: "a:1" }],
  [
    "intentToSwap",
    new SwapRequest("swap", WALLET).on("base"),
    { intent: "swap", walletAddress: WALLET, chain: "base" },
  ],
  [
    "perpTradingSuggestion",
    new PerpRequest("ETH").style("day-trading").marginUSD(500).leverage(5).strategy("max-profit"),
    { symbol: "ETH", style: "day-trading", marginUSD: 500, leverage: 5, strategy: "max-profit" },
  ],
  [
    "predictionMarketAsk",
    new PredictionRequest(LINK).expert().onlyResult().customPrompt("polls"),
    { link: LINK, mode: "expert", onlyResult: true, customPrompt: "polls" },
  ],
];

for (const [method, builder, object] of builders) {
  test(`${builder.constructor.name} means the same as ${JSON.stringify(object)}`, async () => {
    const fetch = mockFetch([{ json: { content: "" } }, { json: { content: "" } }]);
    const minara = new Minara({ baseUrl: "https://worker.example/api", fetch });
    await minara[method](builder).catch(() => {});
    await minara[method](object).catch(() => {});
    const [first, second] = fetch.requests;
    assert.deepEqual(first.body, second.body);
    assert.equal(first.url, second.url);
  });
}

test("a builder is not changed by its steps, so a common start can be shared", () => {
  const start = ChatRequest.ask("gm");
  const [one, other] = [start.expert(), start.continue("chat_2")];
  assert.deepEqual(start.toJSON(), { message: "gm" });
  assert.deepEqual(one.toJSON(), { message: "gm", mode: "expert" });
  assert.deepEqual(other.toJSON(), { message: "gm", chatId: "chat_2" });
  assert.ok(one instanceof ChatRequest);
  start.toJSON().message = "changed";
  assert.deepEqual(start.toJSON(), { message: "gm" });
});

test("an object with a JSON of its own is taken as that, as a builder of another copy of the package is", async () => {
  const fetch = mockFetch([{ json: { content: "gm" } }]);
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch });
  await minara.chat({ toJSON: () => ({ message: "gm", mode: "expert" }) });
  assert.deepEqual(fetch.requests[0].body, { mode: "expert", stream: false, message: { role: "user", content: "gm" } });
});

test("members that are undefined are as if they were not there, null is a value", async () => {
  const fetch = mockFetch([{ json: { content: "gm" } }]);
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch, timeout: undefined, headers: undefined });
  const request = { message: { role: "user", content: "gm", name: undefined }, mode: undefined, chatId: undefined };
  await minara.chat(request, { signal: undefined, maxRetries: undefined, requestId: undefined });
  const body = { mode: "fast", stream: false, message: { role: "user", content: "gm" } };
  assert.deepEqual(
    fetch.requests.map((sent) => sent.body),
    [body],
  );
  const error = await failureOf(() => minara.chat({ message: "gm", chatId: null }));
  assert.equal(
    error.message,
    "Invalid chat request: chatId must be a string of 1 to 256 characters, not null. Nothing was sent.",
  );
});

test("the wire form is accepted where its stream fits the method", async (t) => {
  const { minara } = await clientFor(t);
  const wire = { mode: "fast", stream: false, message: { role: "user", content: "gm" } };
  assert.match((await minara.chat(wire)).content, /Sandbox/);
  const error = await failureOf(() => minara.chat({ ...wire, stream: true }));
  assert.equal(
    error.message,
    "Invalid chat request: stream is true, which does not fit this method: call chatStream. Nothing was sent.",
  );
});

test("extraBody adds fields that this version does not know, and refuses those that it knows", async () => {
  const fetch = mockFetch([{ json: { content: "gm" } }]);
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch });
  await minara.chat({ message: "gm" }, { extraBody: { tone: "dry", length: undefined } });
  assert.deepEqual(fetch.requests[0].body, { message: { role: "user", content: "gm" }, mode: "fast", stream: false, tone: "dry" });
  const error = await failureOf(() => minara.chat({ message: "gm" }, { extraBody: { mode: "expert" } }));
  assert.equal(error.field, "extraBody.mode");
  assert.equal(fetch.requests.length, 1);
});

test("headers of the call hold over those of the client, and the key goes out as a bearer token", async (t) => {
  const { minara, sandbox } = await clientFor(t, { headers: { "x-team": "desk", "x-trace": "client" } });
  await minara.chat({ message: "gm" }, { headers: { "X-Trace": "call" } });
  const { headers } = sandbox.requests[0];
  assert.equal(headers["x-team"], "desk");
  assert.equal(headers["x-trace"], "call");
  assert.equal(headers["content-type"], "application/json");
});

for (const [what, headers] of [
  ["Headers", new Headers({ "X-Trace": "call" })],
  ["a Map", new Map([["X-Trace", "call"]])],
  ["pairs", [["X-Trace", "call"]]],
  ["a member named like a method of Headers", { "X-Trace": "call", entries: "2" }],
]) {
  test(`headers are taken from ${what}`, async (t) => {
    const { minara, sandbox } = await clientFor(t);
    await minara.chat({ message: "gm" }, { headers });
    assert.equal(sandbox.requests[0].headers["x-trace"], "call");
  });
}
