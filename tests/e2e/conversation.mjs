// What a visitor does in the chat beside asking: suggestions, copies, drafts, a conversation that goes on.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { answerIn, ask, openPage, view } from "./browser.mjs";
import { lines } from "./form.mjs";
import { always, until } from "./site.mjs";

/** Markdown in all its kinds, which ends with what could still have become markup. */
const MARKDOWN = [
  "# Title",
  "#### Below it",
  "3. third\n4. fourth",
  "| Coin | Price |\n|---|---|\n| BTC | 1 |",
  "```js\nconst x = 1;\n```",
  "- [ ] to do",
  "A <b>tag</b> and a star *",
].join("\n\n");

export function conversationTests(run) {
  describe("a conversation", () => {
    let page, opened;
    const box = () => page.getByLabel("Your question");
    const hasFocus = (locator) => locator.evaluate((element) => element === document.activeElement);
    const status = (text) => page.getByRole("status").filter({ hasText: text }).count();
    const sent = async () => (await run.site.sandbox.requests()).map(({ body }) => body);
    const answered = (count) =>
      until(async () => (await page.locator('.answer[data-state="done"]').count()) === count, `${count} answers`);

    beforeEach(async () => {
      await run.site.sandbox.reset();
      opened = await openPage(run.browser, run.site.url, { permissions: ["clipboard-read", "clipboard-write"] });
      ({ page } = opened);
    });
    afterEach(() => opened.close());

    test("begins with suggestions, which fill the box and send nothing", async () => {
      const suggestions = page.getByRole("list", { name: "Questions to start from" }).getByRole("button");
      assert.deepEqual(await lines(suggestions), [
        "Why did SOL move today?",
        "Compare ETH staking yields on Lido and Rocket Pool",
        "What are the main risks of lending USDC on Base?",
      ]);
      await suggestions.nth(1).click();
      assert.equal(await box().inputValue(), "Compare ETH staking yields on Lido and Rocket Pool");
      assert.ok(await hasFocus(box()));
      assert.equal(await page.locator(".question").count(), 0);
      assert.deepEqual(await sent(), []);
    });

    test("takes a question as it was written, empties the box, and sends it once for two Enters", async () => {
      await run.site.sandbox.script({ delayMs: 300 });
      await box().fill("<b>Why</b> did SOL move?");
      await box().press("Enter");
      await box().press("Enter");
      assert.equal(await box().inputValue(), "");
      assert.equal(await status("Minara is answering."), 1);
      assert.equal(await page.getByRole("list", { name: "Questions to start from" }).count(), 0);
      await answered(1);
      assert.deepEqual(await lines(page.locator(".question p")), ["<b>Why</b> did SOL move?"]);
      assert.deepEqual((await sent()).map(({ message }) => message.content), ["<b>Why</b> did SOL move?"]);
      assert.equal(await status("Minara is answering."), 0);
      assert.equal(await page.locator(".composer [aria-invalid]").count(), 0);
    });

    test("keeps what is written while an answer streams, and does not send it before that one has ended", async () => {
      await run.site.sandbox.script({ stall: 20 });
      await ask(page, "What is SOL?");
      await answerIn(page, "streaming");
      await box().fill("And its risks?");
      await box().press("Enter");
      assert.equal(await box().inputValue(), "And its risks?");
      await page.getByRole("button", { name: "Stop" }).click();
      await answerIn(page, "stopped");
      assert.equal(await box().inputValue(), "And its risks?");
      assert.equal((await sent()).length, 1);
    });

    test("says in which mode an answer is given, and how long that takes", async () => {
      for (const [mode, waiting] of [
        ["Fast", "Thinking…"],
        ["Expert", "Thinking… An expert answer can take a while."],
      ]) {
        await view(page).getByLabel(mode, { exact: true }).check();
        await run.site.sandbox.script({ stall: "after-headers" });
        await ask(page, "Hello?");
        const answer = await answerIn(page, "waiting");
        assert.deepEqual(await lines(answer), [`Minara ${mode} ${waiting}`]);
        await page.getByRole("button", { name: "Stop" }).click();
        await page.getByRole("button", { name: "Send" }).waitFor();
      }
    });

    test("goes on after an answer that failed, and after one that was stopped", async () => {
      await ask(page, "What is SOL?");
      await answered(1);
      await run.site.sandbox.script({ status: 500, times: 3 });
      await ask(page, "Will it fail?");
      await answerIn(page, "failed");
      await ask(page, "And its risks?");
      await answered(2);
      const [, failed, , , next] = await sent();
      assert.match(failed.chatId, /^\S+$/);
      assert.equal(next.chatId, failed.chatId);

      await page.getByRole("button", { name: "New chat" }).click();
      await run.site.sandbox.script({ stall: 20 });
      await ask(page, "What is ETH?");
      await answerIn(page, "streaming");
      await page.getByRole("button", { name: "Stop" }).click();
      await answerIn(page, "stopped");
      await ask(page, "And BTC?");
      await answered(1);
      const [stopped, last] = (await sent()).slice(-2);
      assert.equal(stopped.chatId, undefined);
      assert.match(last.chatId, /^\S+$/);
      assert.notEqual(last.chatId, next.chatId);
    });

    test("that is begun anew has its suggestions back and the focus in its box", async () => {
      await ask(page, "What is SOL?");
      await answered(1);
      const button = page.getByRole("button", { name: "New chat" });
      await button.click();
      assert.ok(await hasFocus(box()));
      assert.equal(await button.count(), 0);
      assert.equal(await page.getByRole("list", { name: "Questions to start from" }).count(), 1);
    });

    test("gives a failed question back into the box, with the focus", async () => {
      await run.site.sandbox.script(always({ status: 500 }));
      await ask(page, "Will it fail?");
      await (await answerIn(page, "failed")).getByRole("button", { name: "Edit the question" }).click();
      assert.equal(await box().inputValue(), "Will it fail?");
      assert.ok(await hasFocus(box()));
    });

    test("shows Markdown to its last character, below the page's headings, and copies it as it came", async () => {
      await run.site.sandbox.script({ content: MARKDOWN });
      await ask(page, "Show me");
      const answer = await answerIn(page, "done");
      const prose = answer.locator(".prose");
      assert.deepEqual(await lines(prose.getByRole("heading", { level: 3 })), ["Title"]);
      assert.deepEqual(await lines(prose.getByRole("heading", { level: 4 })), ["Below it"]);
      assert.equal(await prose.locator("ol").getAttribute("start"), "3");
      assert.equal(await prose.getByRole("group", { name: "Table" }).locator("table").count(), 1);
      assert.equal(await prose.getByRole("group", { name: "Code" }).locator("pre").count(), 1);
      assert.equal(await prose.getByRole("img", { name: "not done" }).count(), 1);
      assert.equal(await prose.locator("p").last().innerText(), "A <b>tag</b> and a star *");
      await answer.getByRole("button", { name: "Copy" }).click();
      await answer.getByRole("button", { name: "Copied" }).waitFor();
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), MARKDOWN);
      await answer.getByRole("button", { name: "Copy", exact: true }).waitFor();
    });

    test("says so where the browser does not let it copy", async () => {
      await ask(page, "What is SOL?");
      const answer = await answerIn(page, "done");
      await page.evaluate(() => {
        navigator.clipboard.writeText = () => Promise.reject(new Error("not allowed"));
      });
      await answer.getByRole("button", { name: "Copy" }).click();
      await answer.getByRole("button", { name: "Could not copy" }).waitFor();
    });
  });
}
