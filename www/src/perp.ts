// Perp: a suggested position with its levels, reasons and risks.
import type { Minara, PerpAnswer, Style } from "minara";

import { bar } from "./bar.js";
import { callForm, row, warningNote } from "./call-form.js";
import { element } from "./dom.js";
import { Field, select } from "./field.js";
import type { Strings } from "./locales/index.js";
import { formatNumber, formatPrice, isNumber } from "./numbers.js";
import { levelsPicture } from "./perp-levels.js";

/** The size that was asked for, which the answer does not repeat. */
export interface PositionSize {
  marginUSD: number;
  leverage: number;
}

/** The API's own, for fields that are left empty. */
const DEFAULTS: PositionSize = { marginUSD: 1000, leverage: 10 };

export function perpView(minara: Minara, strings: Strings): HTMLElement {
  const { perp: text } = strings;
  const plain = { type: "text", autocomplete: "off" };
  const symbol = new Field(
    "symbol",
    text.symbol,
    element("input", { ...plain, spellcheck: "false", value: "BTC" }),
    text.symbolHint,
  );
  const style = new Field("style", text.style, select(Object.entries(text.styles)));
  const number = (value: number) => element("input", { ...plain, inputmode: "decimal", value });
  const margin = new Field("marginUSD", text.margin, number(DEFAULTS.marginUSD));
  const leverage = new Field("leverage", text.leverage, number(DEFAULTS.leverage), text.leverageHint);

  return callForm(
    {
      title: text.title,
      intro: text.intro,
      controls: [symbol.root, style.root, element("div", { class: "field-pair" }, margin.root, leverage.root)],
      fields: [symbol, style, margin, leverage],
      submit: text.submit,
      empty: text.empty,
      path: "/v1/developer/perp-trading-suggestion",
      request: () => ({
        symbol: symbol.control.value.trim(),
        style: style.control.value as Style,
        marginUSD: numberIn(margin) ?? DEFAULTS.marginUSD,
        leverage: numberIn(leverage) ?? DEFAULTS.leverage,
      }),
      subject: (request) => text.subject(request.symbol, text.styles[request.style]),
      call: (request, signal) => minara.perpTradingSuggestion(request, { signal }).withResponse(),
      show: (answer, request) => perpResult(answer, request, strings),
    },
    strings,
  );
}

/** Not a number where the text is none: the package then says so for the field. */
function numberIn(field: Field): number | undefined {
  return field.value === undefined ? undefined : Number(field.value);
}

function perpResult(answer: PerpAnswer, size: PositionSize, strings: Strings): HTMLElement {
  const { perp: text } = strings;
  return element(
    "div",
    { class: "perp-result" },
    headline(answer, strings),
    element("h3", {}, text.levels),
    levelsPicture(answer, strings),
    ...warnings(answer, size, strings),
    element("dl", { class: "rows" }, ...figures(answer, size, strings)),
    list(text.reasons, answer.reasons),
    list(text.risks, answer.risks),
    element("p", { class: "muted" }, text.advice),
  );
}

/** Side and confidence: a word and an arrow beside the colour. */
function headline({ side, confidence }: PerpAnswer, strings: Strings): HTMLElement {
  const { perp: text, result } = strings;
  const known = side === "long" || side === "short" ? side : undefined;
  const name = known
    ? [element("span", { "aria-hidden": "true" }, known === "long" ? "↗ " : "↘ "), text.sides[known]]
    : [side ?? result.missing];
  return element(
    "div",
    { class: "perp-headline" },
    element(
      "div",
      {},
      element("p", { class: `side ${known ?? ""}` }, ...name),
      known && element("p", { class: "muted" }, text.sideMeaning[known]),
    ),
    element(
      "div",
      { class: "confidence" },
      element("p", { class: "eyebrow" }, text.confidence),
      element(
        "p",
        { class: "amount" },
        isNumber(confidence) ? text.confidenceOf(formatNumber(confidence, strings.language)) : result.missing,
      ),
      isNumber(confidence) && bar(confidence / 100),
    ),
  );
}

function figures(
  { entryPrice: entry, stopLossPrice: stop, takeProfitPrice: target, side }: PerpAnswer,
  size: PositionSize,
  strings: Strings,
) {
  const { perp: text, language } = strings;
  const position = formatPrice(size.marginUSD * size.leverage, language);
  const rows = [
    row(
      text.position,
      text.positionOf(position, formatPrice(size.marginUSD, language), formatNumber(size.leverage, language)),
      strings,
    ),
  ];
  if (isNumber(entry) && isNumber(stop) && isNumber(target) && entry !== stop) {
    const ratio = Math.abs(target - entry) / Math.abs(entry - stop);
    rows.unshift(row(text.rewardToRisk, text.ratio(formatNumber(ratio, language, 1)), strings));
  }
  const liquidation = roughLiquidation(entry, side, size.leverage);
  if (liquidation !== undefined)
    rows.push(row(text.liquidation, text.about(formatPrice(liquidation, language)), strings));
  return rows;
}

/** Where the loss eats the whole margin; fees and maintenance margin come before. */
function roughLiquidation(entry: unknown, side: unknown, leverage: number): number | undefined {
  if (!isNumber(entry) || (side !== "long" && side !== "short")) return undefined;
  return entry * (1 + (side === "long" ? -1 : 1) / leverage);
}

function warnings(answer: PerpAnswer, { leverage }: PositionSize, strings: Strings): HTMLElement[] {
  const { entryPrice: entry, stopLossPrice: stop, takeProfitPrice: target, side } = answer;
  if (!isNumber(entry) || !isNumber(stop) || !isNumber(target) || (side !== "long" && side !== "short")) return [];
  // Seen from a long position, so that one comparison serves both.
  const direction = side === "long" ? 1 : -1;
  const isOrdered = stop * direction < entry * direction && entry * direction < target * direction;
  if (!isOrdered) return [warningNote(strings.perp.wrongOrder[side], strings)];
  const liquidation = roughLiquidation(entry, side, leverage) ?? stop;
  const comesFirst = liquidation * direction > stop * direction;
  return comesFirst ? [warningNote(strings.perp.liquidationFirst, strings)] : [];
}

function list(title: string, items: readonly string[] | null | undefined): HTMLElement {
  const entries = (items ?? []).map((item) => element("li", {}, item));
  return element(
    "div",
    { class: "points", hidden: entries.length === 0 },
    element("h3", {}, title),
    element("ul", { dir: "auto" }, ...entries),
  );
}
