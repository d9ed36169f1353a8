// That nothing of a visitor's is lost: a draft, a place on the page, an answer on its way, the direction of a script.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { answerIn, ask, openPage, view } from "./browser.mjs";
import { openForm, resultOf } from "./form.mjs";
import { always, until } from "./site.mjs";

export function carefulTests(run) {
  describe("a careful visitor", () => {
    let page, opened;
    const box = () => page.getByLabel("Your question");
    const sent = async () => (await run.site.sandbox.requests()).map(({ body }) => body);
    const answered = (count) =>
      until(async () => (await page.locator('.answer[data-state="done"]').count()) === count, `${count} answers`);
    const refused = async (question) => {
      await run.site.sandbox.script({ status: 429, times: 3 });
      await ask(page, question);
      await answerIn(page, "failed");
      return page.getByRole("button", { name: "Try again" });
    };
    const direction = (locator) => locator.evaluate((element) => getComputedStyle(element).direction);

    beforeEach(async () => {
      await run.site.sandbox.reset();
      opened = await openPage(run.browser, run.site.url);
      ({ page } = opened);
    });
    afterEach(() => opened.close());

    test("keeps a draft when a refused question is sent again, in the mode that it had", async () => {
      await view(page).getByLabel("Expert", { exact: true }).check();
      const again = await refused("Too fast?");
      await view(page).getByLabel("Fast", { exact: true }).check();
      await box().fill("My draft");
      await again.click();
      await answered(1);
      assert.equal(await box().inputValue(), "My draft");
      assert.ok(await box().evaluate((element) => element === document.activeElement), "the focus is not lost");
      const last = (await sent()).at(-1);
      assert.deepEqual([last.mode, last.message.content], ["expert", "Too fast?"]);
      assert.deepEqual(await page.locator(".question p").allInnerTexts(), ["Too fast?"]);
    });

    test("cannot send a refused question again, nor lose it, while another is answered", async () => {
      const again = await refused("Too fast?");
      await run.site.sandbox.script({ stall: 20 });
      await ask(page, "What is SOL?");
      await answerIn(page, "streaming");
      assert.equal(await again.count(), 0);
      await page.getByRole("button", { name: "Stop" }).click();
      await answerIn(page, "stopped");
      assert.equal(await again.count(), 1);
      assert.deepEqual(await page.locator(".question p").allInnerTexts(), ["Too fast?", "What is SOL?"]);
      assert.equal((await sent()).length, 4);
    });

    test("keeps a draft below a suggestion or a question to edit, and replaces what was not typed", async () => {
      const suggestions = page.getByRole("list", { name: "Questions to start from" }).getByRole("button");
      await suggestions.first().click();
      await suggestions.nth(2).click();
      assert.equal(await box().inputValue(), "What are the main risks of lending USDC on Base?");
      await box().fill("My draft");
      await suggestions.first().click();
      assert.equal(await box().inputValue(), "Why did SOL move today?\n\nMy draft");

      await run.site.sandbox.script(always({ status: 500 }));
      await ask(page, "Will it fail?");
      const answer = await answerIn(page, "failed");
      await box().fill("My draft");
      for (const _ of ["once", "twice"]) {
        await answer.getByRole("button", { name: "Edit the question" }).click();
        assert.equal(await box().inputValue(), "Will it fail?\n\nMy draft");
      }
    });

    test("is told that an answer is empty, and has nothing to copy", async () => {
      for (const [index, content] of ["", " \n "].entries()) {
        await run.site.sandbox.script({ content });
        await ask(page, "Say nothing.");
        await answered(index + 1);
        const footer = page.locator(".answer").last().locator(".answer-footer");
        assert.equal(await footer.innerText(), "The answer is empty. It was probably billed.");
      }
    });

    test("is told that an answer was cut at a limit of length, and not so of one that is complete", async () => {
      const note = page.locator(".answer").last().locator(".note");
      await ask(page, "What is SOL?");
      await answered(1);
      assert.equal(await note.count(), 0);
      await run.site.sandbox.script({ finishReason: "length" });
      await ask(page, "What is ETH?");
      await answered(2);
      assert.equal(
        await note.innerText(),
        "This answer is incomplete: it reached the service’s limit of length. Ask for the rest.",
      );
    });

    test("is asked before a page is left whose answer is on its way, and not after", async () => {
      const asked = [];
      page.on("dialog", (dialog) => {
        asked.push(dialog.type());
        return dialog.dismiss();
      });
      const leave = () => page.evaluate(() => void setTimeout(() => location.reload()));
      await run.site.sandbox.script({ stall: 20 });
      await ask(page, "What is SOL?");
      await answerIn(page, "streaming");
      await leave();
      await until(() => asked.length === 1, "the question whether to leave");
      assert.deepEqual(asked, ["beforeunload"]);
      await page.getByRole("button", { name: "Stop" }).click();
      await answerIn(page, "stopped");
      await Promise.all([page.waitForEvent("load"), leave()]);
      assert.deepEqual(asked, ["beforeunload"]);
    });

    test("finds a view scrolled as it was left, and no other view moved by the answer", async () => {
      await page.setViewportSize({ width: 360, height: 500 });
      await ask(page, "Analyze the price of BTC");
      await answered(1);
      await page.evaluate(() => scrollTo(0, 120));
      await run.site.sandbox.script({ pace: 20 });
      await ask(page, "Analyze the price of ETH");
      await answerIn(page, "streaming");
      await page.evaluate(() => scrollTo(0, 130));
      await page.locator('nav a[href="#prediction"]').evaluate((link) => link.click());
      await view(page).getByLabel("Link of the market").waitFor();
      const bottom = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
      await page.evaluate((y) => scrollTo(0, y), bottom - 40);
      await answered(2);
      assert.equal(await page.evaluate(() => scrollY), bottom - 40);
      await page.goBack();
      await box().waitFor();
      assert.equal(await page.evaluate(() => scrollY), 130);
    });

    test("who doubles the size of letters on a phone reads each price of a suggestion in two lines at most", async () => {
      await page.setViewportSize({ width: 360, height: 740 });
      await openForm(page, "perp");
      const answer = { side: "short", entryPrice: 68536.08, stopLossPrice: 68920.78, takeProfitPrice: 67407.99 };
      const result = await resultOf(run, page, "perp", answer);
      const picture = result.locator(".level-axis");
      assert.ok((await picture.boundingBox()).width >= 64, "the picture has room");
      await page.evaluate(() => void (document.documentElement.style.fontSize = "200%"));
      const counts = await result.locator(".level-price").evaluateAll((prices) => {
        const lineHeight = (price) => Number.parseFloat(getComputedStyle(price).lineHeight);
        return prices.map((price) => Math.round(price.getBoundingClientRect().height / lineHeight(price)));
      });
      assert.ok(Math.max(...counts) <= 2, `lines of the prices: ${counts}`);
    });

    test("reads each part of an answer from the side on which its own script begins", async () => {
      const table = "| سعر |\n|---|\n| 1 |";
      const content = ["مرحبا BTC.", "- واحد", "> قال", table, "# عنوان", "English.", "```\nمرحبا\n```"];
      await run.site.sandbox.script({ content: content.join("\n\n") });
      await box().fill("ما سعر BTC؟");
      assert.equal(await direction(box()), "rtl");
      await box().press("Enter");
      const prose = (await answerIn(page, "done")).locator(".prose");
      assert.equal(await direction(page.locator(".question p")), "rtl");
      for (const [tag, expected] of [
        ["p", "rtl"],
        ["ul", "rtl"],
        ["blockquote", "rtl"],
        ["table", "rtl"],
        ["h3", "rtl"],
        ["pre", "ltr"],
      ]) {
        assert.equal(await direction(prose.locator(tag).first()), expected, tag);
      }
      assert.equal(await direction(prose.getByText("English.")), "ltr");
      await openForm(page, "perp");
      const result = await resultOf(run, page, "perp", { side: "long", reasons: ["سبب"], risks: ["Risk"] });
      assert.deepEqual(await Promise.all((await result.locator(".points ul").all()).map(direction)), ["rtl", "ltr"]);
    });
  });
}
