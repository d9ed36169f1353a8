// What the page says of its Worker, which may be started anew under an open page, with a key or without.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { answerIn, ask, openPage } from "./browser.mjs";
import { openForm, resultIn, submitForm } from "./form.mjs";
import { until } from "./site.mjs";

const LIVE = { json: { status: "ok", upstream: "live" } };
const SANDBOX = { json: { status: "ok", upstream: "sandbox" } };
const NOT_READY = { status: 503, json: { error: { code: "not_configured" } } };

const EXAMPLE =
  "Example data. This page is connected to the sandbox: every price, amount and answer is made up, and nothing is " +
  "billed.";
const UNREACHABLE =
  "The server of this page is not ready, so questions may not reach Minara. The page looks again when you come back " +
  "to it, and with each question.";

export function sourceTests(run) {
  describe("the notice of example data", () => {
    let page, opened, health;
    const notice = () => page.locator("#source");
    const state = async () => [await notice().innerText(), await notice().getAttribute("class")];
    const source = (name) => page.locator(`html[data-source="${name}"]`).waitFor({ state: "attached" });
    /** As the browser does when the visitor goes to another tab, or comes back. */
    const turn = (visibilityState) =>
      page.evaluate((value) => {
        Object.defineProperty(document, "visibilityState", { value, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }, visibilityState);

    beforeEach(async () => {
      await run.site.sandbox.reset();
      opened = await openPage(run.browser, run.site.url);
      ({ page } = opened);
      health = SANDBOX;
      await page.route("**/api/health", (route) => route.fulfill(health));
    });
    afterEach(() => opened.close());

    test("follows the Worker in both directions when the visitor comes back to the page", async () => {
      for (const [answer, name, text, kind] of [
        [LIVE, "live", "", "notice"],
        [NOT_READY, "unreachable", UNREACHABLE, "notice is-error"],
        [SANDBOX, "sandbox", EXAMPLE, "notice"],
        [NOT_READY, "unreachable", UNREACHABLE, "notice is-error"],
        [LIVE, "live", "", "notice"],
        [SANDBOX, "sandbox", EXAMPLE, "notice"],
      ]) {
        health = answer;
        await turn("visible");
        await source(name);
        assert.deepEqual(await state(), [text, kind]);
      }
    });

    test("is not looked after while the page is hidden", async () => {
      const asked = [];
      page.on("request", (request) => asked.push(new URL(request.url()).pathname));
      await turn("hidden");
      await turn("visible");
      await until(() => asked.length > 0, "the question for the health");
      assert.deepEqual(asked, ["/api/health"]);
    });

    test("goes with the first call that is billed, while that is still on its way", async () => {
      health = LIVE;
      await run.site.sandbox.script({ stall: 20 }, { stall: "before-headers" });
      await ask(page, "What is SOL?");
      await source("live");
      assert.deepEqual(await state(), ["", "notice"]);
      assert.equal(await page.getByRole("button", { name: "Stop" }).count(), 1);

      health = NOT_READY;
      await openForm(page, "perp");
      await submitForm(page, "perp");
      await source("unreachable");
      assert.deepEqual(await state(), [UNREACHABLE, "notice is-error"]);
    });

    test("makes no call wait for it", async () => {
      await page.route("**/api/health", () => {});
      await ask(page, "What is SOL?");
      await answerIn(page, "done");
      await openForm(page, "perp");
      await submitForm(page, "perp");
      await resultIn(page, "done");
      assert.deepEqual(await state(), [EXAMPLE, "notice"]);
    });

    test("says what was asked for last, whichever answer comes first", async () => {
      const held = [];
      await page.route("**/api/health", (route) => held.push(route));
      await turn("visible");
      await turn("visible");
      await until(() => held.length === 2, "both questions for the health");
      await held[1].fulfill(LIVE);
      await source("live");
      const late = page.waitForResponse("**/api/health");
      await held[0].fulfill(SANDBOX);
      await (await late).finished();
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
      assert.deepEqual(await state(), ["", "notice"]);
    });

    test("is not announced again by a look that finds nothing new", async () => {
      await notice().evaluate((element) => {
        globalThis.changes = 0;
        const count = (changes) => (globalThis.changes += changes.length);
        new MutationObserver(count).observe(element, { childList: true, subtree: true, attributes: true });
      });
      await ask(page, "What is SOL?");
      await answerIn(page, "done");
      assert.deepEqual([await state(), await page.evaluate(() => globalThis.changes)], [[EXAMPLE, "notice"], 0]);
    });

    test("never comes out of the browser's cache", async () => {
      // Where a test answers in place of the server, the browser has no cache.
      await page.unroute("**/api/health");
      const asked = page.waitForRequest("**/api/health");
      await turn("visible");
      assert.equal((await (await asked).allHeaders())["cache-control"], "no-cache");
    });
  });
}
