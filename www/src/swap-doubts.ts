// What in a quote does not fit the request or itself. Nothing is signed here, but what a wallet is asked to sign later
// often comes from such an answer, and a wrong address or amount is easily overlooked among many lines.
import type { SwapAnswer } from "minara";

import { decimalText, formatDecimal, parseDecimal, tokenAmount } from "./amounts.js";
import type { Strings } from "./locales/index.js";

/** What was asked for, as far as an answer can be held against it. */
export interface SwapAsked {
  walletAddress: string;
  /** Undefined where the text was to decide. */
  chain: string | undefined;
}

export type ImpactLevel = "low" | "high" | "veryHigh";

/** From here on a price impact is worth a word, in percent. */
const HIGH_IMPACT = 3;
const VERY_HIGH_IMPACT = 10;

/** Wallets write "without limit" as the largest amount, or nearly so; no token has that many units. */
const UNLIMITED = 2n ** 255n;

/** The API does not say what the sign of an impact means, so only the size counts. */
export function impactLevel(impact: unknown): ImpactLevel | undefined {
  const percent = parseDecimal(impact);
  if (!percent) return undefined;
  const size = Math.abs(Number(decimalText(percent)));
  return size >= VERY_HIGH_IMPACT ? "veryHigh" : size >= HIGH_IMPACT ? "high" : "low";
}

/** The chain's own coin is written as null, the zero address, or 0xEeee…EEeE. */
export function isNative(address: string | null | undefined): boolean {
  return address === null || (address !== undefined && /^0x(?:0{40}|e{40})$/i.test(address));
}

/** In sentences, the gravest first. What the answer leaves out is not doubted: its line says that it is missing. */
export function swapDoubts(answer: SwapAnswer, asked: SwapAsked, strings: Strings): string[] {
  const { doubts, impactWarnings } = strings.swap;
  const { intent, quote, unsignedTx } = answer;
  const impact = impactLevel(quote?.priceImpact);
  const found: (string | false | undefined)[] = [
    (differ(unsignedTx?.from, asked.walletAddress) || differ(intent?.userWalletAddress, asked.walletAddress)) &&
      doubts.wallet,
    differ(intent?.chain, asked.chain) && doubts.chain,
    differ(quote?.fromTokenAmount, intent?.amount) && doubts.amount,
    coinDoubt(answer, strings),
    ...approvalDoubts(answer, strings),
    isMalformed(unsignedTx) && doubts.malformed,
    impact !== undefined && impact !== "low" && impactWarnings[impact],
  ];
  return found.filter((doubt) => typeof doubt === "string");
}

/** Paying with the chain's own coin moves exactly what is paid; paying with a token moves none of the coin. */
function coinDoubt({ intent, quote, inputToken, unsignedTx }: SwapAnswer, strings: Strings): string | undefined {
  const moved = tokenAmount(unsignedTx?.value, "18");
  const address = inputToken?.address ?? intent?.inputTokenAddress;
  if (!moved || address === undefined) return undefined;
  const paid = isNative(address) ? parseDecimal(quote?.fromTokenAmount ?? intent?.amount)?.digits : 0n;
  return paid === undefined || moved.digits === paid
    ? undefined
    : strings.swap.doubts.coin(formatDecimal(moved, strings.language));
}

function approvalDoubts({ approval, intent, inputToken }: SwapAnswer, { swap: { doubts } }: Strings) {
  if (!approval?.isRequired) return [];
  const amount = parseDecimal(approval.approveAmount)?.digits;
  const needed = parseDecimal(approval.requiredAmount)?.digits;
  return [
    differ(approval.tokenAddress, inputToken?.address ?? intent?.inputTokenAddress) && doubts.approvalToken,
    amount !== undefined && amount >= UNLIMITED && doubts.approvalUnlimited,
    amount !== undefined && needed !== undefined && amount < needed && doubts.approvalTooSmall,
    !isAddress(approval.spenderAddress) && doubts.spender,
  ];
}

function isMalformed(transaction: SwapAnswer["unsignedTx"]): boolean {
  if (!transaction) return false;
  const { to, from, data } = transaction;
  const isData = data === null || data === undefined || /^0x(?:[\da-f]{2})*$/i.test(data);
  return !isAddress(to) || !isAddress(from) || !isData;
}

/** True also for what is missing, which its line tells. */
function isAddress(text: string | null | undefined): boolean {
  return text === null || text === undefined || /^0x[\da-f]{40}$/i.test(text);
}

/** Addresses count without their case, in which only a checksum is written. */
function differ(one: string | null | undefined, other: string | null | undefined): boolean {
  return Boolean(one && other) && one?.toLowerCase() !== other?.toLowerCase();
}
