import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { answerIn, ask, openPage, view } from "./browser.mjs";
import { NOTHING_KEPT, always, until } from "./site.mjs";

const CHAT = "/v1/developer/chat";

/** No text after these events. The Worker learns that its caller has gone when it next writes to them: with a heartbeat. */
const SILENT = { stall: 40, heartbeatMs: 100 };

/** Of the test that runs. */
let page, opened;

const chats = async (run) => (await run.site.sandbox.requests()).filter(({ path }) => path === CHAT);

export function chatTests(run) {
  describe("chat", () => {
    beforeEach(async () => {
      await run.site.sandbox.reset();
      opened = await openPage(run.browser, run.site.url);
      ({ page } = opened);
    });
    afterEach(() => opened.close());

    answerTests(run);
    courseTests(run);
    refusalTests(run);
    failureTests(run);
    cutTests(run);
  });
}

function answerTests(run) {
  test("an answer grows while it streams and is announced once it is complete", async () => {
    await page.evaluate(() => {
      const log = document.querySelector("[role=log]");
      globalThis.seen = [];
      new MutationObserver(() => {
        const prose = document.querySelector(".answer .prose");
        if (prose) globalThis.seen.push({ length: prose.textContent.length, busy: log.getAttribute("aria-busy") });
      }).observe(log, { childList: true, subtree: true, characterData: true });
    });
    await ask(page, "Analyze the price of BTC");
    const answer = await answerIn(page, "done");
    const seen = await page.evaluate(() => globalThis.seen);
    const growing = seen.filter(({ busy }) => busy === "true");
    assert.ok(new Set(growing.map(({ length }) => length)).size >= 3, "at least three lengths while it streams");
    assert.deepEqual(
      growing.map(({ length }) => length),
      growing.map(({ length }) => length).toSorted((a, b) => a - b),
    );
    assert.equal(await page.getByRole("log").getAttribute("aria-busy"), "false");
    assert.equal(await page.getByRole("status").filter({ hasText: "The answer is complete." }).count(), 1);
    assert.match(await answer.innerText(), /BTC price action/);
    assert.equal((await answer.locator("ul li").count()) > 0, true, "markdown became elements");
    assert.deepEqual(opened.complaints, []);
  });

  test("what a model writes cannot run, fetch a picture, or link to a script", async () => {
    const requested = [];
    page.on("request", (request) => requested.push(request.url()));
    const content = [
      "[script](javascript:alert(1)) [data](data:text/html,x) [good](https://example.com/page)",
      "![picture](https://example.com/pixel.png)",
      "<img src=x onerror=alert(1)><script>alert(1)</script>",
      "- [x] done",
    ].join("\n\n");
    await run.site.sandbox.script({ content });
    await ask(page, "Show me");
    const prose = (await answerIn(page, "done")).locator(".prose");
    const links = await prose
      .locator("a")
      .evaluateAll((all) => all.map((link) => [link.textContent, link.getAttribute("href"), link.rel, link.target]));
    const outside = ["noopener noreferrer nofollow", "_blank"];
    assert.deepEqual(links, [
      ["script", null, "", ""],
      ["data", null, "", ""],
      ["good", "https://example.com/page", ...outside],
      ["picture", "https://example.com/pixel.png", ...outside],
    ]);
    assert.equal(await prose.locator("img, script, input").count(), 0);
    assert.match(await prose.innerText(), /<img src=x onerror=alert\(1\)>/);
    assert.equal(await prose.getByRole("img", { name: "done" }).count(), 1);
    assert.deepEqual(
      requested.filter((url) => !url.startsWith(run.site.url)),
      [],
    );
    assert.deepEqual(opened.complaints, []);
  });

  test("the page follows the answer at the bottom, and leaves a reader who scrolled up alone", async () => {
    await page.setViewportSize({ width: 800, height: 600 });
    await view(page).getByLabel("Expert", { exact: true }).check();
    await ask(page, "Analyze the price of BTC");
    await answerIn(page, "done");
    const fromBottom = () => document.documentElement.scrollHeight - innerHeight - scrollY;
    assert.ok((await page.evaluate(fromBottom)) <= 1, "at the end of the first answer");

    await ask(page, "Analyze the price of ETH");
    await page.locator('.answer[data-state="streaming"]').waitFor();
    await page.evaluate(() => scrollTo(0, 0));
    await until(async () => (await page.locator('.answer[data-state="done"]').count()) === 2, "two answers");
    assert.equal(await page.evaluate(() => scrollY), 0);
  });
}

function courseTests(run) {
  test("the mode is sent, and the second question continues the conversation of the first", async () => {
    await ask(page, "What is SOL?");
    await answerIn(page, "done");
    await view(page).getByLabel("Expert", { exact: true }).check();
    await ask(page, "And its risks?");
    await until(async () => (await page.locator('.answer[data-state="done"]').count()) === 2, "two answers");
    const [first, second] = (await chats(run)).map(({ body: { requestId, ...body } }) => ({ requestId, body }));
    assert.deepEqual(first.body, { mode: "fast", stream: true, message: { role: "user", content: "What is SOL?" } });
    const { chatId, ...rest } = second.body;
    assert.match(chatId, /^\S+$/);
    assert.deepEqual(rest, { mode: "expert", stream: true, message: { role: "user", content: "And its risks?" } });
    assert.notEqual(first.requestId, second.requestId);

    await page.getByRole("button", { name: "New chat" }).click();
    await ask(page, "Something else");
    await answerIn(page, "done");
    assert.equal((await chats(run))[2].body.chatId, undefined);
  });

  test("Stop keeps what has arrived, marks it, and closes the connection to the API", async () => {
    await run.site.sandbox.script(SILENT);
    await ask(page, "Analyze the price of ETH");
    const answer = await answerIn(page, "streaming");
    await page.getByRole("button", { name: "Stop" }).click();
    await answerIn(page, "stopped");
    assert.match(await answer.innerText(), /Stopped: this answer is incomplete\. It may have been billed\./);
    assert.ok((await answer.locator(".prose").innerText()).length > 0);
    await until(async () => (await chats(run))[0]?.closed, "the sandbox's connection closed");
    assert.equal((await chats(run)).length, 1);
    await page.getByRole("button", { name: "Send" }).waitFor();
  });

  test("New chat ends the answer that streams, and the next question begins a conversation", async () => {
    await run.site.sandbox.script(SILENT);
    await ask(page, "Analyze the price of ETH");
    await answerIn(page, "streaming");
    await page.getByRole("button", { name: "New chat" }).click();
    assert.equal(await page.locator(".question, .answer").count(), 0);
    await until(async () => (await chats(run))[0].closed, "the sandbox's connection closed");
    await ask(page, "What is SOL?");
    await answerIn(page, "done");
    assert.equal((await chats(run))[1].body.chatId, undefined);
    assert.equal(await page.locator(".question").count(), 1);
  });
}

function refusalTests(run) {
  for (const [name, question, message] of [
    ["an empty", "", "Must be a string of 1 to 32,000 characters; it is empty."],
    ["a blank", "  \n ", "Must be a string of 1 to 32,000 characters; it is only white space."],
    ["an over-long", "x".repeat(32_001), "Must be a string of 1 to 32,000 characters; it has 32,001."],
  ]) {
    test(`${name} question is refused beside its field and never sent`, async () => {
      await ask(page, question);
      const box = page.getByLabel("Your question");
      await page.locator(".composer .field-message", { hasText: message }).waitFor();
      assert.equal(await box.getAttribute("aria-invalid"), "true");
      assert.equal(await box.inputValue(), question, "the question is back in its box");
      assert.equal(await page.locator(".question, .answer").count(), 0);
      assert.deepEqual(await run.site.sandbox.requests(), []);
      await box.fill("What is SOL?");
      assert.equal(await box.getAttribute("aria-invalid"), null);
    });
  }
}

function failureTests(run) {
  test("a failure of the API is told in words, with no button that could be billed twice", async () => {
    await run.site.sandbox.script(always({ status: 500 }));
    await ask(page, "Will it fail?");
    const answer = await answerIn(page, "failed");
    assert.match(
      await answer.getByRole("alert").innerText(),
      /Minara’s service failed while working on this\..*It may have been billed\./s,
    );
    assert.equal(await answer.getByRole("button", { name: "Try again" }).count(), 0);
    await answer.getByRole("button", { name: "Edit the question" }).click();
    assert.equal(await page.getByLabel("Your question").inputValue(), "Will it fail?");
    // Under one id, for which the API charges once.
    assert.equal(new Set((await chats(run)).map(({ body }) => body.requestId)).size, 1);
  });

  test("a refusal for too many requests can be tried again, but not before its time", async () => {
    await run.site.sandbox.script({ status: 429, headers: { "Retry-After": "2000" } });
    await ask(page, "Too fast?");
    const answer = await answerIn(page, "failed");
    assert.match(
      await answer.getByRole("alert").innerText(),
      /Too many requests just now\..*The call was refused, so it was not billed\./s,
    );
    assert.ok(await answer.getByRole("button", { name: /^Try again in \d+ s$/ }).isDisabled());
    assert.equal((await chats(run)).length, 1);
  });

  test("after a refusal without a time, Try again asks the same question again", async () => {
    await run.site.sandbox.script({ status: 429, times: 3 });
    await ask(page, "Too fast?");
    const answer = await answerIn(page, "failed");
    await answer.getByRole("button", { name: "Try again", exact: true }).click();
    await answerIn(page, "done");
    assert.equal(await page.locator(".question").count(), 1);
    const sent = (await chats(run)).map(({ body }) => body.message.content);
    assert.deepEqual(sent, ["Too fast?", "Too fast?", "Too fast?", "Too fast?"]);
  });
}

function cutTests(run) {
  test("an answer that is cut off keeps its text and says that it is incomplete", async () => {
    await run.site.sandbox.script(always({ end: 30, noDone: true }), NOTHING_KEPT);
    await ask(page, "Analyze the price of BTC");
    const answer = await answerIn(page, "failed");
    assert.match(await answer.locator(".prose").innerText(), /Sandbox answer/);
    assert.match(
      await answer.getByRole("alert").innerText(),
      /The answer was cut off before its end\..*It may have been billed\./s,
    );
  });

  for (const [what, fault] of [
    ["ends too early", { end: 30, noDone: true }],
    ["breaks off", { reset: 30 }],
    ["is lost before it begins", { reset: "before-headers" }],
  ]) {
    test(`an answer that ${what} is completed from the one that is kept, and charged once`, async () => {
      const content = Array.from({ length: 60 }, (_, index) => `word${index}`).join(" ");
      await run.site.sandbox.script({ ...fault, content });
      await ask(page, "Analyze the price of BTC");
      const answer = await answerIn(page, "done");
      assert.equal(await answer.locator(".prose").innerText(), content);
      assert.equal((await run.site.sandbox.counters()).charges, 1);
    });
  }
}
