import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { openPage, view } from "./browser.mjs";
import { describedBy, GOOD_VALUES, openForm, resultIn as resultOn, rowsOf, submitForm, WALLET } from "./form.mjs";
import { until } from "./site.mjs";

/** A bad value per rule: where it is typed, and the sentence that is to stand beside it. */
const REFUSALS = [
  ["swap", "Wallet address", "0x12", 'Must be a wallet address: 0x and 40 hexadecimal digits; it is "0x12".'],
  ["swap", "What do you want to swap?", "", "Must be a string of 1 to 32,000 characters; it is empty."],
  ["perp", "Symbol", "", "Must be a string of 1 to 64 characters; it is empty."],
  ["perp", "Leverage", "0", "Must be a number from 1 to 40, not 0."],
  ["perp", "Leverage", "41", "Must be a number from 1 to 40, not 41."],
  ["perp", "Margin in USD", "0", "Must be a number greater than 0, not 0."],
  ["perp", "Margin in USD", "-5", "Must be a number greater than 0, not -5."],
  ["perp", "Margin in USD", "much", "Must be a number in plain digits, such as 1000 or 2.5."],
  [
    "prediction",
    "Link of the market",
    "polymarket.com/event/x",
    'Must be a web address that starts with https:// or http://; it is "polymarket.com/event/x".',
  ],
  [
    "prediction",
    "Link of the market",
    "ftp://example.com",
    'Must be a web address that starts with https:// or http://; it is "ftp://example.com".',
  ],
];

/** Of the test that runs. */
let page, opened;

const open = (form, values) => openForm(page, form, values);
const submit = (form) => submitForm(page, form);
const resultIn = (state) => resultOn(page, state);

export function formTests(run) {
  describe("forms", () => {
    beforeEach(async () => {
      await run.site.sandbox.reset();
      opened = await openPage(run.browser, run.site.url);
      ({ page } = opened);
    });
    afterEach(() => opened.close());

    swapTests(run);
    perpTests(run);
    predictionTests(run);
    refusalTests(run);
    failureTests(run);
  });
}

function swapTests(run) {
  test("a swap shows what is paid, what to expect, and what it costs, to the last digit", async () => {
    await open("swap", { ...GOOD_VALUES.swap, "What do you want to swap?": "swap 1234.567891 USDC to ETH" });
    await view(page).getByLabel("Chain").selectOption("base");
    await submit("swap");
    const result = await resultIn("done");
    const text = await result.innerText();
    for (const expected of [
      /You pay\s+1,234\.567891 USDC/,
      /You receive, expected\s+0\.\d{12,18} ETH/,
      /expected, not promised/,
    ]) {
      assert.match(text, expected);
    }
    const rows = await rowsOf(result);
    assert.equal(rows["Chain"], "Base");
    assert.match(rows["Price impact"], /^-?\d+(\.\d+)?% low$/);
    assert.match(rows["Gas, estimated"], /^[\d,]+ units about 0\.\d+ ETH at the quoted gas price$/);
    assert.equal(rows["Approval"], "Needed first: the wallet must allow the spender to use 1,234.567891 USDC.");
    assert.match(rows["Spender"], /^0x[0-9a-fA-F]{40}$/);
    assert.equal(rows["From wallet"], WALLET);
    assert.equal(rows["Token received"], "the chain’s own coin");

    await result.getByText("Answer as JSON").click();
    const raw = JSON.parse(await result.locator(".raw pre").innerText());
    assert.equal(raw.quote.fromTokenAmount, "1234567891");
    const [{ body }] = await run.site.sandbox.requests();
    assert.deepEqual(body, { intent: "swap 1234.567891 USDC to ETH", walletAddress: WALLET, chain: "base" });
    assert.deepEqual(opened.complaints, []);
  });

  test("a wallet with a wrong checksum gets a warning beside its field, and the quote", async () => {
    await open("swap", { ...GOOD_VALUES.swap, "Wallet address": "0x742d35Cc6634C0532925a3b844Bc9e7595f0bEb1" });
    await submit("swap");
    await resultIn("done");
    const field = view(page).getByLabel("Wallet address");
    assert.match(await describedBy(field), /Has a wrong EIP-55 checksum: compare it with the wallet/);
    assert.equal(await field.getAttribute("aria-invalid"), null);
  });
}

function perpTests(run) {
  test("a perp suggestion shows side, levels, confidence, reasons and risks", async () => {
    await open("perp");
    await view(page).getByLabel("Trading style").selectOption("swing-trading");
    await view(page).getByLabel("Leverage").fill("5");
    await submit("perp");
    const result = await resultIn("done");
    assert.match(await result.locator(".side").innerText(), /^[↗↘] (Long|Short)$/);
    assert.match(await result.locator(".confidence").innerText(), /Confidence\s+\d+ of 100/);
    const levels = await result.locator(".level-labels li").allInnerTexts();
    assert.equal(levels.length, 3);
    for (const name of ["Entry", "Stop loss", "Take profit"]) {
      assert.ok(
        levels.some((level) => new RegExp(`^${name}\\s+\\$[\\d,.]+`).test(level)),
        `${name} in ${levels}`,
      );
    }
    const prices = levels.map((level) => Number(/\$([\d,.]+)/.exec(level)[1].replaceAll(",", "")));
    assert.deepEqual(
      prices,
      prices.toSorted((a, b) => b - a),
      "highest first",
    );
    const rows = await rowsOf(result);
    assert.equal(rows["Position"], "$5,000 ($1,000 × 5)");
    assert.match(rows["Reward to risk"], /^\d+(\.\d)? to 1$/);
    assert.ok((await result.locator(".points").first().getByRole("listitem").count()) >= 2, "reasons");
    assert.ok((await result.locator(".points").last().getByRole("listitem").count()) >= 2, "risks");
    const [{ body }] = await run.site.sandbox.requests();
    assert.deepEqual(body, { symbol: "ETH", style: "swing-trading", marginUSD: 1000, leverage: 5 });
    assert.deepEqual(opened.complaints, []);
  });

  test("a suggestion whose levels contradict its side says so", async () => {
    const answer = {
      side: "long",
      entryPrice: 100,
      stopLossPrice: 110,
      takeProfitPrice: 90,
      confidence: 50,
      reasons: [],
      risks: [],
    };
    await run.site.sandbox.script({ body: answer });
    await open("perp");
    await submit("perp");
    assert.match(await (await resultIn("done")).innerText(), /Note: The levels do not fit a long position/);
  });
}

function predictionTests(run) {
  test("a prediction shows each outcome's probabilities and the reasoning", async () => {
    await open("prediction");
    await view(page).getByLabel("Expert", { exact: true }).check();
    await view(page).getByLabel("Instructions (optional)").fill("Weigh the news.");
    await submit("prediction");
    const result = await resultIn("done");
    const outcomes = await result.locator(".outcomes > li").allInnerTexts();
    assert.ok(outcomes.length >= 2);
    for (const outcome of outcomes) assert.match(outcome, /\S+[^]*Yes \d+(\.\d+)?%\s+No \d+(\.\d+)?%/);
    assert.equal(await result.locator("svg.bar").count(), outcomes.length);
    assert.match(
      await result.getByRole("heading", { name: "Reasoning" }).locator("xpath=following-sibling::div[1]").innerText(),
      /Sandbox answer/,
    );
    const [{ body }] = await run.site.sandbox.requests();
    assert.deepEqual(body, {
      link: "https://polymarket.com/event/fed-decision-in-december",
      mode: "expert",
      only_result: false,
      customPrompt: "Weigh the news.",
    });
    assert.deepEqual(opened.complaints, []);
  });

  test("probabilities that do not add up are flagged, not repaired", async () => {
    await run.site.sandbox.script({
      body: { predictions: [{ outcome: "A", yesProb: 0.5, noProb: 0.3 }], reasoning: "" },
    });
    await open("prediction");
    await submit("prediction");
    assert.match(await (await resultIn("done")).innerText(), /Yes and No add up to 80% here, not to 100%\./);
  });
}

function refusalTests(run) {
  for (const [form, label, value, message] of REFUSALS) {
    test(`${form}: ${label} ${JSON.stringify(value)} is refused beside its field and never sent`, async () => {
      await open(form, { ...GOOD_VALUES[form], [label]: value });
      await submit(form);
      const field = view(page).getByLabel(label, { exact: true });
      await until(() => field.getAttribute("aria-invalid"), "the field marked as invalid");
      assert.ok((await describedBy(field)).endsWith(message), await describedBy(field));
      assert.equal(
        await field.evaluate((control) => control === document.activeElement),
        true,
        "the field has the focus",
      );
      assert.match(
        await (await resultIn("error")).innerText(),
        /Please check the marked fields\. Nothing was sent\./,
      );
      assert.deepEqual(await run.site.sandbox.requests(), []);
      await field.fill("1");
      assert.equal(await field.getAttribute("aria-invalid"), null);
    });
  }

  test("all broken rules are shown at once", async () => {
    await open("perp", { Symbol: "", Leverage: "41", "Margin in USD": "0" });
    await submit("perp");
    await resultIn("error");
    assert.equal(await view(page).locator('[aria-invalid="true"]').count(), 3);
    assert.deepEqual(await run.site.sandbox.requests(), []);
  });
}

function failureTests(run) {
  test("an answer without any field is shown as missing values, not as a failure", async () => {
    for (const form of ["swap", "perp", "prediction"]) {
      await run.site.sandbox.script({ body: {} });
      await open(form);
      await submit(form);
      const expected = form === "prediction" ? /names no outcomes/ : /not given/;
      assert.match(await (await resultIn("done")).innerText(), expected);
    }
    assert.deepEqual(opened.complaints, []);
  });

  test("a failure is told in words, with the reference of the call and no button that could be billed twice", async () => {
    await run.site.sandbox.script({ status: 503, body: "<h1>down</h1>" });
    await open("swap");
    await submit("swap");
    const result = await resultIn("error");
    assert.match(
      await result.getByRole("alert").innerText(),
      /Minara’s service failed while working on this\..*It may have been billed\./s,
    );
    assert.equal(await result.getByRole("button", { name: "Try again" }).count(), 0);
    await result.getByText("Details").click();
    assert.match(await result.locator("details").innerText(), /upstream_error.*Reference: \S+/s);
    assert.equal((await run.site.sandbox.requests()).length, 1);
  });

  test("Stop ends the wait at once and says that the call may be billed", async () => {
    await run.site.sandbox.script({ stall: "before-headers" });
    await open("perp");
    await submit("perp");
    await until(async () => (await run.site.sandbox.requests()).length === 1, "the request in the sandbox");
    await view(page).getByRole("button", { name: "Stop" }).click();
    assert.match(await (await resultIn("stopped")).innerText(), /Stopped\. The call may have reached Minara/);
    assert.equal((await run.site.sandbox.requests()).length, 1);
  });
}
