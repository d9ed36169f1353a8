// What in a suggested position contradicts its side, its leverage or itself. Any level may be missing, and those that
// are there are judged without it.
import type { PerpAnswer } from "minara";

import type { Strings } from "./locales/index.js";
import { isNumber } from "./numbers.js";

const KNOWN_SIDES = ["long", "short"] as const;

/** In sentences, the gravest first. */
export function perpDoubts(answer: PerpAnswer, leverage: number, { perp: { doubts } }: Strings): string[] {
  const { confidence } = answer;
  const side = knownSide(answer);
  const prices = [answer.entryPrice, answer.stopLossPrice, answer.takeProfitPrice].filter(isNumber);
  const found: (string | false | undefined)[] = [
    prices.some((price) => price <= 0) && doubts.noPrice,
    !side && prices.length > 0 && doubts.unknownSide,
    side && !areOrdered(answer) && doubts.wrongOrder[side],
    isLiquidatedFirst(answer, leverage) && doubts.liquidationFirst,
    isNumber(confidence) && (confidence < 0 || confidence > 100) && doubts.confidence,
  ];
  return found.filter((doubt) => typeof doubt === "string");
}

/** Only the documented words count: no other is taken for one of them. */
function knownSide({ side }: PerpAnswer): (typeof KNOWN_SIDES)[number] | undefined {
  return KNOWN_SIDES.find((known) => known === side);
}

/** Seen from a long position, so that one comparison serves both; undefined where the side is neither. */
function direction(answer: PerpAnswer): number | undefined {
  const side = knownSide(answer);
  return side && (side === "long" ? 1 : -1);
}

/** Whether those of stop, entry and target that are there follow each other as the side wants it. */
export function areOrdered(answer: PerpAnswer): boolean {
  const sign = direction(answer);
  if (sign === undefined) return false;
  const levels = [answer.stopLossPrice, answer.entryPrice, answer.takeProfitPrice].filter(isNumber);
  return levels.slice(1).every((level, index) => (levels[index] ?? level) * sign < level * sign);
}

/** Where the loss eats the whole margin; fees and maintenance margin come before. */
export function roughLiquidation(answer: PerpAnswer, leverage: number): number | undefined {
  const sign = direction(answer);
  return isNumber(answer.entryPrice) && sign !== undefined ? answer.entryPrice * (1 - sign / leverage) : undefined;
}

function isLiquidatedFirst(answer: PerpAnswer, leverage: number): boolean {
  const [stop, sign] = [answer.stopLossPrice, direction(answer)];
  const liquidation = roughLiquidation(answer, leverage);
  if (!isNumber(stop) || sign === undefined || liquidation === undefined) return false;
  return liquidation * sign > stop * sign;
}
