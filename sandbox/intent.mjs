// Reads a swap out of a sentence: English and the forms printed in the translated documentation.
import { PRICE_PLACES, scaledPrice } from "./markets.mjs";
import { Refused } from "./replies.mjs";
import { CHAINS } from "./tokens.mjs";

const VERBS = new RegExp(
  [
    "\\b(swap|exchange|convert|trade|sell|buy|change|turn)\\b",
    "스왑|교환|환전|바꿔|바꾸|전환|매도|매수",
    "兑换|兑成|换成|换为|交换|买入|卖出",
    "çevir|takas|dönüştür|değiştir|bozdur|satın al|\\bsat\\b",
  ].join("|"),
  "iu",
);
const NUMBER = "\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|\\d+(?:[.,]\\d+)?|\\.\\d+";
const SYMBOL = "[A-Za-z][A-Za-z0-9]*(?:\\.e\\b)?";
const AMOUNT = new RegExp(`(?<![A-Za-z\\d.,])(-?)(\\$?)(${NUMBER})\\s*(?:(?:worth )?of\\s+)?(${SYMBOL})`, "gu");
/** `buy 0.1 ETH …` names what should come out: the API quotes what goes in. */
const BUYS_AMOUNT = /(\bbuy|\bget)\s*$/iu;
const WORD = new RegExp(`(?<![A-Za-z0-9])${SYMBOL}`, "gu");
const EXAMPLE = 'for example "swap 0.1 ETH to USDC"';

const key = (symbol) => symbol.replace(/[a-z]+/g, (letters) => letters.toUpperCase());

/**
 * @param {string} text
 * @param {string | undefined} chain
 * @returns {{ chain: string, input: object, output: object, amount: bigint }}
 */
export function parseIntent(text, chain) {
  const sentence = text.normalize("NFKC").replaceAll("→", " to ").replaceAll("->", " to ");
  const chosen = chooseChain(sentence, chain);
  const { tokens } = CHAINS[chosen];
  if (!VERBS.test(sentence) && !/ to /.test(sentence)) {
    throw new Refused(`intent is not a swap that the sandbox understands; ${EXAMPLE}`);
  }
  const sold = soldIn(sentence);
  const input = tokenNamed(sold.symbol, tokens, chosen);
  const output = otherToken(sentence, sold, tokens, chosen);
  return { chain: chosen, input, output, amount: smallestUnit(sold, input) };
}

function soldIn(sentence) {
  const found = [...sentence.matchAll(AMOUNT)];
  if (found.length === 0) throw new Refused(`intent names no amount and token to sell; ${EXAMPLE}`);
  const [[all, sign, dollar, digits, symbol]] = found;
  const buys = BUYS_AMOUNT.test(sentence.slice(0, found[0].index)) && !/\bof\b/u.test(all);
  if (buys || found.length > 1) throw new Refused(`intent must name one amount, the one to sell; ${EXAMPLE}`);
  return { all, negative: sign === "-", inDollars: dollar === "$", digits, symbol };
}

function chooseChain(sentence, chain) {
  if (chain !== undefined && !Object.hasOwn(CHAINS, chain)) {
    throw new Refused(`chain must be one of ${Object.keys(CHAINS).join(", ")}`);
  }
  const named = Object.keys(CHAINS).find((name) => new RegExp(`(?<![A-Za-z])${name}(?![A-Za-z])`, "i").test(sentence));
  if (chain && named && named !== chain) throw new Refused(`intent names ${named}, but chain is ${chain}`);
  return chain ?? named ?? "base";
}

function tokenNamed(symbol, tokens, chain) {
  const token = tokens.get(key(symbol));
  if (token) return token;
  const known = [...tokens.values()].map((each) => each.symbol).join(", ");
  throw new Refused(`the sandbox does not know ${symbol} on ${chain}; it knows ${known}`);
}

/** The token that is not the one sold: the first known one in what is left of the sentence. */
function otherToken(sentence, { all, symbol }, tokens, chain) {
  const words = sentence.replace(all, " ").match(WORD) ?? [];
  const found = words.find((name) => tokens.has(key(name)) && key(name) !== key(symbol));
  if (found) return tokens.get(key(found));
  if (words.some((name) => key(name) === key(symbol))) throw new Refused(`intent swaps ${symbol} for itself`);
  const unknown = words.find((name) => /^[A-Z][A-Z0-9]{1,9}$/.test(name));
  if (unknown) return tokenNamed(unknown, tokens, chain);
  throw new Refused(`intent names no token to buy; ${EXAMPLE}`);
}

function smallestUnit({ negative, inDollars, digits }, { symbol, decimals }) {
  const [whole, fraction = ""] = plainNumber(digits).split(".");
  const places = inDollars ? PRICE_PLACES : decimals;
  if (fraction.length > places) throw new Refused(`${symbol} has ${decimals} decimals; ${digits} has more`);
  const given = BigInt(whole + fraction.padEnd(places, "0"));
  const amount = inDollars ? (given * 10n ** BigInt(decimals)) / scaledPrice(symbol) : given;
  if (negative || amount === 0n) throw new Refused("amount must be greater than 0");
  if (amount >= 1n << 256n) throw new Refused("amount does not fit into 256 bits");
  return amount;
}

/** A comma groups thousands (1,000), and is a decimal point elsewhere (0,1 as in Turkish). */
function plainNumber(digits) {
  const groups = /^[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(digits);
  return groups ? digits.replaceAll(",", "") : digits.replace(",", ".");
}
