// What the parts of a quote say together, for the lines that show it and for the doubts about it.
import type { SwapAnswer } from "minara";

import { type Decimal, tokenAmount, wholeNumber } from "./amounts.js";
import { knownChain } from "./chains.js";

type Text = string | null | undefined;

/** What was asked for, as far as an answer can be held against it. */
export interface SwapAsked {
  walletAddress: string;
  /** Undefined where the text was to decide. */
  chain: string | undefined;
}

export function isMissing(text: Text): text is null | undefined {
  return text === null || text === undefined;
}

/** The chain's own coin is written as null, the zero address, or 0xEeee…EEeE. */
export function isNative(address: Text): boolean {
  return address === null || (address !== undefined && /^0x(?:0{40}|e{40})$/i.test(address));
}

/** True also for what is missing. */
export function isAddress(text: Text): boolean {
  return isMissing(text) || /^0x[\da-f]{40}$/i.test(text);
}

/** Addresses count without their case, in which only a checksum is written. What is missing does not differ. */
export function differ(one: Text, other: Text): boolean {
  return Boolean(one && other) && one?.toLowerCase() !== other?.toLowerCase();
}

/** The addresses that the answer gives for what is paid: none, one, or two that may contradict each other. */
export function paidAddresses({ intent, inputToken }: SwapAnswer): (string | null)[] {
  return [inputToken?.address, intent?.inputTokenAddress].filter((address) => address !== undefined);
}

/** By its symbol, what is paid is the coin of the quote's chain. */
export function isNamedAsCoin({ intent, inputToken }: SwapAnswer, asked: SwapAsked): boolean {
  const coin = knownChain(intent?.chain ?? asked.chain)?.coin.toLowerCase();
  const symbols = [inputToken?.symbol, intent?.inputTokenSymbol];
  return coin !== undefined && symbols.some((symbol) => symbol?.toLowerCase() === coin);
}

/** Whether the chain's own coin is paid or a token; unclear where the answer does not say it, or says both. */
export function paymentOf(answer: SwapAnswer, asked: SwapAsked): "coin" | "token" | "unclear" {
  const addresses = paidAddresses(answer);
  if (addresses.length === 0) return isNamedAsCoin(answer, asked) ? "coin" : "unclear";
  if (addresses.every(isNative)) return "coin";
  return addresses.some(isNative) ? "unclear" : "token";
}

/** What is paid, in the smallest unit, as it is written. */
export function paidAmount({ quote, intent }: SwapAnswer): Text {
  return quote?.fromTokenAmount ?? intent?.amount;
}

/** How much of the chain's own coin a transaction moves; undefined where that is not a plain number of wei. */
export function coinMoved(transaction: SwapAnswer["unsignedTx"]): Decimal | undefined {
  return tokenAmount(transaction?.value, "18");
}

/** The approval, unless the answer says outright that none is needed: where it says nothing, one may be asked for. */
export function openApproval({ approval }: SwapAnswer): SwapAnswer["approval"] {
  return approval?.isRequired === false ? undefined : approval;
}

/** What would be approved, in the smallest unit, as it is written. */
export function approvedAmount(approval: SwapAnswer["approval"]): Text {
  return approval?.approveAmount ?? approval?.requiredAmount;
}

/** Only then do the decimals of what is paid hold for the approval too. */
export function approvesWhatIsPaid(answer: SwapAnswer): boolean {
  const token = answer.approval?.tokenAddress;
  const paid = paidAddresses(answer);
  return Boolean(token) && paid.length > 0 && paid.every((address) => !isNative(address) && !differ(address, token));
}

/** Given, and yet no amount: exponents, signs, hexadecimal digits and words are none. */
export function isNoAmount(text: Text): boolean {
  return !isMissing(text) && wholeNumber(text) === undefined;
}
