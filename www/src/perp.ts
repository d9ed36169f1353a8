// Perp: a suggested position with its levels, reasons and risks.
import type { Minara, PerpAnswer, Style } from "minara";

import { bar } from "./bar.js";
import { callForm } from "./call-form.js";
import { element } from "./dom.js";
import { Field, NumberField, select } from "./field.js";
import type { Strings } from "./locales/index.js";
import { formatNumber, formatPrice, isNumber } from "./numbers.js";
import { areOrdered, perpDoubts, roughLiquidation } from "./perp-doubts.js";
import { levelsPicture } from "./perp-levels.js";
import { row, warningNote } from "./result.js";

/** The size that was asked for, which the answer does not repeat. */
export interface PositionSize {
  marginUSD: number;
  leverage: number;
}

/** The API's own, for fields that are left empty. */
const DEFAULTS: PositionSize = { marginUSD: 1000, leverage: 10 };

export function perpView(minara: Minara, strings: Strings): HTMLElement {
  const { perp: text } = strings;
  const { symbol, style, margin, leverage } = perpFields(text);
  const fields = [symbol, style, margin, leverage];
  return callForm(
    {
      title: text.title,
      intro: text.intro,
      controls: [symbol.root, style.root, element("div", { class: "field-pair" }, margin.root, leverage.root)],
      fields,
      drafted: fields,
      submit: text.submit,
      empty: text.empty,
      path: "/v1/developer/perp-trading-suggestion",
      request: () => ({
        symbol: symbol.control.value.trim(),
        style: style.control.value as Style,
        marginUSD: margin.number ?? DEFAULTS.marginUSD,
        leverage: leverage.number ?? DEFAULTS.leverage,
      }),
      subject: (request) => text.subject(request.symbol, text.styles[request.style]),
      call: (request, signal) => minara.perpTradingSuggestion(request, { signal }).withResponse(),
      show: (answer, request) => perpResult(answer, request, strings),
    },
    strings,
  );
}

function perpFields(text: Strings["perp"]) {
  const plain = { type: "text", autocomplete: "off" };
  const ticker = element("input", { ...plain, spellcheck: "false", value: "BTC" });
  const number = (value: number) => element("input", { ...plain, inputmode: "decimal", value });
  return {
    symbol: new Field("symbol", text.symbol, ticker, text.symbolHint),
    style: new Field("style", text.style, select(Object.entries(text.styles))),
    margin: new NumberField("marginUSD", text.margin, number(DEFAULTS.marginUSD), text.noNumber),
    leverage: new NumberField("leverage", text.leverage, number(DEFAULTS.leverage), text.noNumber, text.leverageHint),
  };
}

function perpResult(answer: PerpAnswer, size: PositionSize, strings: Strings): HTMLElement {
  const { perp: text } = strings;
  return element(
    "div",
    { class: "perp-result" },
    headline(answer, strings),
    element("h3", {}, text.levels),
    levelsPicture(answer, strings),
    ...perpDoubts(answer, size.leverage, strings).map((doubt) => warningNote(doubt, strings)),
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

function figures(answer: PerpAnswer, { marginUSD, leverage }: PositionSize, strings: Strings): HTMLElement[] {
  const { perp: text, language } = strings;
  const { entryPrice: entry, stopLossPrice: stop, takeProfitPrice: target } = answer;
  const [position, margin] = [marginUSD * leverage, marginUSD].map((size) => formatPrice(size, language));
  const rows = [
    row(text.position, text.positionOf(position ?? "", margin ?? "", formatNumber(leverage, language)), strings),
  ];
  // Levels on the wrong sides would give a ratio too, and one that means nothing.
  if (isNumber(entry) && isNumber(stop) && isNumber(target) && areOrdered(answer)) {
    const ratio = (target - entry) / (entry - stop);
    rows.unshift(row(text.rewardToRisk, text.ratio(formatNumber(ratio, language, 1)), strings));
  }
  const liquidation = roughLiquidation(answer, leverage);
  if (liquidation !== undefined)
    rows.push(row(text.liquidation, text.about(formatPrice(liquidation, language)), strings));
  return rows;
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
