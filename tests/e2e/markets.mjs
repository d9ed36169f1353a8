// What a perp suggestion and a prediction show of answers that are known to the last digit.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { openPage, view } from "./browser.mjs";
import { describedBy, lines, openForm, resultIn, resultOf, rowsOf, submitForm } from "./form.mjs";
import { until } from "./site.mjs";

const LONG = {
  side: "long",
  entryPrice: 2000,
  stopLossPrice: 1950,
  takeProfitPrice: 2125,
  confidence: 64,
  reasons: ["Rising volume.", "<b>Support</b> held."],
  risks: ["Thin weekend."],
};
const SHORT = { ...LONG, side: "short", stopLossPrice: 2050, takeProfitPrice: 1875 };

const WRONG_SHORT =
  "Note: The levels do not fit a short position: the target should be below the entry and the stop above it.";
const LIQUIDATED_FIRST =
  "Note: At this leverage the position would probably be liquidated before the stop is reached.";

export function marketTests(run) {
  let page, opened;
  const setUp = async (form) => {
    await run.site.sandbox.reset();
    opened = await openPage(run.browser, run.site.url);
    ({ page } = opened);
    await openForm(page, form);
  };
  const barShare = (within) => within.locator("svg.bar .bar-fill").first().getAttribute("width");

  describe("a perp suggestion", () => {
    beforeEach(() => setUp("perp"));
    afterEach(() => opened.close());

    const suggested = (answer) => resultOf(run, page, "perp", answer);
    const levels = (result) => lines(result.locator(".level-labels li"));
    const warnings = (result) => lines(result.locator(".warning-note"));

    test("to buy shows each value under its own name", async () => {
      const result = await suggested(LONG);
      assert.deepEqual(await lines(result.locator(".perp-headline > div")), [
        "↗ Long gains when the price rises",
        "Confidence 64 of 100",
      ]);
      assert.equal(await barShare(result.locator(".confidence")), "64");
      assert.deepEqual(await levels(result), [
        "Take profit $2,125 +6.25% from entry",
        "Entry $2,000",
        "Stop loss $1,950 -2.5% from entry",
      ]);
      assert.deepEqual(await rowsOf(result), {
        "Reward to risk": "2.5 to 1",
        Position: "$10,000 ($1,000 × 10)",
        "Liquidation, rough estimate": "about $1,800",
      });
      assert.deepEqual(await lines(result.locator(".points")), [
        "Reasons Rising volume. <b>Support</b> held.",
        "Risks Thin weekend.",
      ]);
      assert.deepEqual(await warnings(result), []);
    });

    test("to sell shows the stop above and the liquidation above that", async () => {
      const result = await suggested(SHORT);
      assert.equal((await lines(result.locator(".perp-headline > div")))[0], "↘ Short gains when the price falls");
      assert.deepEqual(await levels(result), [
        "Stop loss $2,050 +2.5% from entry",
        "Entry $2,000",
        "Take profit $1,875 -6.25% from entry",
      ]);
      assert.equal((await rowsOf(result))["Liquidation, rough estimate"], "about $2,200");
      assert.deepEqual(await warnings(result), []);
    });

    test("whose stop lies beyond the liquidation says so, on either side", async () => {
      for (const answer of [
        { ...LONG, stopLossPrice: 1799 },
        { ...SHORT, stopLossPrice: 2201 },
        { ...LONG, stopLossPrice: 1799, takeProfitPrice: null },
      ]) {
        assert.deepEqual(await warnings(await suggested(answer)), [LIQUIDATED_FIRST]);
      }
    });

    test("to sell whose levels contradict it says so, and gives no reward to its risk", async () => {
      const result = await suggested({ ...SHORT, takeProfitPrice: 2040 });
      assert.deepEqual(await warnings(result), [WRONG_SHORT]);
      assert.equal((await rowsOf(result))["Reward to risk"], undefined);
    });

    test("of a size that is no number is refused in the page's own words, and never sent", async () => {
      const fields = { "Margin in USD": "1,000", Leverage: "ten" };
      await openForm(page, "perp", fields);
      await submitForm(page, "perp");
      await resultIn(page, "error");
      for (const label of Object.keys(fields)) {
        const described = await describedBy(view(page).getByLabel(label, { exact: true }));
        assert.ok(described.endsWith("Must be a number in plain digits, such as 1000 or 2.5."), described);
      }
      assert.deepEqual(await run.site.sandbox.requests(), []);
    });

    test("that lacks a level names it, and one with another side shows its word and estimates nothing", async () => {
      const lacking = await suggested({ ...LONG, stopLossPrice: null });
      assert.ok((await levels(lacking)).includes("Stop loss: not given"));
      const result = await suggested({ ...LONG, side: "neutral" });
      assert.deepEqual(await warnings(result), [
        "Note: The side is not given as “long” or “short”, so the levels cannot be checked.",
      ]);
      assert.equal((await lines(result.locator(".perp-headline > div")))[0], "neutral");
      assert.equal((await rowsOf(result))["Liquidation, rough estimate"], undefined);
    });

    test("for a cheap coin keeps the digits of its prices", async () => {
      const cheap = { ...LONG, entryPrice: 0.0000123456, stopLossPrice: 0.000012, takeProfitPrice: 123.456 };
      const prices = await lines((await suggested(cheap)).locator(".level-price"));
      assert.deepEqual(prices, ["$123.456", "$0.0000123456", "$0.000012"]);
    });
  });

  describe("a prediction", () => {
    beforeEach(() => setUp("prediction"));
    afterEach(() => opened.close());

    const predicted = (predictions, reasoning = "") => resultOf(run, page, "prediction", { predictions, reasoning });
    const outcomes = (result) => lines(result.locator(".outcomes > li"));

    test("shows each outcome's own numbers, as they are and as text", async () => {
      const result = await predicted(
        [
          { outcome: "Cut <i>25</i>", yesProb: 0.625, noProb: 0.375 },
          { outcome: "Hold", yesProb: 0.2, noProb: 0.3 },
          { outcome: "Hike", yesProb: 0.004, noProb: 0.9990001 },
          { outcome: null, yesProb: null, noProb: 1 },
        ],
        "It ends with a star *",
      );
      assert.deepEqual(await outcomes(result), [
        "Cut <i>25</i> Yes 62.5% No 37.5%",
        "Hold Yes 20% No 30% Note: Yes and No add up to 50% here, not to 100%.",
        "Hike Yes 0.4% No 99.9%",
        "not given Yes not given No 100%",
      ]);
      assert.equal(await barShare(result.locator(".outcomes")), "62.5");
      assert.deepEqual(await lines(result.locator(".prose")), ["It ends with a star *"]);
    });

    test("whose probabilities are none says so, also where they add up", async () => {
      const none = "Note: A probability here is not between 0% and 100%.";
      const result = await predicted([
        { outcome: "Cut", yesProb: 1.2, noProb: -0.2 },
        { outcome: "Hold", yesProb: 62.5, noProb: 37.5 },
        { outcome: "Hike", yesProb: null, noProb: 1.01 },
        { outcome: "Wait", yesProb: 1.0000000000000002, noProb: 0 },
      ]);
      assert.deepEqual(await outcomes(result), [
        `Cut Yes 120% No -20% ${none}`,
        `Hold Yes 6,250% No 3,750% ${none} Note: Yes and No add up to 10,000% here, not to 100%.`,
        `Hike Yes not given No 101% ${none}`,
        "Wait Yes 100% No 0%",
      ]);
    });

    test("without the reasoning is asked for as such, and the link goes out without the spaces around it", async () => {
      await view(page).getByLabel("Link of the market").fill(" https://polymarket.com/event/a-slug ");
      await view(page).getByLabel("Probabilities only, without the reasoning").check();
      await submitForm(page, "prediction");
      await until(async () => (await run.site.sandbox.requests()).length === 1, "the request in the sandbox");
      const [{ body }] = await run.site.sandbox.requests();
      assert.deepEqual(body, { link: "https://polymarket.com/event/a-slug", mode: "fast", only_result: true });
    });
  });
}
