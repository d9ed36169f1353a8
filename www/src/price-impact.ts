// What a swap loses, in percent: as the quote says it, held against what the quote's own prices say.
import type { SwapAnswer } from "minara";

import {
  absolute,
  compare,
  type Decimal,
  multiply,
  parseDecimal,
  percentOf,
  subtract,
  tokenAmount,
} from "./amounts.js";
import { paidAmount } from "./quote.js";

export type ImpactLevel = "low" | "high" | "veryHigh" | "unknown";

export interface PriceImpact {
  /** As the quote gives it. The API does not say what its sign means, so only the size counts. */
  given: Decimal | undefined;
  /** Unknown where the prices contradict it; undefined where no number is given. */
  level: ImpactLevel | undefined;
  /** By what is given alone. */
  told: ImpactLevel | undefined;
  /** Neither what is given nor the prices tell it. */
  isUnknown: boolean;
  /** Where the prices contradict it: how much less what is received is worth than what is paid, or more if negative. */
  untoldLoss: Decimal | undefined;
}

const percent = (value: number): Decimal => ({ digits: BigInt(value), places: 0 });

/** From here on a price impact is worth a word. */
const HIGH = percent(3);
const VERY_HIGH = percent(10);
const TENFOLD = percent(10);

export function priceImpactOf(answer: SwapAnswer): PriceImpact {
  const given = parseDecimal(answer.quote?.priceImpact);
  const size = absolute(given ?? percent(0));
  const loss = lossByPrices(answer);
  const untoldLoss = loss && isUntold(absolute(loss), size) ? loss : undefined;
  const told = given && levelOf(size);
  return { given, level: untoldLoss && told ? "unknown" : told, told, isUnknown: !told && !loss, untoldLoss };
}

/** Less may come from prices that are a moment old, and from the pools' own fees. */
function isUntold(loss: Decimal, size: Decimal): boolean {
  const isTenfold = compare(loss, multiply(size, TENFOLD)) >= 0;
  return compare(loss, HIGH) >= 0 && (isTenfold || compare(subtract(loss, size), HIGH) >= 0);
}

function levelOf(size: Decimal): ImpactLevel {
  if (compare(size, VERY_HIGH) >= 0) return "veryHigh";
  return compare(size, HIGH) >= 0 ? "high" : "low";
}

function lossByPrices(answer: SwapAnswer): Decimal | undefined {
  const paid = worthOf(paidAmount(answer), answer.inputToken);
  const received = worthOf(answer.quote?.toTokenAmount, answer.outputToken);
  return paid && received && percentOf(subtract(paid, received), paid);
}

/** What an amount of a token is worth in US dollars; undefined where the price is missing, or zero, which is none. */
export function worthOf(units: unknown, token: SwapAnswer["inputToken"]): Decimal | undefined {
  const amount = tokenAmount(units, token?.decimals);
  const price = parseDecimal(token?.unitPrice);
  return amount && price && price.digits > 0n ? multiply(amount, price) : undefined;
}
