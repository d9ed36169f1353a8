import assert from "node:assert/strict";
import { test } from "node:test";
import { baseSymbol } from "../../sandbox/markets.mjs";
import { perpSuggestion } from "../../sandbox/perp.mjs";
import { predictMarket } from "../../sandbox/prediction.mjs";

const SYMBOLS = ["BTC", "ETH", "SOL", "PEPE", "DOGE", "WIF", "1000BONK", "比特币", "ığdır", "x".repeat(64)];
const STYLES = ["scalping", "day-trading", "swing-trading"];

function* everyTrade() {
  for (const symbol of SYMBOLS) {
    for (const style of STYLES) {
      for (const leverage of [1, 2.5, 10, 40]) {
        for (const strategy of ["max-profit", "steady"]) {
          const request = { symbol, style, leverage, strategy };
          yield { request, trade: perpSuggestion(request), where: JSON.stringify(request) };
        }
      }
    }
  }
}

test("a long has stop < entry < target, a short the reverse, and the stop comes before liquidation", () => {
  const sides = new Set();
  for (const { request, trade, where } of everyTrade()) {
    const { side, entryPrice, stopLossPrice, takeProfitPrice } = trade;
    const liquidation = entryPrice * (1 + (side === "long" ? -1 : 1) / request.leverage);
    const order = side === "long" ? [liquidation, stopLossPrice, entryPrice, takeProfitPrice] : [takeProfitPrice, entryPrice, stopLossPrice, liquidation];
    assert.deepEqual(order, order.toSorted((a, b) => a - b), where);
    assert.equal(new Set(order).size, 4, where);
    assert.ok(order.slice(1).every((price) => price > 0), where);
    sides.add(side);
  }
  assert.deepEqual([...sides].sort(), ["long", "short"]);
});

test("confidence is a whole number from 0 to 100, and reasons and risks are sentences", () => {
  for (const { trade, where } of everyTrade()) {
    assert.ok(Number.isInteger(trade.confidence) && trade.confidence >= 0 && trade.confidence <= 100, where);
    for (const text of [...trade.reasons, ...trade.risks]) assert.match(text, /^\S.+\.$/u, where);
    assert.deepEqual([trade.reasons.length, trade.risks.length], [4, 3]);
  }
});

test("symbol, style, leverage and strategy each change the suggestion", () => {
  const base = { symbol: "BTC", style: "day-trading", leverage: 10, strategy: "max-profit" };
  const levels = (change) => JSON.stringify(perpSuggestion({ ...base, ...change }));
  assert.equal(levels({}), levels({}));
  for (const change of [{ symbol: "ETH" }, { style: "scalping" }, { leverage: 40 }, { strategy: "steady" }]) {
    assert.notEqual(levels(change), levels({}), JSON.stringify(change));
  }
});

test("defaults are those of the API", () => {
  const spelledOut = { symbol: "SOL", style: "scalping", marginUSD: 1000, leverage: 10, strategy: "max-profit" };
  assert.deepEqual(perpSuggestion({ symbol: "SOL" }), perpSuggestion(spelledOut));
});

test("the loss at the stop is counted from margin, leverage and levels", () => {
  const { entryPrice, stopLossPrice, risks } = perpSuggestion({ symbol: "BTC", marginUSD: 2500, leverage: 4 });
  const loss = (10_000 * Math.abs(entryPrice - stopLossPrice)) / entryPrice;
  assert.ok(risks[0].includes("2,500.00 USD of margin holds a position of 10,000.00 USD"), risks[0]);
  assert.ok(risks[0].endsWith(`costs about ${loss.toFixed(2)} USD.`), risks[0]);
});

test("pair and contract names mean their coin", () => {
  for (const name of ["btc", " BTC ", "BTC/USDT", "BTC-PERP", "BTCUSDT", "BTC_USD", "BTC:USDC"]) assert.equal(baseSymbol(name), "BTC", name);
  assert.equal(baseSymbol("USDT"), "USDT");
  assert.equal(baseSymbol("pepe"), "PEPE");
});

const LINKS = ["fed-decision-in-march", "what-price-will-bitcoin-hit", "eth-above-3000", "presidential-election-winner", "nba-champions-2026", "example", "тест"];
const ask = (slug, rest) => predictMarket({ link: `https://polymarket.com/event/${slug}`, mode: "fast", ...rest });

test("yes and no add up to exactly 1 in four decimals", () => {
  for (const slug of LINKS) {
    const { predictions } = ask(slug);
    assert.ok(predictions.length >= 3, slug);
    for (const { yesProb, noProb } of predictions) {
      assert.equal(yesProb + noProb, 1);
      assert.ok(yesProb >= 0 && yesProb <= 1);
      assert.equal(Number(yesProb.toFixed(4)), yesProb);
    }
  }
});

test("exclusive outcomes add up to 1, inclusive ones rise", () => {
  const yes = (slug) => ask(slug).predictions.map(({ yesProb }) => Math.round(yesProb * 10_000));
  for (const slug of ["fed-decision-in-march", "presidential-election-winner", "nba-champions-2026"]) {
    assert.equal(yes(slug).reduce((sum, share) => sum + share), 10_000, slug);
  }
  for (const slug of ["what-price-will-bitcoin-hit", "eth-above-3000", "example"]) {
    assert.deepEqual(yes(slug), yes(slug).toSorted((a, b) => a - b), slug);
  }
});

test("the event is named by the link's slug, whatever surrounds it", () => {
  const { predictions } = ask("example");
  for (const link of ["https://polymarket.com/event/example?tid=1#x", "http://polymarket.com/event/example/market", "https://kalshi.com/markets/example"]) {
    assert.deepEqual(predictMarket({ link, mode: "fast" }).predictions, predictions, link);
  }
  assert.notDeepEqual(ask("example-2").predictions, predictions);
});

test("only_result leaves the reasoning empty, expert says more, a custom prompt is taken up", () => {
  assert.equal(ask("example", { only_result: true }).reasoning, "");
  assert.ok(ask("example", { mode: "expert" }).reasoning.length > ask("example").reasoning.length);
  assert.match(ask("example", { customPrompt: "Weigh the weather" }).reasoning, /“Weigh the weather”/);
});
