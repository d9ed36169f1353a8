// How a form is sent: once, with everything said that a visitor cannot see.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { openPage, view } from "./browser.mjs";
import { describedBy, openForm, resultIn, submitForm } from "./form.mjs";
import { until } from "./site.mjs";

export function sendingTests(run) {
  describe("sending a form", () => {
    let page, opened;
    const requests = async () => (await run.site.sandbox.requests()).length;
    const hasFocus = (locator) => locator.evaluate((element) => element === document.activeElement);
    const status = (text) => view(page).getByRole("status").filter({ hasText: text });

    beforeEach(async () => {
      await run.site.sandbox.reset();
      opened = await openPage(run.browser, run.site.url, { permissions: ["clipboard-read", "clipboard-write"] });
      ({ page } = opened);
      await openForm(page, "perp");
    });
    afterEach(() => opened.close());

    test("twice with Enter makes one call, and says that it is worked on", async () => {
      await run.site.sandbox.script({ delayMs: 1000 });
      const symbol = view(page).getByLabel("Symbol", { exact: true });
      await symbol.press("Enter");
      await symbol.press("Enter");
      const busy = () => view(page).locator(".result").getAttribute("aria-busy");
      assert.equal(await busy(), "true");
      assert.equal(await status("Working on it. This can take a while.").count(), 1);
      await resultIn(page, "done");
      assert.equal(await busy(), "false");
      await status("The result is ready.").waitFor({ state: "attached" });
      assert.equal(await requests(), 1);
    });

    test("works again after it was stopped", async () => {
      await run.site.sandbox.script({ stall: "before-headers" });
      await submitForm(page, "perp");
      await until(async () => (await requests()) === 1, "the request in the sandbox");
      await view(page).getByRole("button", { name: "Stop" }).click();
      await resultIn(page, "stopped");
      await submitForm(page, "perp");
      await resultIn(page, "done");
      assert.equal(await requests(), 2);
    });

    test("with several mistakes leads to the first, and each field keeps its hint before what is wrong", async () => {
      await view(page).getByLabel("Leverage").fill("41");
      await view(page).getByLabel("Symbol", { exact: true }).fill("");
      await submitForm(page, "perp");
      await resultIn(page, "error");
      assert.ok(await hasFocus(view(page).getByLabel("Symbol", { exact: true })));
      assert.equal(
        await describedBy(view(page).getByLabel("Leverage")),
        "From 1 to 40. Must be a number from 1 to 40, not 41.",
      );
    });

    test("again after a refusal leaves the keyboard focus on the form's own button, before and after", async () => {
      await run.site.sandbox.script({ status: 429, times: 3 }, { delayMs: 500 });
      await submitForm(page, "perp");
      await (await resultIn(page, "error")).getByRole("button", { name: "Try again" }).press("Enter");
      assert.ok(await hasFocus(view(page).getByRole("button", { name: "Stop" })));
      await resultIn(page, "done");
      assert.ok(await hasFocus(view(page).getByRole("button", { name: "Get a suggestion" })));
      assert.equal(await requests(), 4);
    });

    test("gives an answer whose JSON can be copied whole", async () => {
      const answer = { side: "long", entryPrice: 1.5, extra: { "<b>": [1, null] } };
      await run.site.sandbox.script({ body: answer });
      await submitForm(page, "perp");
      const result = await resultIn(page, "done");
      await result.getByText("Answer as JSON").click();
      await result.getByRole("button", { name: "Copy" }).click();
      await result.getByRole("button", { name: "Copied" }).waitFor();
      const json = JSON.stringify(answer, null, 2);
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), json);
      assert.equal(await result.locator(".raw pre").textContent(), json);
    });
  });
}
