import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { describe, test } from "node:test";

import { contentSecurityPolicy } from "../../www/headers.mjs";
import { answerIn, ask, openPage, view } from "./browser.mjs";

const dist = new URL("../../www/dist/", import.meta.url);

export function pageTests(run) {
  describe("the page", () => {
    test("loads without a complaint and says that its data is an example", async () => {
      const { page, complaints, close } = await openPage(run.browser, run.site.url);
      await page.waitForLoadState("networkidle");
      assert.match(
        await page.getByRole("status").first().innerText(),
        /^Example data\. This page is connected to the sandbox/,
      );
      assert.equal(await page.title(), "Chat · Minara");
      assert.equal(await page.locator("html").getAttribute("lang"), "en");
      assert.deepEqual(complaints, []);
      await close();
    });

    test("is sent with its Content-Security-Policy, which nothing on it breaks", async () => {
      const response = await fetch(run.site.url);
      assert.equal(response.headers.get("content-security-policy"), contentSecurityPolicy);
      assert.equal(response.headers.get("x-content-type-options"), "nosniff");
      assert.equal(response.headers.get("referrer-policy"), "no-referrer");
      const html = await response.text();
      assert.doesNotMatch(html, /<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)/i);
    });

    test("answers each address with its own view, and the back button leads back", async () => {
      const { page, close } = await openPage(run.browser, `${run.site.url}/#prediction`);
      assert.equal(await view(page).getByRole("heading", { level: 1 }).innerText(), "Read a prediction market");
      await page.locator('nav a[href="#swap"]').click();
      // The address changes at once, the view by the event that follows.
      await view(page).getByRole("heading", { level: 1, name: "Plan a swap" }).waitFor();
      assert.equal(await view(page).getByRole("heading", { level: 1 }).innerText(), "Plan a swap");
      await page.goBack();
      await view(page).getByRole("heading", { level: 1, name: "Read a prediction market" }).waitFor();
      await close();
    });

    test("gives each view its title and its top, whatever the view before was scrolled to", async () => {
      const { page, close } = await openPage(run.browser, run.site.url, { viewport: { width: 360, height: 480 } });
      for (const [id, title] of [
        ["swap", "Swap · Minara"],
        ["perp", "Perps · Minara"],
        ["prediction", "Predictions · Minara"],
      ]) {
        await page.evaluate(() => scrollTo(0, 80));
        await page.locator(`nav a[href="#${id}"]`).evaluate((link) => link.click());
        await view(page).and(page.locator(".form-view")).waitFor();
        await page.waitForFunction((wanted) => document.title === wanted, title);
        assert.equal(await page.evaluate(() => scrollY), 0);
      }
      await close();
    });

    test("says nothing of example data when it is live, and says so when its server is not ready", async () => {
      const context = await run.browser.newContext();
      const page = await context.newPage();
      await page.route("**/api/health", (route) => route.fulfill({ json: { status: "ok", upstream: "live" } }));
      await page.goto(run.site.url);
      await page.locator('html[data-source="live"]').waitFor();
      assert.equal(await page.locator("#source").innerText(), "");
      await page.route("**/api/health", (route) =>
        route.fulfill({ status: 503, json: { error: { code: "not_configured" } } }),
      );
      await page.reload();
      await page.getByText("The server of this page is not ready", { exact: false }).waitFor();
      await context.close();
    });

    test("the key is in no answer, no file of the page, and nothing that the terminal shows", async () => {
      await run.site.sandbox.reset();
      const { page, bodies, close } = await openPage(run.browser, run.site.url);
      await ask(page, "What is SOL?");
      await answerIn(page, "done");
      // The API's own refusals may quote the key: none of that may come through.
      for (const status of [401, 500]) {
        await run.site.sandbox.script({ status, times: 3, echoAuthorization: true });
        await ask(page, `And ${status}?`);
        await answerIn(page, "failed");
        await page.getByRole("button", { name: "New chat" }).click();
      }
      const seen = (await bodies()).flat();
      seen.push(await page.content(), run.site.output());
      for (const name of await readdir(dist)) seen.push(name, (await readFile(new URL(name, dist))).toString("latin1"));
      await close();
      assert.ok(
        seen.some((text) => text.startsWith("\0asm")),
        "the wasm file is among what was searched",
      );
      assert.ok(
        seen.some((text) => text.includes("[DONE]")),
        "the stream is among what was searched",
      );
      for (const form of keyForms(run.site.key)) {
        assert.deepEqual(
          seen.filter((text) => text.includes(form)),
          [],
          `no occurrence of ${form}`,
        );
      }
    });
  });
}

/** The key as it stands, and as it would look inside base64 at each of the three alignments. */
function keyForms(key) {
  const aligned = [0, 1, 2].map((shift) => {
    const encoded = Buffer.from(`${"\0".repeat(shift)}${key}`).toString("base64");
    return encoded.slice(shift === 0 ? 0 : 4, -4);
  });
  return [key, key.slice("sk-minara-".length), ...aligned];
}
