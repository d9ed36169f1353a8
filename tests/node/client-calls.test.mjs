// The calls: each sends one request and gives the API's answer; what a call does not say, the client says.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Minara, SwapRequest } from "minara";
import { mockFetch } from "minara/testing";

import { LINK, WALLET, clientFor, failureOf } from "./client.fixture.mjs";

const CHAT = "/v1/developer/chat";

const calls = [
  ["chat", { message: "What moved BTC?" }, CHAT],
  [
    "intentToSwap",
    { intent: "swap 0.1 ETH to USDC", walletAddress: WALLET, chain: "base" },
    "/v1/developer/intent-to-swap-tx",
  ],
  [
    "perpTradingSuggestion",
    { symbol: "ETH", style: "swing-trading", leverage: 5 },
    "/v1/developer/perp-trading-suggestion",
  ],
  ["predictionMarketAsk", { link: LINK, onlyResult: true }, "/v1/developer/prediction-market-ask"],
];

for (const [method, request, path] of calls) {
  test(`${method} sends one POST and gives the API's answer with its response`, async (t) => {
    const { minara, sandbox } = await clientFor(t);
    const call = minara[method](request);
    const { data, status, headers, requestId, warnings } = await call.withResponse();
    assert.equal(await call, data);
    assert.equal(status, 200);
    assert.match(headers.get("content-type"), /^application\/json/);
    assert.equal(requestId, headers.get("x-request-id") ?? undefined);
    assert.deepEqual(warnings, []);
    assert.deepEqual(
      sandbox.requests.map((sent) => [sent.method, sent.path]),
      [["POST", path]],
    );
    assert.deepEqual(sandbox.requests[0].unknownFields, []);
  });
}

test("answers are plain objects under the API's own names, with fields that no one knows", async () => {
  const answer = { content: "gm", chatId: null, depth: { of: [1, 1e-7] }, messageId: "m" };
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch: mockFetch([{ json: answer }]) });
  assert.deepEqual(await minara.chat({ message: "gm" }), answer);
});

test("a wrong EIP-55 checksum is a warning beside the answer", async (t) => {
  const { minara } = await clientFor(t);
  const request = new SwapRequest("swap 0.1 ETH to USDC", "0x742D35cc6634c0532925a3b844bc9e7595f0beb1").on("base");
  const { warnings, data } = await minara.intentToSwap(request).withResponse();
  assert.deepEqual(warnings, [
    {
      field: "walletAddress",
      message: "has a wrong EIP-55 checksum: compare it with the wallet before signing anything",
    },
  ]);
  assert.equal(data.intent.userWalletAddress.toLowerCase(), WALLET);
});

test("withResponse alone leaves no rejection unhandled", async () => {
  const fetch = mockFetch([{ status: 402, json: {} }]);
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch });
  const error = await failureOf(() => minara.chat({ message: "gm" }).withResponse());
  assert.equal(error.code, "payment_required");
  await new Promise((resolve) => setImmediate(resolve));
});

test("the limits of streams are none for other calls, so that a client can set both", async () => {
  const slow = async () => {
    await new Promise((resolve) => setTimeout(resolve, 60));
    return Response.json({ content: "gm" });
  };
  const timeout = { firstByte: 20, idle: 20 };
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch: slow, timeout });
  assert.equal((await minara.chat({ message: "gm" })).content, "gm");
  const stream = minara.chatStream({ message: "gm" });
  assert.match((await failureOf(() => stream.final())).message, /timeout\.firstByte/);
});

test("what a call does not say, the client says, limit by limit", async () => {
  const mock = mockFetch([{ json: { content: "gm" } }, { json: { content: "gm" } }]);
  const fetch = (request) => (mock.requests.length < 2 ? mock(request) : new Promise(() => {}));
  const settings = { fetch, extraBody: { tone: "dry" }, timeout: { total: 50, idle: 40 } };
  const minara = new Minara({ baseUrl: "https://worker.example/api", ...settings });
  await minara.chat({ message: "gm" });
  await minara.chat({ message: "gm" }, { extraBody: { tone: "warm" } });
  assert.deepEqual(
    mock.requests.map(({ body }) => body.tone),
    ["dry", "warm"],
  );
  const silent = minara.chat({ message: "gm" }, { timeout: { total: undefined, idle: 9_000 } });
  assert.match((await failureOf(() => silent)).message, /timeout\.total/);
});

test("the client's signal aborts its calls, but for those that have their own", async (t) => {
  const [left, stays] = [new AbortController(), new AbortController()];
  const { minara } = await clientFor(t, { signal: left.signal });
  const reason = new Error("the page was left");
  left.abort(reason);
  await assert.rejects(minara.chat({ message: "gm" }), (error) => error === reason);
  await assert.rejects(minara.chatStream({ message: "gm" }).final(), (error) => error === reason);
  assert.match((await minara.chat({ message: "gm" }, { signal: stays.signal })).content, /Sandbox/);
  assert.match((await minara.chat({ message: "gm" }, { signal: null })).content, /Sandbox/);
});
