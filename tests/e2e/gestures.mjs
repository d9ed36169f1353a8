// One gesture is one action: a second click or a held key never sends, or stops, what the first has begun.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { answerIn, holdRequests, openPage, view } from "./browser.mjs";
import { openForm, resultIn, SUBMIT } from "./form.mjs";
import { until } from "./site.mjs";

export function gestureTests(run) {
  describe("one gesture", () => {
    let page, opened;
    const requests = async () => (await run.site.sandbox.requests()).length;
    const button = (name) => view(page).getByRole("button", { name, exact: true });
    const submit = () => button(SUBMIT.perp);
    const hasFocus = (locator) => locator.evaluate((element) => element === document.activeElement);
    const state = () => view(page).locator(".result").getAttribute("data-state");
    /** Presses a key that is not let go, and holds it for as long as `times` repeats take. */
    const holdKey = async (key, times = 3) => {
      await page.keyboard.down(key);
      for (let repeat = 0; repeat < times; repeat += 1) await page.keyboard.down(key);
    };
    const holdCalls = () => holdRequests(page, "**/api/v1/**");

    beforeEach(async () => {
      await run.site.sandbox.reset();
      opened = await openPage(run.browser, run.site.url);
      ({ page } = opened);
    });
    afterEach(() => opened.close());

    describe("in a form", () => {
      beforeEach(() => openForm(page, "perp"));

      test("that clicks twice on its button makes one call, and does not stop it", async () => {
        const go = await holdCalls();
        await submit().dblclick();
        assert.equal(await state(), "loading");
        go();
        await resultIn(page, "done");
        assert.equal(await requests(), 1);
      });

      test("that clicks twice on Stop stops, and does not send again", async () => {
        await run.site.sandbox.script({ stall: "before-headers" });
        await submit().click();
        await until(async () => (await requests()) === 1, "the request in the sandbox");
        await button("Stop").dblclick();
        assert.equal(await state(), "stopped");
        await submit().waitFor();
        assert.equal(await requests(), 1);
      });

      test("that holds Enter on the button sends once, whatever becomes of the call", async () => {
        await run.site.sandbox.script({ status: 500 });
        const go = await holdCalls();
        await submit().focus();
        await holdKey("Enter");
        assert.equal(await state(), "loading");
        go();
        await resultIn(page, "error");
        assert.ok(await hasFocus(submit()));
        await holdKey("Enter");
        await page.keyboard.up("Enter");
        assert.equal(await state(), "error");
        assert.equal(await requests(), 1);
        await page.keyboard.press("Enter");
        await resultIn(page, "done");
        assert.equal(await requests(), 2);
      });

      test("that holds Enter in a field of one line sends once", async () => {
        await view(page).getByLabel("Symbol", { exact: true }).focus();
        await holdKey("Enter", 0);
        await resultIn(page, "done");
        await holdKey("Enter");
        await page.keyboard.up("Enter");
        assert.equal(await state(), "done");
        assert.equal(await requests(), 1);
      });

      test("that holds Enter on Try again makes one more call", async () => {
        await run.site.sandbox.script({ status: 429, times: 3 });
        await submit().click();
        await resultIn(page, "error");
        const go = await holdCalls();
        await button("Try again").focus();
        await holdKey("Enter");
        assert.equal(await state(), "loading");
        go();
        await resultIn(page, "done");
        assert.equal(await requests(), 4);
      });

      test("that clicks twice makes no second call even where the first has failed in between", async () => {
        await run.site.sandbox.script({ status: 429, times: 9 });
        const click = async (locator, clickCount) => {
          const { x, y, width, height } = await locator.boundingBox();
          await page.mouse.move(x + width / 2, y + height / 2);
          await page.mouse.down({ clickCount });
          await page.mouse.up({ clickCount });
        };
        await click(submit(), 1);
        await resultIn(page, "error");
        await click(submit(), 2);
        assert.equal(await state(), "error");
        await click(button("Try again"), 1);
        await until(async () => (await requests()) === 6, "the second call's last attempt");
        await resultIn(page, "error");
        await click(button("Try again"), 2);
        assert.equal(await state(), "error");
        assert.equal(await requests(), 6);
      });

      test("that begins with Space on Stop, whose call then ends by itself, does not send", async () => {
        const go = await holdCalls();
        await submit().click();
        await button("Stop").focus();
        await holdKey(" ", 1);
        go();
        await resultIn(page, "done");
        assert.ok(await hasFocus(submit()));
        await holdKey(" ");
        await page.keyboard.up(" ");
        assert.equal(await state(), "done");
        assert.equal(await requests(), 1);
        await page.keyboard.press(" ");
        await until(async () => (await requests()) === 2, "the call of the next Space");
      });

      test("that holds Enter in a field of several lines writes lines, and sends nothing", async () => {
        await openForm(page, "swap");
        const intent = view(page).getByLabel("What do you want to swap?");
        await intent.fill("");
        await holdKey("Enter");
        await page.keyboard.up("Enter");
        assert.equal(await intent.inputValue(), "\n\n\n\n");
        assert.equal(await state(), "empty");
      });
    });

    describe("in the chat", () => {
      const box = () => page.getByLabel("Your question");

      test("that clicks twice on Send asks once, and lets the answer come", async () => {
        const go = await holdCalls();
        await box().fill("What is SOL?");
        await button("Send").dblclick();
        assert.equal(await page.locator(".answer").getAttribute("data-state"), "waiting");
        go();
        await answerIn(page, "done");
        assert.equal(await requests(), 1);
      });

      test("that clicks twice on Stop keeps the next question in its box", async () => {
        await run.site.sandbox.script({ stall: 20 });
        await box().fill("What is SOL?");
        await button("Send").click();
        await answerIn(page, "streaming");
        await box().fill("And its risks?");
        await button("Stop").dblclick();
        await answerIn(page, "stopped");
        assert.equal(await box().inputValue(), "And its risks?");
        assert.equal(await requests(), 1);
      });

      test("that holds Enter in the box asks once, and then complains of no empty question", async () => {
        await box().fill("What is SOL?");
        await holdKey("Enter");
        await answerIn(page, "done");
        await holdKey("Enter");
        await page.keyboard.up("Enter");
        assert.equal(await box().inputValue(), "");
        assert.equal(await box().getAttribute("aria-invalid"), null);
        assert.equal(await requests(), 1);
      });

      test("that holds Enter on Edit the question puts it back, and does not send it", async () => {
        await run.site.sandbox.script({ status: 429, times: 3 });
        await box().fill("Too fast?");
        await box().press("Enter");
        await answerIn(page, "failed");
        await button("Edit the question").focus();
        await holdKey("Enter");
        await page.keyboard.up("Enter");
        assert.equal(await box().inputValue(), "Too fast?");
        assert.equal(await page.locator(".question").count(), 1);
        assert.equal(await requests(), 3);
      });

      test("that holds Shift and Enter writes lines", async () => {
        await box().focus();
        await page.keyboard.down("Shift");
        await holdKey("Enter");
        await page.keyboard.up("Enter");
        await page.keyboard.up("Shift");
        assert.equal(await box().inputValue(), "\n\n\n\n");
      });
    });
  });
}
