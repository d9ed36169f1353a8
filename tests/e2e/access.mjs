import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";

import AxeBuilder from "@axe-core/playwright";

import { answerIn, ask, openPage, view } from "./browser.mjs";
import { until } from "./site.mjs";

export function accessTests(run) {
  for (const width of [320, 1280]) {
    for (const colorScheme of ["light", "dark"]) {
      describe(`at ${width} px, ${colorScheme}`, () => accessibleAt(run, width, colorScheme));
    }
  }
  describe("keyboard and input methods", () => keyboardTests(run));
}

/** One visitor walks through every view and every state. */
function accessibleAt(run, width, colorScheme) {
  let page, opened;
  before(async () => {
    await run.site.sandbox.reset();
    opened = await openPage(run.browser, run.site.url, { viewport: { width, height: 720 }, colorScheme });
    ({ page } = opened);
  });
  after(() => opened.close());

  const check = async () => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
      [],
    );
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    assert.ok(overflow <= 0, `the page is ${overflow} px wider than its window`);
  };
  const submitted = async (form, button, state) => {
    await page.locator(`nav a[href="#${form}"]`).click();
    if (form === "swap") {
      await view(page).getByLabel("What do you want to swap?").fill("swap 1234.567891 USDC to ETH");
      await view(page)
        .getByLabel("Wallet address")
        .fill(state === "done" ? `0x${"ab".repeat(20)}` : "0x");
    }
    if (form === "prediction") {
      await view(page).getByLabel("Link of the market").fill("https://polymarket.com/event/who-will-win-the-election");
      await view(page).getByLabel("Expert", { exact: true }).check();
    }
    await view(page).getByRole("button", { name: button }).click();
    await view(page).locator(`.result[data-state="${state}"]`).waitFor();
  };

  test("the empty chat has no violation and no overflow", check);
  test("a waiting answer has none", async () => {
    await run.site.sandbox.script({ stall: "after-headers" });
    await ask(page, "Hello?");
    await answerIn(page, "waiting");
    await check();
    await page.getByRole("button", { name: "Stop" }).click();
    await answerIn(page, "stopped");
  });
  test("a conversation with tables, code, a long word and a failure has none", async () => {
    await view(page).getByLabel("Expert", { exact: true }).check();
    await ask(page, "Show a code example for the price of BTC");
    await answerIn(page, "done");
    await ask(page, `Analyze the price of ETH ${"x".repeat(200)}`);
    await until(async () => (await page.locator('.answer[data-state="done"]').count()) === 2, "two answers");
    await run.site.sandbox.script({ status: 429, headers: { "Retry-After": "600" } });
    await ask(page, "Again");
    await answerIn(page, "failed");
    await page.getByText("Details").click();
    await check();
  });
  test("a refused question has none", async () => {
    await ask(page, " ");
    await page.locator(".composer .field-message").waitFor();
    await check();
  });
  test("refused fields have none", async () => {
    await submitted("swap", "Get a quote", "error");
    await check();
  });
  for (const [form, button] of [
    ["swap", "Get a quote"],
    ["perp", "Get a suggestion"],
    ["prediction", "Estimate"],
  ]) {
    test(`a ${form} result with its JSON has none`, async () => {
      await submitted(form, button, "done");
      await view(page).getByText("Answer as JSON").click();
      await check();
    });
  }
}

function keyboardTests(run) {
  let page, opened;
  beforeEach(async () => {
    await opened?.close();
    await run.site.sandbox.reset();
    opened = await openPage(run.browser, run.site.url, { reducedMotion: "reduce" });
    ({ page } = opened);
  });
  after(() => opened.close());

  const focused = () =>
    page.evaluate(() => {
      const { activeElement: element } = document;
      const name = element.labels?.[0]?.innerText || element.innerText || element.getAttribute("placeholder");
      return { name: name?.trim(), outline: getComputedStyle(element.closest("label") ?? element).outlineStyle };
    });
  const tabTo = async (name) => {
    for (let presses = 0; presses < 40; presses += 1) {
      await page.keyboard.press("Tab");
      const { name: reached, outline } = await focused();
      assert.notEqual(outline, "none", `the focus on ${reached} can be seen`);
      if (reached === name) return;
    }
    assert.fail(`${name} was not reached with Tab`);
  };

  test("a question can be asked and stopped with the keyboard alone", async () => {
    await run.site.sandbox.script({ stall: 30 });
    await tabTo("Your question");
    await page.keyboard.type("First line");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("second line");
    await page.keyboard.press("Enter");
    await answerIn(page, "streaming");
    assert.equal((await focused()).name, "Your question", "the next question can be written meanwhile");
    await tabTo("Stop");
    await page.keyboard.press("Enter");
    await answerIn(page, "stopped");
    assert.equal((await focused()).name, "Send", "the focus is not lost with the Stop button");
    const [{ body }] = await run.site.sandbox.requests();
    assert.equal(body.message.content, "First line\nsecond line");
  });

  test("a form can be reached, filled, sent and read with the keyboard alone", async () => {
    await tabTo("Perps");
    await page.keyboard.press("Enter");
    await view(page).getByRole("heading", { level: 1, name: "Get a perp suggestion" }).waitFor();
    assert.equal((await focused()).name, "Get a perp suggestion", "the new view's title has the focus");
    assert.equal(await page.locator("nav a[aria-current]").innerText(), "Perps");
    await tabTo("Symbol");
    await page.keyboard.type("SOL");
    await page.keyboard.press("Enter");
    await view(page).locator('.result[data-state="done"]').waitFor();
    await view(page).getByRole("status").filter({ hasText: "The result is ready." }).waitFor({ state: "attached" });
    await tabTo("Answer as JSON");
    await page.keyboard.press("Enter");
    assert.equal(await view(page).locator("details.raw").getAttribute("open"), "");
  });

  test("the Enter that ends a composition does not send, and the next one does", async () => {
    const box = page.getByLabel("Your question");
    await box.focus();
    const client = await page.context().newCDPSession(page);
    await client.send("Input.imeSetComposition", { text: "비트코인", selectionStart: 4, selectionEnd: 4 });
    const enter = { key: "Enter", bubbles: true, cancelable: true };
    // As Chromium and Firefox give it, and as Safari does: after the composition, but with the key code of one.
    for (const composing of [{ isComposing: true }, { keyCode: 229 }]) {
      await box.evaluate((element, init) => element.dispatchEvent(new KeyboardEvent("keydown", init)), {
        ...enter,
        ...composing,
      });
    }
    assert.equal(await page.locator(".question").count(), 0);
    assert.deepEqual(await run.site.sandbox.requests(), []);
    await client.send("Input.insertText", { text: "비트코인" });
    await page.keyboard.press("Enter");
    await answerIn(page, "done");
    const [{ body }] = await run.site.sandbox.requests();
    assert.equal(body.message.content, "비트코인");
  });

  test("nothing moves for a visitor who does not want motion", async () => {
    await run.site.sandbox.script({ stall: "after-headers" });
    await ask(page, "Hello?");
    const dot = page.locator(".dots i").first();
    await dot.waitFor();
    assert.equal(await dot.evaluate((element) => getComputedStyle(element).animationName), "none");
    await page.getByRole("button", { name: "Stop" }).click();
    await answerIn(page, "stopped");
  });
}
