// Swap: says in words what to swap, and reads the quote. Nothing is signed here.
import type { Minara, SwapAnswer } from "minara";

import { formatDecimal, formatPercent, formatUsd, multiply, parseDecimal, tokenAmount } from "./amounts.js";
import { callForm, row, warningNote } from "./call-form.js";
import { element } from "./dom.js";
import { Field, select } from "./field.js";
import type { Strings } from "./locales/index.js";
import { priceImpactOf, worthOf } from "./price-impact.js";
import { coinMoved, isNative, type SwapAsked, swapDoubts } from "./swap-doubts.js";

const CHAINS = [
  ["base", "Base"],
  ["ethereum", "Ethereum"],
  ["bsc", "BNB Smart Chain"],
  ["arbitrum", "Arbitrum"],
  ["optimism", "Optimism"],
] as const;

/** What gas is paid in. */
const COINS: Record<string, string> = { base: "ETH", ethereum: "ETH", bsc: "BNB", arbitrum: "ETH", optimism: "ETH" };

export function swapView(minara: Minara, strings: Strings): HTMLElement {
  const { swap: text } = strings;
  const example = { rows: 2, placeholder: text.intentExample };
  const intent = new Field("intent", text.intent, element("textarea", example));
  const plain = {
    type: "text",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    placeholder: "0x…",
    class: "code",
  };
  const wallet = new Field("walletAddress", text.wallet, element("input", plain), text.walletHint);
  const chain = new Field("chain", text.chain, select([["", text.anyChain], ...CHAINS]));

  return callForm(
    {
      title: text.title,
      intro: text.intro,
      controls: [intent.root, wallet.root, chain.root],
      fields: [intent, wallet, chain],
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

function swapResult(answer: SwapAnswer, asked: SwapAsked, strings: Strings): HTMLElement {
  const { swap: text } = strings;
  const { intent, quote, inputToken, outputToken, unsignedTx } = answer;
  const paid = side(
    text.youPay,
    quote?.fromTokenAmount ?? intent?.amount,
    inputToken,
    intent?.inputTokenSymbol,
    strings,
  );
  const received = side(text.youReceive, quote?.toTokenAmount, outputToken, intent?.outputTokenSymbol, strings);
  const rows = [
    row(text.chain, chainName(intent?.chain), strings),
    row(text.priceImpact, ...priceImpact(answer, strings)),
    row(text.fee, ...fee(quote?.tradeFee, strings)),
    row(text.gas, ...gas(answer, strings)),
    row(text.approval, approval(answer, strings), strings),
    ...(answer.approval?.isRequired ? [row(text.spender, code(answer.approval.spenderAddress), strings)] : []),
    row(text.inputToken, tokenAddress(inputToken?.address ?? intent?.inputTokenAddress, text.nativeToken), strings),
    row(text.outputToken, tokenAddress(outputToken?.address ?? intent?.outputTokenAddress, text.nativeToken), strings),
    row(text.wallets, code(unsignedTx?.from), strings),
    row(text.target, code(unsignedTx?.to), strings),
    row(text.coinMoved, coin(answer, strings), strings),
  ];
  return element(
    "div",
    { class: "swap-result" },
    element(
      "div",
      { class: "swap-sides" },
      paid,
      element("span", { class: "arrow", "aria-hidden": "true" }, "→"),
      received,
    ),
    ...swapDoubts(answer, asked, strings).map((doubt) => warningNote(doubt, strings)),
    element("p", { class: "muted" }, text.expected),
    element("dl", { class: "rows" }, ...rows),
    element("p", { class: "note" }, text.notSigned),
  );
}

type Token = SwapAnswer["inputToken"];

/** One side of the swap: the amount to its last digit, and what it is worth. */
function side(
  name: string,
  units: unknown,
  token: Token,
  symbol: string | null | undefined,
  strings: Strings,
): HTMLElement {
  const amount = tokenAmount(units, token?.decimals);
  const dollars = worthOf(units, token);
  return element(
    "div",
    { class: "swap-side" },
    element("p", { class: "eyebrow" }, name),
    element(
      "p",
      { class: "amount" },
      amount ? formatDecimal(amount, strings.language) : strings.result.missing,
      " ",
      element("span", { class: "symbol" }, token?.symbol ?? symbol ?? ""),
    ),
    dollars && element("p", { class: "muted" }, strings.swap.worth(formatUsd(dollars, strings.language))),
  );
}

function chainName(chain: string | null | undefined): string | undefined {
  return CHAINS.find(([value]) => value === chain)?.[1] ?? chain ?? undefined;
}

function priceImpact(answer: SwapAnswer, strings: Strings): [string | undefined, Strings, string?] {
  const { given, level } = priceImpactOf(answer);
  if (!given || !level) return [undefined, strings];
  return [formatPercent(given, strings.language), strings, strings.swap.impactLevels[level]];
}

function fee(tradeFee: unknown, strings: Strings): [string | undefined, Strings, string?] {
  const amount = parseDecimal(tradeFee);
  return amount ? [formatDecimal(amount, strings.language), strings, strings.swap.feeUnit] : [undefined, strings];
}

/** Units of gas, and what they cost where the quote holds a price. */
function gas({ intent, quote, unsignedTx }: SwapAnswer, strings: Strings): [string | undefined, Strings, string?] {
  const units = parseDecimal(quote?.estimatedGas ?? unsignedTx?.gas);
  if (!units) return [undefined, strings];
  const shown = strings.swap.gasUnits(formatDecimal(units, strings.language));
  const price = tokenAmount(unsignedTx?.gasPrice, "18");
  const coin = intent?.chain ? COINS[intent.chain] : undefined;
  if (!price || !coin) return [shown, strings];
  return [shown, strings, strings.swap.gasCost(`${formatDecimal(multiply(units, price), strings.language)} ${coin}`)];
}

/** What the transaction itself moves. What is no number is shown as it is, for whoever has to find out. */
function coin({ intent, unsignedTx }: SwapAnswer, strings: Strings): string | Node | undefined {
  const moved = coinMoved(unsignedTx);
  if (!moved) return code(unsignedTx?.value);
  const symbol = intent?.chain ? COINS[intent.chain] : undefined;
  return [formatDecimal(moved, strings.language), symbol].filter(Boolean).join(" ");
}

function approval({ approval: wanted, inputToken, intent }: SwapAnswer, strings: Strings): string | undefined {
  if (typeof wanted?.isRequired !== "boolean") return wanted?.message ?? undefined;
  if (!wanted.isRequired) return strings.swap.approvalNotNeeded;
  const amount = tokenAmount(wanted.approveAmount ?? wanted.requiredAmount, inputToken?.decimals);
  const shown = amount ? formatDecimal(amount, strings.language) : strings.result.missing;
  const symbol = inputToken?.symbol ?? intent?.inputTokenSymbol ?? "";
  return strings.swap.approvalNeeded(`${shown} ${symbol}`);
}

function tokenAddress(address: string | null | undefined, native: string): string | Node | undefined {
  return isNative(address) ? native : code(address);
}

function code(text: string | null | undefined): Node | undefined {
  return text ? element("code", {}, text) : undefined;
}
