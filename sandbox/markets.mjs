// Example prices in USD, as decimal text: swaps count with them exactly.
import { seeded } from "./seeded.mjs";

const STABLE = { USDC: "0.99989", USDT: "1.0002", DAI: "0.9998", "USDC.E": "0.9997" };
const COINS = {
  BTC: "68412.5",
  ETH: "1960.63",
  BNB: "612.4",
  SOL: "84.27",
  ARB: "0.1184",
  OP: "0.1542",
  LINK: "9.318",
  UNI: "3.764",
  AERO: "0.4127",
  CAKE: "1.389",
  DOGE: "0.09614",
  XRP: "1.4235",
  AVAX: "9.472",
  SUI: "0.9713",
  HYPE: "31.86",
  PEPE: "0.000003912",
};
const WRAPPED = { WETH: COINS.ETH, WBNB: COINS.BNB, WBTC: "68377.04", CBBTC: "68391.6", BTCB: "68385.17" };

export const PRICES = { ...STABLE, ...COINS, ...WRAPPED };

/** Decimal places of a scaled price. */
export const PRICE_PLACES = 12;

/** The price of a token that swaps know, as a whole number of 10⁻¹² USD. */
export function scaledPrice(symbol) {
  const [whole, fraction = ""] = PRICES[symbol.toUpperCase()].split(".");
  return BigInt(whole + fraction.padEnd(PRICE_PLACES, "0"));
}

/** The symbols that a chat question may name. */
export const COIN_SYMBOLS = Object.keys(COINS);

/** `BTC` for `btc/usdt`, `BTC-PERP` or `BTCUSDT`. ASCII only, so that no locale changes it. */
export function baseSymbol(symbol) {
  const upper = symbol.trim().replace(/[a-z]+/g, (letters) => letters.toUpperCase());
  const base = upper.split(/[/:_-]/)[0].replace(/(?<=[A-Z0-9]{2,})(USDT|USDC|USD|PERP)$/, "");
  return base || upper;
}

/** A known price, or one made up from the symbol, always the same. */
export function priceOf(symbol) {
  const base = baseSymbol(symbol);
  if (Object.hasOwn(PRICES, base)) return Number(PRICES[base]);
  return Number((10 ** seeded("price", base).between(-4, 2.5)).toPrecision(5));
}
