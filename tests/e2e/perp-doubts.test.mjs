// What a suggested position is doubted for, by itself: each level is judged by those that are there.
import assert from "node:assert/strict";
import { test } from "node:test";

import { loadModule } from "./page-module.mjs";

const { perpDoubts } = await loadModule("perp-doubts.ts");
const { en } = await loadModule("locales/en.ts");

const LIQUIDATED_FIRST = "At this leverage the position would probably be liquidated before the stop is reached.";
const WRONG_LONG =
  "The levels do not fit a long position: the stop should be below the entry and the target above it.";
const WRONG_SHORT =
  "The levels do not fit a short position: the target should be below the entry and the stop above it.";
const UNKNOWN_SIDE = "The side is not given as “long” or “short”, so the levels cannot be checked.";
const NO_PRICE = "A level is zero or below, which is no price.";
const NO_CONFIDENCE = "The confidence is not on its scale, which goes from 0 to 100.";

/** With ten times the margin, liquidation is at 90 for a long position and at 110 for a short one. */
function check([side, stop, entry, target, confidence], expected) {
  const answer = { side, stopLossPrice: stop, entryPrice: entry, takeProfitPrice: target, confidence };
  assert.deepEqual(perpDoubts(answer, 10, en), expected, JSON.stringify(answer));
}

test("levels in the order of their side are not doubted, and one alone never is", () => {
  for (const levels of [
    ["long", 95, 100, 110],
    ["short", 105, 100, 90],
    ["long", 90, 100, 110],
    ["short", 110, 100, 90],
    ["long", undefined, 100, null],
    ["short", 105, null, null],
    ["long"],
  ]) {
    check(levels, []);
  }
});

test("a liquidation before the stop is told where the target is missing", () => {
  for (const missing of [undefined, null]) {
    check(["long", 80, 100, missing], [LIQUIDATED_FIRST]);
    check(["short", 120, 100, missing], [LIQUIDATED_FIRST]);
  }
  check(["long", 89.99, 100, 110], [LIQUIDATED_FIRST]);
});

test("a stop on the wrong side of the entry is told where the target is missing", () => {
  check(["long", 120, 100, undefined], [WRONG_LONG]);
  check(["long", 100, 100, undefined], [WRONG_LONG]);
  check(["short", 80, 100, undefined], [WRONG_SHORT]);
});

test("a target on the wrong side is told where another level is missing", () => {
  check(["long", undefined, 100, 99], [WRONG_LONG]);
  check(["short", null, 100, 100], [WRONG_SHORT]);
  check(["long", 100, undefined, 99], [WRONG_LONG]);
  check(["short", 100, undefined, 101], [WRONG_SHORT]);
});

test("a wrong target hides no liquidation before the stop", () => {
  check(["long", 80, 100, 95], [WRONG_LONG, LIQUIDATED_FIRST]);
});

test("levels without a known side are said not to be checked, and no levels are not", () => {
  for (const side of ["neutral", "LONG", "", null, undefined]) {
    check([side, 95, 100, 110], [UNKNOWN_SIDE]);
    check([side], []);
  }
});

test("a level that is no price is told", () => {
  check(["short", 105, 100, 0], [NO_PRICE]);
  check(["long", -5, 100, 110], [NO_PRICE, LIQUIDATED_FIRST]);
});

test("a confidence beyond its scale is told", () => {
  for (const confidence of [-1, 100.5, 640]) check(["long", 95, 100, 110, confidence], [NO_CONFIDENCE]);
  for (const confidence of [0, 0.64, 100, null]) check(["long", 95, 100, 110, confidence], []);
});
