// Every refusal and failure in the words that a visitor reads, and what can be done after it.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { answerIn, ask, openPage } from "./browser.mjs";
import { lines, openForm, resultIn, submitForm } from "./form.mjs";
import { NOTHING_KEPT, always } from "./site.mjs";

const REFUSED = "The call was refused, so it was not billed.";
const UNKNOWN = "It may have been billed.";
const SERVICE_FAILED = "Minara’s service failed while working on this. Wait a moment before you ask again.";

/** What the API answers with, and what the error box says: first what and what to do, then what it costs. */
const STATUSES = [
  [
    400,
    "The request was not accepted. Change what the details name and send it again.",
    REFUSED,
    "invalid_request (HTTP 400): ",
  ],
  [401, SERVICE_FAILED, REFUSED, "upstream_error (HTTP 502): "],
  [
    402,
    "The credits of this site are used up. Only the person who runs it can top them up.",
    REFUSED,
    "payment_required (HTTP 402): ",
  ],
  [
    403,
    "This call is not allowed here. Open the page at its own address. If it still fails, tell the person who runs it.",
    REFUSED,
    "forbidden (HTTP 403): ",
  ],
  [
    404,
    "This conversation or address is not known. Start a new chat, or reload the page.",
    REFUSED,
    "not_found (HTTP 404): ",
  ],
  [
    409,
    "This request was already used for something else, or is too old. Send it again as a new question.",
    REFUSED,
    "conflict (HTTP 409): ",
  ],
  [413, "The text is too long. Shorten it and send it again.", REFUSED, "payload_too_large (HTTP 413): "],
  [500, SERVICE_FAILED, UNKNOWN, "upstream_error (HTTP 502): "],
];

/** What may go wrong on the way. */
const BREAKS = [
  [{ reset: "before-headers" }, "The connection failed. Check that you are online, then ask again.", UNKNOWN],
  [
    { errorEvent: { at: 4, code: "overloaded", message: "<b>No</b>" }, end: 5 },
    "Minara stopped this answer with an error. Ask again if you still need it.",
    UNKNOWN,
  ],
  [
    { end: 9, noDone: true },
    "The answer was cut off before its end. What has arrived is shown. Ask again if you need the rest.",
    UNKNOWN,
  ],
];

/** Answers to a swap that was worked out. */
const UNREADABLE = [
  [
    { transaction: {} },
    "The answer is a transaction of a kind that cannot be checked here. Do not sign it. Try a swap on an EVM chain " +
      "such as Base or Ethereum.",
  ],
  ["<h1>hi</h1>", "Minara’s answer could not be read. Ask again only if you accept that it is a new call."],
];

export function errorTests(run) {
  describe("an error", () => {
    let page, opened;
    const open = async () => {
      opened = await openPage(run.browser, run.site.url);
      ({ page } = opened);
    };
    beforeEach(async () => {
      await run.site.sandbox.reset();
      await open();
    });
    afterEach(() => opened.close());

    /** The box under the newest question, once that has failed. */
    const failed = async (question) => {
      await ask(page, question);
      const article = page.locator(".question").filter({ hasText: question }).locator("xpath=following-sibling::*[1]");
      const box = article.locator(".error-box");
      await box.waitFor();
      return box;
    };

    test("of each kind that the API knows is told by its cause, its cost and a reference", async () => {
      for (const [status, what, billing, details] of STATUSES) {
        await run.site.sandbox.reset();
        await run.site.sandbox.script(always({ status }));
        const box = await failed(`What about ${status}?`);
        assert.deepEqual(await lines(box.getByRole("alert").locator("> p")), [what, billing]);
        assert.deepEqual(await lines(box.getByRole("button")), ["Edit the question"]);
        await box.getByText("Details", { exact: true }).click();
        const [cause, reference] = await lines(box.locator("details p"));
        assert.ok(cause.startsWith(details), cause);
        assert.match(reference, /^Reference: \S{8,}$/);
      }
    });

    test("on the way is told by what broke, and is sent again under its own id alone", async () => {
      for (const [index, [fault, what, billing]] of BREAKS.entries()) {
        await run.site.sandbox.reset();
        await run.site.sandbox.script(always(fault), NOTHING_KEPT);
        const box = await failed(`Question ${index}`);
        assert.deepEqual(await lines(box.getByRole("alert").locator("> p")), [what, billing]);
        assert.deepEqual(await lines(box.getByRole("button")), ["Edit the question"]);
        const posts = (await run.site.sandbox.requests()).filter(({ method }) => method === "POST");
        assert.equal(new Set(posts.map(({ body }) => body.requestId)).size, 1);
        assert.ok((await run.site.sandbox.counters()).charges <= 1);
        await page.getByRole("button", { name: "New chat" }).click();
      }
    });

    test("in an answer that was worked out says that it was probably billed", async () => {
      for (const [body, what] of UNREADABLE) {
        await run.site.sandbox.script({ body });
        await openForm(page, "swap");
        await submitForm(page, "swap");
        await page.getByText(what.split(". ")[0]).waitFor();
        const box = (await resultIn(page, "error")).locator(".error-box");
        assert.deepEqual(await lines(box.getByRole("alert").locator("> p")), [what, "The work was done, so it was probably billed."]);
        assert.equal(await box.getByRole("button").count(), 0);
      }
    });

    test("shows what the server wrote as text", async () => {
      const message = "<img src=x onerror=alert(1)> is no question";
      await page.route("**/api/v1/**", (route) =>
        route.fulfill({ status: 400, json: { error: { code: "invalid_request", message } } }),
      );
      const details = (await failed("Hello?")).locator("details");
      await details.getByText("Details", { exact: true }).click();
      assert.match(await details.innerText(), /<img src=x onerror=alert\(1\)> is no question/);
      assert.equal(await details.locator("img").count(), 0);
    });

    test("with a time to wait says it, instead of waiting in silence", async () => {
      await run.site.sandbox.script({ status: 429, headers: { "Retry-After": "10" } });
      const box = await failed("Too fast?");
      assert.deepEqual(await lines(box.getByRole("alert").locator("> p")), [
        "Too many requests just now. Wait a moment, then try again.",
        `It can be tried again in 10 seconds. ${REFUSED}`,
      ]);
      assert.equal((await run.site.sandbox.requests()).length, 1);
    });

    test("with one second to wait says so in the singular", async () => {
      await run.site.sandbox.script({ status: 429, times: 3, headers: { "Retry-After": "1" } });
      const box = await failed("Too fast?");
      assert.match(await box.innerText(), /It can be tried again in 1 second\. The call was refused/);
    });

    test("is announced by its sentences alone, and its countdown in silence", async () => {
      await page.clock.install();
      await run.site.sandbox.script({ status: 429, headers: { "Retry-After": "2000" } });
      const box = await failed("Too fast?");
      assert.deepEqual(await lines(page.getByRole("alert")), [
        `Too many requests just now. Wait a moment, then try again. It can be tried again in 2000 seconds. ${REFUSED}`,
      ]);
      await box.evaluate((shown) => {
        globalThis.announced = 0;
        const isLive = (node) => (node.parentElement ?? node).closest("[aria-live], [role=alert]")?.ariaLive !== "off";
        const count = (changes) => (globalThis.announced += changes.filter(({ target }) => isLive(target)).length);
        new MutationObserver(count).observe(shown, { childList: true, subtree: true, characterData: true });
      });
      const button = box.getByRole("button", { name: "Try again" });
      const before = await button.innerText();
      await page.clock.runFor(5_000);
      assert.notEqual(await button.innerText(), before);
      assert.equal(await page.evaluate(() => globalThis.announced), 0);
    });

    test("can be tried again once the time to wait has passed, and not before", async () => {
      await page.clock.install();
      await run.site.sandbox.script({ status: 429, headers: { "Retry-After": "2000" } });
      const button = (await failed("Too fast?")).getByRole("button", { name: "Try again" });
      await page.clock.runFor(1_905_000);
      assert.match(await button.innerText(), /^Try again in 9\d s$/);
      assert.ok(await button.isDisabled());
      await page.clock.runFor(100_000);
      assert.equal(await button.innerText(), "Try again");
      await button.click();
      await answerIn(page, "done");
      assert.equal((await run.site.sandbox.requests()).length, 2);
    });
  });
}
