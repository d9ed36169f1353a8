// That a result says what it is for, and a stopped call whether it can have been billed.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { answerIn, ask, holdRequests, openPage, view } from "./browser.mjs";
import { describedBy, lines, openForm, resultIn, submitForm } from "./form.mjs";
import { until } from "./site.mjs";

const BAD_CHECKSUM = "0x742d35Cc6634C0532925a3b844Bc9e7595f0bEb1";

/** What is written over what was sent while the answer is on its way, and what the result says that it is for. */
const ASKED = {
  swap: [{ "What do you want to swap?": "swap 5 USDC to DAI" }, "Asked: swap 0.1 ETH to USDC"],
  perp: [{ Symbol: "DOGE" }, "Asked: ETH · Scalping"],
  prediction: [
    { "Link of the market": "https://polymarket.com/event/another" },
    "Asked: https://polymarket.com/event/fed-decision-in-december",
  ],
};

export function subjectTests(run) {
  describe("a result", () => {
    let page, opened;
    const requests = async () => (await run.site.sandbox.requests()).length;
    const asked = () => lines(view(page).locator(".result .asked"));

    beforeEach(async () => {
      await run.site.sandbox.reset();
      opened = await openPage(run.browser, run.site.url);
      ({ page } = opened);
    });
    afterEach(() => opened.close());

    for (const [form, [changes, subject]] of Object.entries(ASKED)) {
      test(`of a ${form} form says what was sent, whatever the fields say by then`, async () => {
        const go = await holdRequests(page, "**/api/v1/**");
        await openForm(page, form);
        assert.deepEqual(await asked(), []);
        await submitForm(page, form);
        await resultIn(page, "loading");
        assert.deepEqual(await asked(), [subject]);
        await openForm(page, form, changes);
        if (form === "perp") await view(page).getByLabel("Trading style").selectOption("swing-trading");
        go();
        await resultIn(page, "done");
        assert.deepEqual(await asked(), [subject]);
      });
    }

    test("that failed or was stopped says what it is for, and one that was never sent does not", async () => {
      await openForm(page, "perp");
      await view(page).getByLabel("Trading style").selectOption("day-trading");
      await run.site.sandbox.script({ status: 500 }, { stall: "before-headers" });
      await submitForm(page, "perp");
      await resultIn(page, "error");
      assert.deepEqual(await asked(), ["Asked: ETH · Day trading"]);
      await openForm(page, "perp", { Symbol: "<b>SOL</b>" });
      await submitForm(page, "perp");
      await until(async () => (await requests()) === 2, "the request in the sandbox");
      await view(page).getByRole("button", { name: "Stop" }).click();
      await resultIn(page, "stopped");
      assert.deepEqual(await asked(), ["Asked: <b>SOL</b> · Day trading"]);
      await openForm(page, "perp", { Leverage: "41" });
      await submitForm(page, "perp");
      await resultIn(page, "error");
      assert.deepEqual(await asked(), []);
    });

    test("warns beside a field only while that holds what was sent", async () => {
      const field = () => view(page).getByLabel("Wallet address");
      const go = await holdRequests(page, "**/api/v1/**");
      await openForm(page, "swap");
      await field().fill(BAD_CHECKSUM);
      await submitForm(page, "swap");
      await resultIn(page, "loading");
      await field().fill(BAD_CHECKSUM.toLowerCase());
      go();
      await resultIn(page, "done");
      assert.doesNotMatch(await describedBy(field()), /EIP-55/);
      await field().fill(BAD_CHECKSUM);
      await submitForm(page, "swap");
      await until(async () => /EIP-55/.test(await describedBy(field())), "the warning");
    });
  });

  describe("a call that is stopped", () => {
    let page, opened;
    const stop = () => view(page).getByRole("button", { name: "Stop" }).click();

    beforeEach(async () => {
      await run.site.sandbox.reset();
      opened = await openPage(run.browser, run.site.url);
      ({ page } = opened);
    });
    afterEach(() => opened.close());

    test("before anything was sent is said to have cost nothing, and one that has left is not", async () => {
      const load = await holdRequests(page, "**/*.wasm");
      await page.reload();
      await openForm(page, "perp");
      await submitForm(page, "perp");
      await resultIn(page, "loading");
      await stop();
      const unsent = "Stopped. Minara had not taken the call yet, so nothing was billed.";
      assert.deepEqual(await lines((await resultIn(page, "stopped")).locator(".note")), [unsent]);
      assert.equal(await view(page).getByRole("status").filter({ hasText: unsent }).count(), 1);
      await page.locator('nav a[href="#chat"]').click();
      await ask(page, "What is SOL?");
      await answerIn(page, "waiting");
      await stop();
      assert.deepEqual(await lines((await answerIn(page, "stopped")).locator(".note")), [
        "Stopped before Minara took the question, so nothing was billed.",
      ]);
      assert.deepEqual(await run.site.sandbox.requests(), []);

      load();
      await run.site.sandbox.script({ stall: "after-headers" });
      await ask(page, "What is ETH?");
      await until(async () => (await run.site.sandbox.requests()).length === 1, "the request in the sandbox");
      await stop();
      await until(async () => (await page.locator('.answer[data-state="stopped"]').count()) === 2, "the second stop");
      assert.deepEqual(await lines(page.locator(".answer .note").last()), [
        "Stopped: this answer is incomplete. It may have been billed.",
      ]);
    });
  });
}
