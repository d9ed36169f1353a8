import assert from "node:assert/strict";
import { test } from "node:test";

import { ChatRequest, Minara, PerpRequest, PredictionRequest, SwapRequest } from "minara";
import { mockFetch } from "minara/testing";

import { clientFor, failureOf } from "./client.fixture.mjs";

const WALLET = "0x742d35cc6634c0532925a3b844bc9e7595f0beb1";
const LINK = "https://polymarket.com/event/fed-decision-in-december";
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

test("hooks see each attempt, and neither the key nor the body", async (t) => {
  const seen = [];
  const hooks = {
    onRequest: (info) => seen.push(["request", info]),
    onResponse: (info) => seen.push(["response", info]),
  };
  const { minara, sandbox } = await clientFor(t, hooks);
  sandbox.script({ status: 429, headers: { "Retry-After": "0" } });
  await minara.chat({ message: "canary question" });
  const attempts = seen.map(([kind, { milliseconds, requestId, ...info }]) => {
    if (kind === "response") assert.ok(milliseconds >= 0);
    return [kind, info];
  });
  const sent = { method: "POST", path: CHAT };
  assert.deepEqual(attempts, [
    ["request", { ...sent, attempt: 1 }],
    ["response", { ...sent, attempt: 1, status: 429 }],
    ["request", { ...sent, attempt: 2 }],
    ["response", { ...sent, attempt: 2, status: 200 }],
  ]);
  const text = JSON.stringify(seen);
  assert.ok(!text.includes(sandbox.key) && !text.includes("canary question"));
});

test("a hook hears how long the headers took, also where the body of an error takes longer", async (t) => {
  let clock = 1000;
  t.mock.method(performance, "now", () => clock);
  const body = new ReadableStream({
    pull(controller) {
      clock += 9000;
      controller.close();
    },
  }, { highWaterMark: 0 });
  const fetch = async () => {
    clock += 20;
    return new Response(body, { status: 500 });
  };
  const heard = [];
  const onResponse = ({ status, milliseconds }) => heard.push([status, milliseconds]);
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch, onResponse });
  await failureOf(() => minara.chat({ message: "gm" }));
  assert.deepEqual(heard, [[500, 20]]);
  assert.equal(clock, 10_020);
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

test("a chat says under which id it is sent, so that its answer can be fetched whatever became of the call", async () => {
  const lost = { error: new TypeError("fetch failed") };
  const job = { json: { id: "bg_1", status: "completed", result: { content: "gm" } } };
  const fetch = mockFetch([lost, job, { json: { content: "gm" } }, { status: 202, json: { id: "bg_2" } }]);
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch, maxRetries: 0 });
  const call = minara.chat({ message: "gm" }, { requestId: true });
  assert.equal((await failureOf(() => call)).outcome, "unknown");
  assert.match(call.requestId, /^req-[0-9a-f]{32}$/);
  assert.equal(fetch.requests[0].body.requestId, call.requestId);
  assert.equal((await minara.chatStatus(call.requestId)).result.content, "gm");
  assert.equal(minara.chatStream({ message: "gm", requestId: "a:1" }).requestId, "a:1");
  const plain = minara.chat({ message: "gm" });
  await plain;
  assert.equal(plain.requestId, undefined);
  const started = minara.chatBackground({ message: "gm" }, { requestId: "a:2" });
  assert.equal(started.requestId, "a:2");
  assert.equal((await started).requestId, undefined, "a job has the members that the API gave it");
});

test("a hook whose promise rejects harms nothing", async (t) => {
  const unhandled = [];
  const note = (reason) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  t.after(() => process.off("unhandledRejection", note));
  const fail = async () => Promise.reject(new Error("the log is down"));
  const fetch = mockFetch([{ json: { content: "gm" } }]);
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch, onRequest: fail, onResponse: fail });
  assert.equal((await minara.chat({ message: "gm" })).content, "gm");
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(unhandled, []);
});

test("a hook that throws does not turn a paid answer into an error", async (t) => {
  const fail = () => {
    throw new Error("hook");
  };
  const { minara } = await clientFor(t, { onRequest: fail, onResponse: fail });
  assert.match((await minara.chat({ message: "gm" })).content, /Sandbox/);
});

test("requestId: true names the call by a generated id", async (t) => {
  const { minara, sandbox } = await clientFor(t);
  await minara.chat({ message: "gm" }, { requestId: true });
  const { requestId } = sandbox.requests[0].body;
  assert.match(requestId, /^req-[0-9a-f]{32}$/);
  const { status, result } = await minara.chatStatus(requestId);
  assert.equal(status, "completed");
  assert.match(result.content, /Sandbox/);
});

test("a client with requestId: true names each of its chats that has no id, and no other call", async (t) => {
  const { minara, sandbox } = await clientFor(t, { requestId: true });
  await minara.chat({ message: "gm" });
  await minara.chatStream({ message: "gm" }).final();
  await minara.chat({ message: "gm", requestId: "of:the-request" });
  await minara.chat({ message: "gm" }, { requestId: "of:the-call" });
  await minara.perpTradingSuggestion({ symbol: "ETH" });
  const [whole, streamed, ...others] = sandbox.requests.map(({ body }) => body.requestId);
  assert.match(whole, /^req-[0-9a-f]{32}$/);
  assert.match(streamed, /^req-[0-9a-f]{32}$/);
  assert.notEqual(whole, streamed);
  assert.deepEqual(others, ["of:the-request", "of:the-call", undefined]);
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

for (const [what, status, act] of [
  ["a call", 200, (minara) => minara.chat({ message: "gm" }, { requestId: "r-1" })],
  ["a call that finds it under way", 202, (minara) => minara.chat({ message: "gm" }, { requestId: "r-1" })],
  ["a stream", 200, (minara) => minara.chatStream({ message: "gm" }, { requestId: "r-1" }).final()],
]) {
  test(`a job that failed is no answer to ${what} under its id`, async () => {
    const json = { id: "bg_1", status: "failed", error: { code: "processing_error", message: "no model" } };
    const minara = new Minara({ baseUrl: "https://worker.example/api", fetch: mockFetch([{ status, json }, { json }]) });
    const error = await failureOf(() => act(minara));
    assert.equal(error.code, "stream_error");
    assert.equal(error.outcome, "unknown");
    assert.match(error.message, /^The API could not finish the answer \(processing_error: no model\)\./);
  });
}

test("requestId is for chat alone", async (t) => {
  const { minara, sandbox } = await clientFor(t);
  const error = await failureOf(() => minara.perpTradingSuggestion({ symbol: "ETH" }, { requestId: "a" }));
  assert.equal(error.code, "invalid_request");
  assert.equal(error.field, "requestId");
  assert.equal(sandbox.requests.length, 0);
});

test("withResponse alone leaves no rejection unhandled", async () => {
  const fetch = mockFetch([{ status: 402, json: {} }]);
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch });
  const error = await failureOf(() => minara.chat({ message: "gm" }).withResponse());
  assert.equal(error.code, "payment_required");
  await new Promise((resolve) => setImmediate(resolve));
});
