import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { openapi, operations } from "../../sandbox/validate.mjs";
import { ask, CHAT, PERP, post, PREDICTION, question, sandboxFor, SWAP, WALLET } from "./sandbox.fixture.mjs";

const VALID = {
  [CHAT]: question("Analyze the recent price action of SOL."),
  [SWAP]: { intent: "swap 0.1 ETH to USDC", walletAddress: WALLET, chain: "base" },
  [PERP]: { symbol: "BTC", style: "day-trading", marginUSD: 1000, leverage: 10 },
  [PREDICTION]: { link: "https://polymarket.com/event/example", mode: "fast" },
};

test("every call of the OpenAPI document is served, and nothing else", async (t) => {
  const sandbox = await sandboxFor(t);
  assert.deepEqual(Object.keys(openapi.paths), Object.keys(VALID));
  for (const [path, body] of Object.entries(VALID)) assert.equal((await post(sandbox, path, body)).status, 200, path);
  const { status, body } = await ask(sandbox, "/v1/developer/unknown", {});
  assert.deepEqual([status, body.message], [404, "Cannot POST /v1/developer/unknown"]);
});

test("answers keep to the OpenAPI response schemas over many inputs", async (t) => {
  const sandbox = await sandboxFor(t);
  for (const [path, body] of variedRequests()) {
    const answer = await ask(sandbox, path, body);
    assert.equal(answer.status, 200, `${JSON.stringify(body)} → ${JSON.stringify(answer.body)}`);
    assert.deepEqual(operations.get(path).checkResponse(answer.body), [], JSON.stringify(body));
  }
});

function* variedRequests() {
  for (const mode of ["fast", "expert"]) {
    for (const content of ["hi", "What is a perp?", "ETH 가격은?", "杠杆", "Kod örneği"]) yield [CHAT, question(content, { mode })];
    for (const only_result of [false, true]) {
      for (const slug of ["fed-rates", "btc-price", "us-election", "nba-champion", "x"]) {
        yield [PREDICTION, { link: `https://polymarket.com/event/${slug}`, mode, only_result }];
      }
    }
  }
  for (const style of ["scalping", "day-trading", "swing-trading"]) {
    for (const leverage of [1, 7.5, 40]) yield [PERP, { symbol: "SOL", style, leverage }];
  }
  for (const chain of ["base", "ethereum", "bsc", "arbitrum", "optimism"]) {
    yield [SWAP, { intent: "swap 25 USDC to DAI", walletAddress: WALLET, chain }];
  }
}

test("the response check finds a broken answer", () => {
  const { checkResponse } = operations.get(PERP);
  assert.deepEqual(checkResponse({ side: "up", confidence: 101 }), [
    "side must be equal to one of the allowed values: long, short",
    "confidence must be <= 100",
  ]);
});

test("a missing, wrong or differently written key is refused with 401 and no body", async (t) => {
  const sandbox = await sandboxFor(t, { key: "sk-minara-right" });
  for (const authorization of ["", "Bearer", "Bearer sk-minara-wrong", "bearer sk-minara-right", "sk-minara-right", "Bearer sk-minara-right2"]) {
    const response = await post(sandbox, PERP, VALID[PERP], { headers: { authorization } });
    assert.deepEqual([response.status, await response.text()], [401, ""], authorization);
  }
  assert.equal(sandbox.counters.unauthorized, 6);
  assert.equal(sandbox.counters.charges, 0);
});

test("several keys can be valid at once, and null takes every caller", async (t) => {
  const two = await sandboxFor(t, { key: ["sk-one", "sk-two"] });
  for (const [key, status] of [["sk-one", 200], ["sk-two", 200], ["sk-three", 401]]) {
    const response = await post(two, PERP, VALID[PERP], { headers: { authorization: `Bearer ${key}` } });
    assert.equal(response.status, status, key);
  }
  const open = await sandboxFor(t, { key: null });
  assert.equal((await fetch(open.url + PERP, { method: "POST", headers: { "content-type": "application/json" }, body: '{"symbol":"BTC"}' })).status, 200);
});

test("bad bodies are refused with all that is wrong with them", async (t) => {
  const sandbox = await sandboxFor(t);
  const cases = [
    [CHAT, "{", ["body is not valid JSON"]],
    [CHAT, "[]", ["body must be a JSON object"]],
    [CHAT, "null", ["body must be a JSON object"]],
    [CHAT, { mode: "快速" }, ["stream is required", "message is required", "mode must be equal to one of the allowed values: fast, expert"]],
    [CHAT, question(""), ["message.content must not be empty"]],
    [CHAT, question("hi", { stream: "yes" }), ["stream must be boolean"]],
    [CHAT, question("hi", { message: { role: "assistant", content: 1 } }), ["message.role must be equal to one of the allowed values: user", "message.content must be string"]],
    [CHAT, question("hi", { requestId: "a b" }), ['requestId must match pattern "^[A-Za-z0-9._:-]+$"']],
    [CHAT, question("hi", { requestId: "x".repeat(129) }), ["requestId must NOT have more than 128 characters"]],
    [CHAT, question("hi", { stream: true, background: true }), ["background must not be combined with stream: true"]],
    [PERP, {}, ["symbol is required"]],
    [PERP, { symbol: "BTC", leverage: 0 }, ["leverage must be >= 1"]],
    [PERP, { symbol: "BTC", leverage: 41 }, ["leverage must be <= 40"]],
    [PERP, { symbol: "BTC", style: "日内交易" }, ["style must be equal to one of the allowed values: scalping, day-trading, swing-trading"]],
    [PERP, { symbol: "BTC", marginUSD: -1 }, ["marginUSD must be greater than 0"]],
    [PERP, { symbol: " " }, ["symbol must not be empty"]],
    [SWAP, { intent: "swap 1 ETH to USDC" }, ["walletAddress is required"]],
    [SWAP, { intent: "swap 1 ETH to USDC", walletAddress: "0x12" }, ["walletAddress must be 0x and 40 hex digits"]],
    [SWAP, { intent: "swap 1 ETH to USDC", walletAddress: WALLET, chain: "solana" }, ["chain must be one of base, ethereum, bsc, arbitrum, optimism"]],
    [PREDICTION, { link: "ftp://x/y", mode: "fast" }, ["link must be an http or https URL"]],
    [PREDICTION, { link: "https://polymarket.com/", mode: "fast" }, ["link must name an event, for example https://polymarket.com/event/<slug>"]],
  ];
  for (const [path, body, message] of cases) {
    const answer = await ask(sandbox, path, body);
    assert.deepEqual(answer, { ...answer, status: 400, body: { statusCode: 400, error: "Bad Request", message } });
  }
  assert.equal(sandbox.counters.rejected, cases.length);
  assert.equal(sandbox.counters.charges, 0);
});

test("method, content type and size are checked", async (t) => {
  const sandbox = await sandboxFor(t);
  const authorization = `Bearer ${sandbox.key}`;
  const get = await fetch(sandbox.url + CHAT, { headers: { authorization } });
  assert.deepEqual([get.status, get.headers.get("allow")], [405, "POST"]);
  const text = await post(sandbox, PERP, VALID[PERP], { headers: { "content-type": "text/plain" } });
  assert.deepEqual([text.status, (await text.json()).message], [415, "content-type must be application/json"]);
  const withCharset = await post(sandbox, PERP, VALID[PERP], { headers: { "content-type": "application/json; charset=utf-8" } });
  assert.equal(withCharset.status, 200);
  const large = await post(sandbox, CHAT, question("x".repeat(1024 * 1024)));
  assert.deepEqual([large.status, (await large.json()).message], [413, "body is larger than 1 MB"]);
});

test("fields that the API does not know are accepted and recorded", async (t) => {
  const sandbox = await sandboxFor(t);
  assert.equal((await post(sandbox, PERP, { ...VALID[PERP], colour: "red" })).status, 200);
  assert.equal((await post(sandbox, CHAT, question("hi", { requestId: "r-1" }))).status, 200);
  assert.deepEqual(sandbox.requests.map((request) => request.unknownFields), [["colour"], []]);
});

test("equal requests get equal answers, ids apart", async (t) => {
  const [one, two] = [await sandboxFor(t), await sandboxFor(t)];
  for (const [path, body] of Object.entries(VALID)) {
    const [first, second] = [(await ask(one, path, body)).body, (await ask(two, path, body)).body];
    for (const id of ["chatId", "messageId"]) delete first[id], delete second[id];
    assert.deepEqual(first, second, path);
  }
});

test("each answer says that it comes from the sandbox", async (t) => {
  const sandbox = await sandboxFor(t);
  const chat = (await ask(sandbox, CHAT, VALID[CHAT])).body;
  const swap = (await ask(sandbox, SWAP, VALID[SWAP])).body;
  const perp = (await ask(sandbox, PERP, VALID[PERP])).body;
  const prediction = (await ask(sandbox, PREDICTION, VALID[PREDICTION])).body;
  const bare = (await ask(sandbox, PREDICTION, { ...VALID[PREDICTION], only_result: true })).body;
  const read = [chat.content, swap.note, swap.approval.message, perp.reasons[0], perp.risks[0], perp.note, prediction.reasoning];
  for (const text of [...read, ...bare.predictions.map(({ outcome }) => outcome)]) assert.match(text, /sandbox/i);
});

test("no request field is left out of the copy of the contract", () => {
  const text = readFileSync(new URL("../../sandbox/openapi.json", import.meta.url), "utf8");
  assert.deepEqual(JSON.parse(text), openapi);
  const fields = Object.fromEntries([...operations].map(([path, { fields }]) => [path, [...fields]]));
  assert.deepEqual(fields, {
    [CHAT]: ["mode", "stream", "message", "chatId", "requestId", "background"],
    [SWAP]: ["intent", "walletAddress", "chain"],
    [PERP]: ["symbol", "style", "marginUSD", "leverage", "strategy"],
    [PREDICTION]: ["link", "mode", "only_result", "customPrompt"],
  });
});
