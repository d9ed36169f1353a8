// POST /v1/developer/perp-trading-suggestion
import { baseSymbol, priceOf } from "./markets.mjs";
import { Refused } from "./replies.mjs";
import { seeded } from "./seeded.mjs";

/** Stop distances as fractions of the entry, and the candles that a style looks at. */
const STYLES = {
  scalping: { stop: [0.003, 0.008], frame: "5-minute", hold: "minutes" },
  "day-trading": { stop: [0.009, 0.02], frame: "1-hour", hold: "hours" },
  "swing-trading": { stop: [0.025, 0.06], frame: "1-day", hold: "days" },
};
/** A stop further away than this part of the way to liquidation would come too late. */
const STOP_BEFORE_LIQUIDATION = 0.6;

export function perpSuggestion(request) {
  const { symbol, style = "scalping", marginUSD = 1000, leverage = 10, strategy = "max-profit" } = request;
  if (symbol.trim() === "") throw new Refused("symbol must not be empty");
  if (!(marginUSD > 0)) throw new Refused("marginUSD must be greater than 0");
  const trade = plan(baseSymbol(symbol), style, leverage, strategy);
  return {
    entryPrice: trade.entry,
    side: trade.side,
    stopLossPrice: trade.stop,
    takeProfitPrice: trade.target,
    confidence: trade.confidence,
    reasons: reasons(trade),
    risks: risks(trade, marginUSD, leverage),
    note: "Sandbox: example data, not advice.",
  };
}

function plan(symbol, style, leverage, strategy) {
  const market = seeded("perp", symbol, style, strategy);
  const { stop: range, frame, hold } = STYLES[style];
  const side = market.fraction() < 0.55 ? "long" : "short";
  const direction = side === "long" ? 1 : -1;
  const entry = rounded(priceOf(symbol) * (1 + market.between(-0.004, 0.004)));
  const distance = Math.min(market.between(...range), STOP_BEFORE_LIQUIDATION / leverage);
  const reward = strategy === "max-profit" ? market.between(1.8, 3.2) : market.between(1.2, 2.2);
  const confidence = Math.round(market.between(52, 88) - leverage * 0.4);
  const indicators = {
    rsi: side === "long" ? market.integer(34, 58) : market.integer(44, 71),
    volume: market.integer(8, 64),
    funding: market.between(0.001, 0.02).toFixed(4),
  };
  return {
    symbol, style, strategy, side, entry, frame, hold, reward, confidence, indicators,
    stop: rounded(entry * (1 - direction * distance)),
    target: rounded(entry * (1 + direction * distance * reward)),
    liquidation: rounded(entry * (1 - direction / leverage)),
  };
}

/** Seven digits are enough for every market, from PEPE to BTC, and keep the order of the levels. */
const rounded = (price) => Number(price.toPrecision(7));

function reasons({ symbol, side, entry, frame, reward, indicators, strategy }) {
  const up = side === "long";
  return [
    "Sandbox example, not market data: " +
      `${symbol} ${up ? "holds above" : "stays below"} its 50-period average on the ${frame} chart.`,
    `RSI(14) at ${indicators.rsi} leaves room to ${up ? "rise" : "fall"} before the market is ${up ? "overbought" : "oversold"}.`,
    `Volume is ${indicators.volume} % over its 20-period mean while price ${up ? "rises" : "falls"} towards ${entry}.`,
    `MACD crossed ${up ? "above" : "below"} its signal line; strategy ${strategy} aims at ${reward.toFixed(1)} times the risk.`,
  ];
}

function risks({ entry, stop, liquidation, side, hold, indicators }, marginUSD, leverage) {
  const position = marginUSD * leverage;
  const loss = (position * Math.abs(entry - stop)) / entry;
  return [
    `Sandbox example, not advice: at ${leverage}x, ${dollars(marginUSD)} of margin holds a position of ` +
      `${dollars(position)}; the stop at ${stop} costs about ${dollars(loss)}.`,
    `Rough liquidation at ${liquidation}: ` +
      `a ${side === "long" ? "fall" : "rise"} of ${(100 / leverage).toFixed(1)} % takes the whole margin.`,
    `Funding of ${indicators.funding} % every eight hours adds up when the position is held for ${hold}.`,
  ];
}

const dollars = (amount) => `${amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })} USD`;
