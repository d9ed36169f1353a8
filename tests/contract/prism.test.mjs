// The built client's calls through Prism in front of the sandbox: what we send and what we are sent keep to the API's
// document, as someone else reads it. Look-ups and jobs are newer than the document, which has no path for them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ChatRequest, Minara, PerpRequest, PredictionRequest, SwapRequest } from "minara";

import { startSandbox } from "../../sandbox/server.mjs";
import { startPrism } from "./prism.mjs";

const WALLET = "0x742d35cc6634c0532925a3b844bc9e7595f0beb1";
const LINK = "https://polymarket.com/event/fed-decision";

let sandbox;
let prism;
let minara;

before(async () => {
  sandbox = await startSandbox();
  prism = await startPrism(sandbox.url);
  minara = new Minara({ apiKey: sandbox.key, baseUrl: prism.url, maxRetries: 0 });
});
after(async () => {
  await prism?.close();
  await sandbox?.close();
});

/** @type {[string, () => Promise<any>][]} */
const calls = [
  ["chat", () => minara.chat({ message: "Is SOL up?" })],
  ["chat, expert, in the wire form", () => minara.chat({ mode: "expert", stream: false, message: { role: "user", content: "SOL?" } })],
  ["chat, in Korean", () => minara.chat({ message: "솔라나 시세는?", mode: "빠른" })],
  ["chat, by its builder", () => minara.chat(ChatRequest.ask("Is SOL up?").expert())],
  ["chat, under a requestId", () => minara.chat({ message: "Is SOL up?" }, { requestId: true })],
  ["chat, continued", async () => minara.chat({ message: "And ETH?", chatId: (await minara.chat({ message: "SOL?" })).chatId })],
  ["chat, with a field that this version does not know", () => minara.chat({ message: "SOL?" }, { extraBody: { temperature: 0.5 } })],
  ["chatStream", () => minara.chatStream({ message: "Is SOL up?" }).final()],
  ["chatStream, expert", () => minara.chatStream({ message: "Is SOL up?", mode: "expert" }).final()],
  ["chatStream, under a requestId", () => minara.chatStream({ message: "Is SOL up?" }, { requestId: "contract-1" }).final()],
  ["intentToSwap", () => minara.intentToSwap({ intent: "swap 0.1 ETH to USDC", walletAddress: WALLET })],
  ...["base", "ethereum", "bsc", "arbitrum", "optimism"].map((chain) => [
    `intentToSwap on ${chain}`, () => minara.intentToSwap(new SwapRequest("swap 10 USDC to ETH", WALLET).on(chain)),
  ]),
  ["perpTradingSuggestion", () => minara.perpTradingSuggestion({ symbol: "BTC" })],
  ["perpTradingSuggestion with everything", () => minara.perpTradingSuggestion(new PerpRequest("SOL").style("日内交易").marginUSD(2_500.5).leverage(40).strategy("max-profit"))],
  ["predictionMarketAsk", () => minara.predictionMarketAsk({ link: LINK })],
  ["predictionMarketAsk with everything", () => minara.predictionMarketAsk(new PredictionRequest(LINK).expert().onlyResult().customPrompt("Look at the odds."))],
];

for (const [name, call] of calls) {
  test(`${name}: no violation in either direction`, async () => {
    const posts = sandbox.requests.length;
    const answer = await call();
    assert.ok(sandbox.requests.length > posts, "the call passed the proxy");
    assert.ok(Object.keys(answer).length > 1, JSON.stringify(answer));
    assert.ok(!("content" in answer) || answer.content.length > 10, JSON.stringify(answer));
  });
}

test("Prism does look: a request that breaks the document is stopped", async () => {
  const response = await fetch(`${prism.url}/v1/developer/chat`, {
    method: "POST",
    headers: { authorization: `Bearer ${sandbox.key}`, "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ mode: "slow", stream: false, message: { role: "user", content: "Hi" } }),
  });
  assert.equal(response.status, 422);
});

test("Prism does look: an answer that breaks the document is a failure of the call", async () => {
  sandbox.script({ body: { content: 42 } });
  await assert.rejects(minara.chat({ message: "Hi" }), (error) => {
    assert.deepEqual([error.code, error.status], ["upstream_error", 500]);
    assert.match(error.body, /VIOLATIONS/);
    return true;
  });
});
