// What in a quote does not fit the request or itself. Nothing is signed here, but what a wallet is asked to sign later
// often comes from such an answer, and a wrong address or amount is easily overlooked among many lines.
import type { SwapAnswer } from "minara";

import { absolute, type Decimal, formatDecimal, formatPercent, parseDecimal, tokenAmount } from "./amounts.js";
import type { Strings } from "./locales/index.js";
import { priceImpactOf } from "./price-impact.js";

/** What was asked for, as far as an answer can be held against it. */
export interface SwapAsked {
  walletAddress: string;
  /** Undefined where the text was to decide. */
  chain: string | undefined;
}

/** Wallets write "without limit" as the largest amount, or nearly so; no token has that many units. */
const UNLIMITED = 2n ** 255n;

/** An approval for more than this many times what is needed is worth a word. */
const AMPLE = 2n;

/** The chain's own coin is written as null, the zero address, or 0xEeee…EEeE. */
export function isNative(address: string | null | undefined): boolean {
  return address === null || (address !== undefined && /^0x(?:0{40}|e{40})$/i.test(address));
}

/** How much of the chain's own coin a transaction moves; undefined where that is not a plain number of wei. */
export function coinMoved(transaction: SwapAnswer["unsignedTx"]): Decimal | undefined {
  const value = transaction?.value ?? "";
  return /^\d+$/.test(value) ? tokenAmount(value, "18") : undefined;
}

/** In sentences, the gravest first. What the answer leaves out is not doubted: its line says that it is missing. */
export function swapDoubts(answer: SwapAnswer, asked: SwapAsked, strings: Strings): string[] {
  const { doubts } = strings.swap;
  const { intent, quote, inputToken, outputToken, unsignedTx } = answer;
  const found: (string | false | undefined)[] = [
    (differ(unsignedTx?.from, asked.walletAddress) || differ(intent?.userWalletAddress, asked.walletAddress)) &&
      doubts.wallet,
    differ(intent?.chain, asked.chain) && doubts.chain,
    differAsTokens(inputToken, intent?.inputTokenAddress, intent?.inputTokenSymbol) && doubts.inputToken,
    differAsTokens(outputToken, intent?.outputTokenAddress, intent?.outputTokenSymbol) && doubts.outputToken,
    differ(quote?.fromTokenAmount, intent?.amount) && doubts.amount,
    coinDoubt(answer, strings),
    ...approvalDoubts(answer, strings),
    isMalformed(unsignedTx) && doubts.malformed,
    ...impactDoubts(answer, strings),
  ];
  return found.filter((doubt) => typeof doubt === "string");
}

/** Paying with the chain's own coin moves exactly what is paid; paying with a token moves none of the coin. */
function coinDoubt({ intent, quote, inputToken, unsignedTx }: SwapAnswer, strings: Strings): string | undefined {
  const { doubts } = strings.swap;
  const moved = coinMoved(unsignedTx);
  if (!moved) return typeof unsignedTx?.value === "string" ? doubts.noNumber : undefined;
  const address = inputToken?.address ?? intent?.inputTokenAddress;
  if (address === undefined) return undefined;
  const paid = isNative(address) ? parseDecimal(quote?.fromTokenAmount ?? intent?.amount)?.digits : 0n;
  return paid === undefined || moved.digits === paid ? undefined : doubts.coin(formatDecimal(moved, strings.language));
}

function impactDoubts(answer: SwapAnswer, { swap: { doubts, impactWarnings }, language }: Strings) {
  const { told, untoldLoss } = priceImpactOf(answer);
  const size = untoldLoss && formatPercent(absolute(untoldLoss), language, 2);
  const isLoss = untoldLoss !== undefined && untoldLoss.digits > 0n;
  // A loss that the prices tell is larger than the one that is told. A gain takes back nothing of that.
  return [
    size !== undefined && (isLoss ? doubts.untoldLoss(size) : doubts.untoldGain(size)),
    !isLoss && (told === "high" || told === "veryHigh") && impactWarnings[told],
  ];
}

function approvalDoubts({ approval, intent, quote, inputToken }: SwapAnswer, { swap: { doubts } }: Strings) {
  if (!approval?.isRequired) return [];
  const amount = parseDecimal(approval.approveAmount)?.digits;
  const needed = parseDecimal(approval.requiredAmount ?? quote?.fromTokenAmount ?? intent?.amount)?.digits;
  const isUnlimited = amount !== undefined && amount >= UNLIMITED;
  return [
    differ(approval.tokenAddress, inputToken?.address ?? intent?.inputTokenAddress) && doubts.approvalToken,
    isUnlimited && doubts.approvalUnlimited,
    !isUnlimited && amount !== undefined && needed !== undefined && amount > needed * AMPLE && doubts.approvalTooLarge,
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

/**
 * By their addresses, and by their symbols only where one is missing: a token's own symbol need not be the usual one. The
 * chain's own coin is the same in each of its spellings.
 */
function differAsTokens(
  token: SwapAnswer["inputToken"],
  address: string | null | undefined,
  symbol: string | null | undefined,
): boolean {
  const nameOf = (written: string | null | undefined) => (isNative(written) ? "native" : written);
  const [one, other] = [nameOf(token?.address), nameOf(address)];
  return one !== undefined && other !== undefined ? differ(one, other) : differ(token?.symbol, symbol);
}

/** Addresses count without their case, in which only a checksum is written. */
function differ(one: string | null | undefined, other: string | null | undefined): boolean {
  return Boolean(one && other) && one?.toLowerCase() !== other?.toLowerCase();
}
