// A small picture of a position's levels: labels in HTML, evenly spaced so that they never overlap, and lines in
// SVG that lead from each label to its true place on the price axis.
import type { PerpAnswer } from "minara";

import { element, svg } from "./dom.js";
import type { Strings } from "./locales/index.js";
import { formatShare, formatPrice, isNumber } from "./numbers.js";

interface Level {
  kind: "entry" | "stop" | "target";
  name: string;
  price: number;
}

/** The picture's own units; it is stretched to the height of its labels. */
const HEIGHT = 300;
const WIDTH = 100;
/** Where the lines from the labels end and the price axis begins. */
const AXIS = 60;
const MARGIN = 12;

export function levelsPicture(answer: PerpAnswer, strings: Strings): HTMLElement {
  const { perp: text } = strings;
  const candidates = [
    { kind: "target", name: text.takeProfit, price: answer.takeProfitPrice },
    { kind: "entry", name: text.entry, price: answer.entryPrice },
    { kind: "stop", name: text.stopLoss, price: answer.stopLossPrice },
  ] as const;
  const levels: Level[] = [];
  for (const { kind, name, price } of candidates) if (isNumber(price)) levels.push({ kind, name, price });
  levels.sort((a, b) => b.price - a.price);
  const labels = levels.map((level) => label(level, answer.entryPrice, strings));
  const missing = candidates
    .filter(({ price }) => !isNumber(price))
    .map(({ name }) => element("li", {}, `${name}: ${strings.result.missing}`));
  return element(
    "div",
    { class: "levels" },
    element("ol", { class: "level-labels" }, ...labels, ...missing),
    levels.length > 1 && missing.length === 0 && axis(levels),
  );
}

function label({ kind, name, price }: Level, entry: unknown, strings: Strings): HTMLElement {
  const distance =
    kind !== "entry" && isNumber(entry) && entry !== 0
      ? formatShare(price / entry - 1, strings.language, true)
      : undefined;
  return element(
    "li",
    { class: `level ${kind}` },
    element("span", {}, name),
    element("strong", { class: "level-price" }, formatPrice(price, strings.language)),
    distance !== undefined && element("span", { class: "muted" }, strings.perp.fromEntry(distance)),
  );
}

/** Everything in it is said by the labels too, so it is hidden from screen readers. */
function axis(levels: Level[]): SVGElement {
  const top = levels[0]?.price ?? 0;
  const bottom = levels.at(-1)?.price ?? 0;
  const span = top - bottom || 1;
  const y = (price: number) => MARGIN + ((top - price) / span) * (HEIGHT - 2 * MARGIN);
  const picture = svg("svg", {
    class: "level-axis",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  picture.append(
    ...zones(levels, y),
    ...levels.flatMap((level, index) => line(level, y(level.price), rowCentre(index, levels.length))),
  );
  return picture;
}

/** What is risked and what can be won, as areas from the entry. */
function zones(levels: Level[], y: (price: number) => number): SVGElement[] {
  const entry = levels.find(({ kind }) => kind === "entry");
  if (!entry) return [];
  return levels
    .filter(({ kind }) => kind !== "entry")
    .map(({ kind, price }) => {
      const [from, to] = [y(entry.price), y(price)].sort((a, b) => a - b) as [number, number];
      return svg("rect", { class: `zone ${kind}`, x: AXIS, y: from, width: WIDTH - AXIS, height: to - from });
    });
}

function line({ kind }: Level, at: number, from: number): SVGElement[] {
  const points = `0,${from} ${AXIS / 3},${from} ${AXIS},${at} ${WIDTH},${at}`;
  return [svg("polyline", { class: `level-line ${kind}`, points, "vector-effect": "non-scaling-stroke" })];
}

function rowCentre(index: number, count: number): number {
  return ((index + 0.5) * HEIGHT) / count;
}
