// What is doubtful about the approval of a swap: it lets somebody else take a token, also long after the swap.
import type { SwapAnswer } from "minara";

import { wholeNumber } from "./amounts.js";
import type { Strings } from "./locales/index.js";
import {
  approvedAmount,
  differ,
  isAddress,
  isNamedAsCoin,
  isNative,
  isNoAmount,
  openApproval,
  paidAddresses,
  paidAmount,
  paymentOf,
  type SwapAsked,
} from "./quote.js";

/** Wallets write "without limit" as the largest amount, or nearly so; no token has that many units. */
const UNLIMITED = 2n ** 255n;

/** An approval for more than this many times what is paid is worth a word. */
const AMPLE = 2n;

type Doubts = (string | false)[];

export function approvalDoubts(answer: SwapAnswer, asked: SwapAsked, { swap: { doubts } }: Strings): Doubts {
  const approval = openApproval(answer);
  if (!approval) return [];
  const { isRequired, tokenAddress, spenderAddress } = approval;
  const amount = approvedAmount(approval);
  const isCoinPaid = paymentOf(answer, asked) === "coin" || isNamedAsCoin(answer, asked);
  const isAsked = isRequired === true || (Boolean(amount) && wholeNumber(amount) !== 0n);
  // What is native has no address that an approval could be for.
  const isOtherToken = paidAddresses(answer).some((paid) => !isNative(paid) && differ(paid, tokenAddress));
  return [
    isCoinPaid && isAsked && doubts.approvalOfCoin,
    isOtherToken && doubts.approvalToken,
    ...sizeDoubts(answer, isCoinPaid, doubts),
    !isAddress(spenderAddress) && doubts.spender,
  ];
}

/** What the answer itself calls required may be as wrong as the rest of it, so the limit is by what is paid. */
function sizeDoubts(answer: SwapAnswer, isCoinPaid: boolean, doubts: Strings["swap"]["doubts"]): Doubts {
  const { approval } = answer;
  const amount = wholeNumber(approvedAmount(approval));
  const paid = wholeNumber(paidAmount(answer));
  const required = wholeNumber(approval?.requiredAmount) ?? 0n;
  const isUnlimited = amount !== undefined && amount >= UNLIMITED;
  const found: Doubts = [
    isUnlimited && doubts.approvalUnlimited,
    [approval?.approveAmount, approval?.requiredAmount].some(isNoAmount) && doubts.approvalNoNumber,
  ];
  // The units of another token say nothing about the coin's.
  if (isCoinPaid || amount === undefined) return found;
  const isTooLarge = paid !== undefined && amount > paid * AMPLE;
  const isTooSmall = amount < required || (paid !== undefined && amount < paid);
  return [
    ...found,
    !isUnlimited && isTooLarge && doubts.approvalTooLarge,
    isTooSmall && doubts.approvalTooSmall,
  ];
}
