// Swap: says in words what to swap, and reads the quote. Nothing is signed here.
import type { Minara, SwapAnswer } from "minara";

import {
  formatDecimal,
  formatPercent,
  formatUsd,
  multiply,
  parseDecimal,
  tokenAmount,
  wholeNumber,
} from "./amounts.js";
import { callForm } from "./call-form.js";
import { CHAINS, knownChain } from "./chains.js";
import { element } from "./dom.js";
import { Field, select } from "./field.js";
import type { Strings } from "./locales/index.js";
import { priceImpactOf, worthOf } from "./price-impact.js";
import {
  approvedAmount,
  approvesWhatIsPaid,
  coinMoved,
  isMissing,
  isNative,
  isNoAmount,
  paidAmount,
  type SwapAsked,
} from "./quote.js";
import { row, warningNote } from "./result.js";
import { swapDoubts } from "./swap-doubts.js";

export function swapView(minara: Minara, strings: Strings): HTMLElement {
  const { swap: text } = strings;
  const { intent, wallet, chain } = swapFields(text);
  return callForm(
    {
      title: text.title,
      intro: text.intro,
      controls: [intent.root, wallet.root, chain.root],
      fields: [intent, wallet, chain],
      drafted: [intent, chain],
      submit: text.submit,
      empty: text.empty,
      path: "/v1/developer/intent-to-swap-tx",
      request: () => ({
        intent: intent.control.value,
        walletAddress: wallet.control.value.trim(),
        chain: chain.value,
      }),
      subject: (request) => request.intent,
      call: (request, signal) => minara.intentToSwap(request, { signal }).withResponse(),
      show: (answer, request) => swapResult(answer, request, strings),
    },
    strings,
  );
}

function swapFields(text: Strings["swap"]) {
  const example = { rows: 2, placeholder: text.intentExample };
  const plain = {
    type: "text",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    placeholder: "0x…",
    class: "code",
  };
  return {
    intent: new Field("intent", text.intent, element("textarea", example)),
    wallet: new Field("walletAddress", text.wallet, element("input", plain), text.walletHint),
    chain: new Field("chain", text.chain, select([["", text.anyChain], ...CHAINS])),
  };
}

function swapResult(answer: SwapAnswer, asked: SwapAsked, strings: Strings): HTMLElement {
  const { swap: text } = strings;
  return element(
    "div",
    { class: "swap-result" },
    sides(answer, strings),
    ...swapDoubts(answer, asked, strings).map((doubt) => warningNote(doubt, strings)),
    element("p", { class: "muted" }, text.expected),
    element("dl", { class: "rows" }, ...rows(answer, strings)),
    element("p", { class: "note" }, text.notSigned),
  );
}

function sides(answer: SwapAnswer, strings: Strings): HTMLElement {
  const { youPay, youReceive } = strings.swap;
  const { intent, quote, inputToken, outputToken } = answer;
  return element(
    "div",
    { class: "swap-sides" },
    side(youPay, paidAmount(answer), inputToken, intent?.inputTokenSymbol, strings),
    element("span", { class: "arrow", "aria-hidden": "true" }, "→"),
    side(youReceive, quote?.toTokenAmount, outputToken, intent?.outputTokenSymbol, strings),
  );
}

function rows(answer: SwapAnswer, strings: Strings): HTMLElement[] {
  const { swap: text } = strings;
  const { intent, quote, inputToken, outputToken, unsignedTx } = answer;
  return [
    row(text.chain, knownChain(intent?.chain)?.name ?? code(intent?.chain), strings),
    row(text.priceImpact, ...priceImpact(answer, strings)),
    row(text.fee, ...fee(quote?.tradeFee, strings)),
    row(text.gas, ...gas(answer, strings)),
    ...approvalRows(answer, strings),
    row(text.inputToken, tokenAddress(inputToken?.address ?? intent?.inputTokenAddress, text.nativeToken), strings),
    row(text.outputToken, tokenAddress(outputToken?.address ?? intent?.outputTokenAddress, text.nativeToken), strings),
    row(text.wallets, code(unsignedTx?.from), strings),
    row(text.target, code(unsignedTx?.to), strings),
    row(text.coinMoved, coin(answer, strings), strings),
  ];
}

type Token = SwapAnswer["inputToken"];
type Text = string | null | undefined;

/** One side of the swap: the amount to its last digit, and what it is worth. */
function side(name: string, units: Text, token: Token, symbol: Text, strings: Strings): HTMLElement {
  const dollars = worthOf(units, token);
  const [amount, unit] = amountOf(units, token?.decimals, token?.symbol ?? symbol ?? "", strings);
  return element(
    "div",
    { class: "swap-side" },
    element("p", { class: "eyebrow" }, name),
    element("p", { class: "amount" }, amount, " ", element("span", { class: "symbol" }, unit)),
    dollars && element("p", { class: "muted" }, strings.swap.worth(formatUsd(dollars, strings.language))),
  );
}

/** Without decimals an amount stays in the smallest unit, and what is no amount stays as it is written. */
function amountOf(units: Text, decimals: unknown, symbol: string, strings: Strings): [amount: string, unit: string] {
  const amount = tokenAmount(units, decimals);
  if (amount) return [formatDecimal(amount, strings.language), symbol];
  const whole = wholeNumber(units);
  if (whole === undefined) return [units ?? strings.result.missing, symbol];
  return [formatDecimal({ digits: whole, places: 0 }, strings.language), strings.swap.smallestUnits(symbol)];
}

function priceImpact(answer: SwapAnswer, strings: Strings): [string | Node | undefined, Strings, string?] {
  const { given, level } = priceImpactOf(answer);
  const written = code(answer.quote?.priceImpact);
  if (!given || !level) return written ? [written, strings, strings.swap.impactUnreadable] : [undefined, strings];
  return [formatPercent(given, strings.language), strings, strings.swap.impactLevels[level]];
}

function fee(tradeFee: Text, strings: Strings): [string | Node | undefined, Strings, string?] {
  const amount = parseDecimal(tradeFee);
  return amount ? [formatDecimal(amount, strings.language), strings, strings.swap.feeUnit] : [code(tradeFee), strings];
}

/** Units of gas, and what they cost where the quote holds a price. */
function gas(
  { intent, quote, unsignedTx }: SwapAnswer,
  strings: Strings,
): [string | Node | undefined, Strings, string?] {
  const written = quote?.estimatedGas ?? unsignedTx?.gas;
  const units = parseDecimal(written);
  if (!units) return [code(written), strings];
  const shown = strings.swap.gasUnits(formatDecimal(units, strings.language));
  const price = tokenAmount(unsignedTx?.gasPrice, "18");
  const coin = knownChain(intent?.chain)?.coin;
  if (!price || !coin) return [shown, strings];
  return [shown, strings, strings.swap.gasCost(`${formatDecimal(multiply(units, price), strings.language)} ${coin}`)];
}

/** What the transaction itself moves. What is no number is shown as it is, for whoever has to find out. */
function coin({ intent, unsignedTx }: SwapAnswer, strings: Strings): string | Node | undefined {
  const moved = coinMoved(unsignedTx);
  if (!moved) return code(unsignedTx?.value);
  return [formatDecimal(moved, strings.language), knownChain(intent?.chain)?.coin].filter(Boolean).join(" ");
}

function approvalRows(answer: SwapAnswer, strings: Strings): HTMLElement[] {
  const { swap: text } = strings;
  const { approval } = answer;
  if (approval?.isRequired === false) return [row(text.approval, text.approvalNotNeeded, strings)];
  const rows = [row(text.approval, approvalText(answer, strings), strings)];
  if (!approval) return rows;
  if (!approvesWhatIsPaid(answer)) rows.push(row(text.approvalToken, code(approval.tokenAddress), strings));
  return [...rows, row(text.spender, code(approval.spenderAddress), strings)];
}

function approvalText(answer: SwapAnswer, strings: Strings): string | undefined {
  const { approvalNeeded, approvalUnclear } = strings.swap;
  const { approval } = answer;
  if (approval?.isRequired) return approvalNeeded(approvedText(answer, strings));
  if (isMissing(approvedAmount(approval))) return approval?.message ?? undefined;
  return approvalUnclear(approvedText(answer, strings));
}

/** In the units of what is paid only where that is what would be approved. */
function approvedText(answer: SwapAnswer, strings: Strings): string {
  const { swap: text } = strings;
  const { inputToken, intent, approval } = answer;
  const units = approvedAmount(approval);
  if (isMissing(units)) return text.noAmount;
  if (isNoAmount(units)) return text.unreadableAmount(units);
  const isPaid = approvesWhatIsPaid(answer);
  const symbol = isPaid ? (inputToken?.symbol ?? intent?.inputTokenSymbol ?? "") : text.otherToken;
  return amountOf(units, isPaid ? inputToken?.decimals : undefined, symbol, strings).join(" ");
}

function tokenAddress(address: Text, native: string): string | Node | undefined {
  return isNative(address) ? native : code(address);
}

function code(text: Text): Node | undefined {
  return text ? element("code", {}, text) : undefined;
}
