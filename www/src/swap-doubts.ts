// What in a quote does not fit the request or itself, or is missing. Nothing is signed here, but what a wallet is asked
// to sign later often comes from such an answer, and a wrong address or amount is easily overlooked among many lines.
import type { SwapAnswer } from "minara";

import { absolute, formatDecimal, formatPercent, wholeNumber } from "./amounts.js";
import { approvalDoubts } from "./approval-doubts.js";
import { knownChain } from "./chains.js";
import type { Strings } from "./locales/index.js";
import { priceImpactOf } from "./price-impact.js";
import {
  approvedAmount,
  coinMoved,
  differ,
  isAddress,
  isMissing,
  isNative,
  isNoAmount,
  openApproval,
  paidAddresses,
  paidAmount,
  paymentOf,
  type SwapAsked,
} from "./quote.js";

/** Calls by which a token itself is moved or approved: `transfer`, `transferFrom`, `approve`, `increaseAllowance`. */
const TOKEN_CALL = /^0x(?:a9059cbb|23b872dd|095ea7b3|39509351)/i;

/** A call names its function by the first four bytes of its data. */
const CALL = /^0x[\da-f]{8}/i;

/** In sentences, the gravest first. */
export function swapDoubts(answer: SwapAnswer, asked: SwapAsked, strings: Strings): string[] {
  const { doubts } = strings.swap;
  const { intent, quote, unsignedTx } = answer;
  const found: (string | false | undefined)[] = [
    (differ(unsignedTx?.from, asked.walletAddress) || differ(intent?.userWalletAddress, asked.walletAddress)) &&
      doubts.wallet,
    differ(intent?.chain, asked.chain) && doubts.chain,
    !isMissing(intent?.chain) && !knownChain(intent?.chain) && doubts.unknownChain,
    ...tokenDoubts(answer, strings),
    differ(quote?.fromTokenAmount, intent?.amount) && doubts.amount,
    [quote?.fromTokenAmount, intent?.amount, quote?.toTokenAmount].some(isNoAmount) && doubts.amountNoNumber,
    coinDoubt(answer, asked, strings),
    ...approvalDoubts(answer, asked, strings),
    ...transactionDoubts(unsignedTx, strings),
    leftOutDoubt(answer, asked, strings),
    ...impactDoubts(answer, strings),
  ];
  return found.filter((doubt) => typeof doubt === "string");
}

function tokenDoubts(answer: SwapAnswer, { swap: { doubts } }: Strings) {
  const { intent, inputToken, outputToken } = answer;
  const paid = [inputToken?.address, intent?.inputTokenAddress] as const;
  const received = [outputToken?.address, intent?.outputTokenAddress] as const;
  const [one, other] = [paid, received].map((pair) => nameOf(pair.find((address) => address !== undefined)));
  return [
    differAsTokens(paid, [inputToken?.symbol, intent?.inputTokenSymbol]) && doubts.inputToken,
    differAsTokens(received, [outputToken?.symbol, intent?.outputTokenSymbol]) && doubts.outputToken,
    one !== undefined && one === other && doubts.sameToken,
    ![...paid, ...received, openApproval(answer)?.tokenAddress].every(isAddress) && doubts.tokenAddress,
  ];
}

/**
 * Paying with the chain's own coin moves exactly what is paid; paying with a token moves none of the coin. Where it is
 * unclear which is paid, either may be right, and nothing else.
 */
function coinDoubt(answer: SwapAnswer, asked: SwapAsked, { swap: { doubts }, language }: Strings): string | undefined {
  const moved = coinMoved(answer.unsignedTx);
  if (!moved) return typeof answer.unsignedTx?.value === "string" ? doubts.noNumber : undefined;
  const payment = paymentOf(answer, asked);
  const paid = payment === "token" ? 0n : wholeNumber(paidAmount(answer));
  const isRight = moved.digits === paid || (payment === "unclear" && moved.digits === 0n);
  return paid === undefined || isRight ? undefined : doubts.coin(formatDecimal(moved, language));
}

function transactionDoubts(transaction: SwapAnswer["unsignedTx"], { swap: { doubts } }: Strings) {
  if (!transaction) return [];
  const { to, from } = transaction;
  const data = transaction.data ?? "0x";
  const isData = /^0x(?:[\da-f]{2})*$/i.test(data);
  return [
    !(isAddress(to) && isAddress(from) && isData) && doubts.malformed,
    isData && !CALL.test(data) && doubts.plainTransfer,
    TOKEN_CALL.test(data) && doubts.tokenCall,
  ];
}

/** What a wallet or its owner has to know and the answer does not say, named as the lines that show it. */
function leftOutDoubt(answer: SwapAnswer, asked: SwapAsked, { swap: text, language }: Strings): string | undefined {
  const { intent, quote, outputToken, unsignedTx } = answer;
  if (!unsignedTx) return undefined;
  const payment = paymentOf(answer, asked);
  const approval = payment === "coin" ? undefined : openApproval(answer);
  const isTokenKnown = [outputToken?.address, intent?.outputTokenAddress].some((address) => address !== undefined);
  const names = [
    isMissing(intent?.chain) && text.chain,
    isMissing(unsignedTx.chainType) && text.chainType,
    isMissing(unsignedTx.from) && text.wallets,
    isMissing(unsignedTx.to) && text.target,
    isMissing(paidAmount(answer)) && text.youPay,
    isMissing(quote?.toTokenAmount) && text.youReceive,
    payment === "unclear" && paidAddresses(answer).length === 0 && text.inputToken,
    !isTokenKnown && text.outputToken,
    payment !== "token" && isMissing(unsignedTx.value) && text.coinMoved,
    approval && isMissing(approvedAmount(approval)) && text.approval,
    approval && isMissing(approval.tokenAddress) && text.approvalToken,
    approval && isMissing(approval.spenderAddress) && text.spender,
  ].filter((name) => typeof name === "string");
  return names.length === 0 ? undefined : text.doubts.leftOut(new Intl.ListFormat(language).format(names));
}

function impactDoubts(answer: SwapAnswer, { swap: { doubts, impactWarnings }, language }: Strings) {
  const { told, isUnknown, untoldLoss } = priceImpactOf(answer);
  const isNothing = wholeNumber(answer.quote?.toTokenAmount) === 0n;
  const size = untoldLoss && formatPercent(absolute(untoldLoss), language, 2);
  const isLoss = untoldLoss !== undefined && untoldLoss.digits > 0n;
  // A loss that the prices tell is larger than the one that is told. A gain takes back nothing of that.
  return [
    isNothing && doubts.nothing,
    !isNothing && size !== undefined && (isLoss ? doubts.untoldLoss(size) : doubts.untoldGain(size)),
    !isLoss && (told === "high" || told === "veryHigh") && impactWarnings[told],
    isUnknown && doubts.impactUnknown,
  ];
}

type Pair = readonly [one: string | null | undefined, other: string | null | undefined];

/**
 * By their addresses, and by their symbols only where one is missing: a token's own symbol need not be the usual one.
 * The chain's own coin is the same in each of its spellings.
 */
function differAsTokens(addresses: Pair, symbols: Pair): boolean {
  const [one, other] = addresses.map(nameOf);
  return one !== undefined && other !== undefined ? one !== other : differ(...symbols);
}

function nameOf(address: string | null | undefined): string | undefined {
  return isNative(address) ? "native" : address?.toLowerCase();
}
