// What is written and not sent outlives a reload, is sent by nobody but the visitor, and holds no address.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { answerIn, ask, openPage, view } from "./browser.mjs";
import { openForm, resultIn, submitForm, WALLET } from "./form.mjs";
import { until } from "./site.mjs";

/** Other values than those that the page itself puts into its fields, where a label stands for each. */
const WRITTEN = {
  swap: { "What do you want to swap?": "swap 5 USDC to DAI" },
  perp: { Symbol: "SOL", "Margin in USD": "250", Leverage: "3" },
  prediction: {
    "Link of the market": "https://polymarket.com/event/fed-decision-in-december",
    "Instructions (optional)": "Weigh the news.\nAnd the polls.",
  },
};

/** What the fields hold on a page that nobody has touched. */
const UNTOUCHED = {
  swap: { "What do you want to swap?": "" },
  perp: { Symbol: "BTC", "Margin in USD": "1000", Leverage: "10" },
  prediction: { "Link of the market": "", "Instructions (optional)": "" },
};

export function draftTests(run) {
  describe("a draft", () => {
    let page, opened;
    const box = () => page.getByLabel("Your question");
    const field = (label) => view(page).getByLabel(label, { exact: true });
    const requests = async () => (await run.site.sandbox.requests()).length;
    const stored = () => page.evaluate(() => JSON.stringify(Object.entries(sessionStorage)));
    const reload = async () => {
      await page.reload();
      await page.getByText("Example data.", { exact: true }).waitFor();
    };
    const values = async (form) => {
      const labels = Object.keys(WRITTEN[form]);
      const found = await Promise.all(labels.map(async (label) => [label, await field(label).inputValue()]));
      return Object.fromEntries(found);
    };
    /** Until the page has loaded whole, with all that it would do by itself. */
    const settle = () => page.waitForLoadState("networkidle");

    beforeEach(async () => {
      await run.site.sandbox.reset();
      opened = await openPage(run.browser, run.site.url);
      ({ page } = opened);
    });
    afterEach(() => opened.close());

    test("of a question is back after a reload, is not sent, and can be", async () => {
      await box().fill("First line\n<b>second</b> line");
      await reload();
      assert.equal(await box().inputValue(), "First line\n<b>second</b> line");
      await settle();
      assert.equal(await requests(), 0);
      assert.equal(await page.locator(".question, .answer").count(), 0);
      await page.getByRole("button", { name: "Send" }).click();
      await answerIn(page, "done");
      const [{ body }] = await run.site.sandbox.requests();
      assert.equal(body.message.content, "First line\n<b>second</b> line");
      assert.equal(await stored(), "[]");
      assert.deepEqual(opened.complaints, []);
    });

    test("is over once it is sent or emptied, and the next one begins while an answer streams", async () => {
      await run.site.sandbox.script({ stall: 20 });
      await ask(page, "What is SOL?");
      await answerIn(page, "streaming");
      assert.equal(await stored(), "[]");
      await box().fill("And its risks?");
      await page.getByRole("button", { name: "Stop" }).click();
      await answerIn(page, "stopped");
      await reload();
      assert.equal(await box().inputValue(), "And its risks?");
      assert.equal(await page.locator(".question, .answer").count(), 0, "no conversation is kept");
      await box().fill("");
      assert.equal(await stored(), "[]");
      assert.equal(await requests(), 1);
    });

    test("is also a suggestion that was taken, and a question that broke a rule", async () => {
      await page.getByRole("list", { name: "Questions to start from" }).getByRole("button").first().click();
      await reload();
      assert.equal(await box().inputValue(), "Why did SOL move today?");
      const tooLong = "word ".repeat(7000);
      await ask(page, tooLong);
      await page.locator(".composer .field-message").waitFor();
      await reload();
      assert.equal(await box().inputValue(), tooLong);
      assert.equal(await requests(), 0);
    });

    for (const form of ["swap", "perp", "prediction"]) {
      test(`of a ${form} form is back after a reload and not sent, and is over once it is sent`, async () => {
        await openForm(page, form, WRITTEN[form]);
        await reload();
        assert.deepEqual(await values(form), WRITTEN[form]);
        await settle();
        assert.equal(await view(page).locator(".result").getAttribute("data-state"), "empty");
        assert.equal(await requests(), 0);
        if (form === "swap") await field("Wallet address").fill(WALLET);
        await submitForm(page, form);
        await resultIn(page, "done");
        assert.equal(await stored(), "[]");
        await reload();
        assert.deepEqual(await values(form), UNTOUCHED[form]);
      });
    }

    test("keeps the choice of a chain and a style, and of two forms the one apart from the other", async () => {
      await openForm(page, "swap", WRITTEN.swap);
      await field("Chain").selectOption("base");
      await openForm(page, "perp", { Symbol: "SOL" });
      await field("Trading style").selectOption("swing-trading");
      await reload();
      assert.equal(await field("Trading style").inputValue(), "swing-trading");
      await submitForm(page, "perp");
      await resultIn(page, "done");
      await reload();
      assert.equal(await field("Trading style").inputValue(), "scalping");
      await openForm(page, "swap", {});
      assert.equal(await field("Chain").inputValue(), "base");
      assert.deepEqual(await values("swap"), WRITTEN.swap);
    });

    test("is kept where a call was refused, and is over where one that was stopped may have been billed", async () => {
      await openForm(page, "perp", { Leverage: "41" });
      await submitForm(page, "perp");
      await resultIn(page, "error");
      await reload();
      assert.equal(await field("Leverage").inputValue(), "41");
      await run.site.sandbox.script({ status: 429, times: 3 });
      await field("Leverage").fill("40");
      await submitForm(page, "perp");
      await resultIn(page, "error");
      await reload();
      assert.equal(await field("Leverage").inputValue(), "40");
      await run.site.sandbox.script({ stall: "before-headers" });
      const before = await requests();
      await submitForm(page, "perp");
      await until(async () => (await requests()) > before, "the request in the sandbox");
      await view(page).getByRole("button", { name: "Stop" }).click();
      await resultIn(page, "stopped");
      await reload();
      assert.equal(await field("Leverage").inputValue(), "10");
    });

    test("holds no wallet's address and no key, whichever field they are written in", async () => {
      const key = `sk-minara-${"0a1b2c3d".repeat(4)}`;
      await openForm(page, "swap", { "What do you want to swap?": `1 ETH to ${WALLET}`, "Wallet address": WALLET });
      await field("Chain").selectOption("base");
      await openForm(page, "prediction", { "Link of the market": `https://example.com/${key}` });
      await openForm(page, "chat", {});
      await box().fill(`Who is ${WALLET}?`);
      assert.doesNotMatch(await stored(), /[a-f\d]{8}/i);
      await reload();
      assert.equal(await box().inputValue(), "");
      await openForm(page, "swap", {});
      assert.equal(await field("Wallet address").inputValue(), "");
      assert.equal(await field("What do you want to swap?").inputValue(), "");
      assert.equal(await field("Chain").inputValue(), "base");
    });

    test("is for one tab, and another begins without it", async () => {
      await box().fill("Only here");
      const other = await page.context().newPage();
      await other.goto(run.site.url);
      await other.getByText("Example data.", { exact: true }).waitFor();
      assert.equal(await other.getByLabel("Your question").inputValue(), "");
    });

    for (const [what, block] of [
      [
        "is blocked",
        () => {
          const get = () => {
            throw new DOMException("no storage here", "SecurityError");
          };
          Object.defineProperty(globalThis, "sessionStorage", { get });
        },
      ],
      [
        "is full",
        () => {
          Storage.prototype.setItem = () => {
            throw new DOMException("no room", "QuotaExceededError");
          };
        },
      ],
      ["holds something else", () => sessionStorage.setItem("draft:chat", '{"message":')],
      ["holds another page's", () => sessionStorage.setItem("draft:chat", '{"message":{"a":1}}')],
      ["holds nothing at all", () => sessionStorage.setItem("draft:chat", "null")],
    ]) {
      test(`is lost where the storage ${what}, and nothing else is`, async () => {
        await page.addInitScript(block);
        await reload();
        assert.equal(await box().inputValue(), "");
        await ask(page, "What is SOL?");
        await answerIn(page, "done");
        await openForm(page, "perp", WRITTEN.perp);
        await submitForm(page, "perp");
        await resultIn(page, "done");
        assert.deepEqual(opened.complaints, []);
      });
    }

    test("of a choice that the page no longer has leaves the page's own", async () => {
      await page.addInitScript(() =>
        sessionStorage.setItem("draft:/v1/developer/perp-trading-suggestion", '{"style":"gone","symbol":"SOL"}'),
      );
      await reload();
      await openForm(page, "perp", {});
      assert.equal(await field("Trading style").inputValue(), "scalping");
      assert.equal(await field("Symbol").inputValue(), "SOL");
    });
  });
}
