import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import AxeBuilder from "@axe-core/playwright";

import { answerIn, ask, openPage, view } from "./browser.mjs";
import { ASKED, SCRIPT, startVerification, stubTurnstile, UNSEEN } from "./turnstile.mjs";
import { answers, askTwice, charged, outcomes, recordCalls, refusedOnce, startPage } from "./worker.mjs";

const UNAVAILABLE =
  "The security check could not be loaded. Check that you are online and that your browser does not block " +
  "challenges.cloudflare.com, then try again.";
const FAILED = "The security check failed. Try again. If it keeps failing, reload the page or use another browser.";
const UNANSWERED = "The security check was not answered in time. Try again, and answer it when it appears.";

const unloaded = `Turnstile could not be loaded from ${SCRIPT}.`;
const inTime = "Turnstile's challenge was not answered in time.";

/** What can become of a first challenge, and what the error box then says, at first sight and in its details. */
const FAILURES = [
  ["whose script cannot be had", { loads: ["lost"], challenges: [UNSEEN] }, UNAVAILABLE, unloaded],
  ["in place of whose script something else comes", { loads: ["foreign"], challenges: [UNSEEN] }, UNAVAILABLE, unloaded],
  [
    "that fails",
    { challenges: [["error-callback", "300030"], UNSEEN] },
    FAILED,
    "Turnstile failed with the code 300030.",
  ],
  [
    "that the browser cannot do",
    { challenges: [["unsupported-callback"], UNSEEN] },
    FAILED,
    "Turnstile does not work in this browser.",
  ],
  ...["timeout-callback", "expired-callback"].map((callback) => [
    `that nobody answers (${callback})`,
    { challenges: [[callback], UNSEEN] },
    UNANSWERED,
    inTime,
  ]),
];

const siteKey = "0x4AAAAAAA-the-site-key";

let gateway, verification;
/** Of the test that runs. */
let opened, page;

const open = async (run, options) => {
  opened = await openPage(run.browser, gateway.url, options);
  ({ page } = opened);
};

const region = () => page.getByRole("region", { name: "Security check" });
const announced = () => page.getByRole("status").filter({ hasText: "This site checks that you are a person." });
const button = () => page.frameLocator('iframe[title="Security challenge"]').getByRole("button");

/** That the challenge has left nothing behind. */
const isOver = async (turnstile) => {
  assert.deepEqual([await turnstile.open(), await region().count(), await announced().count()], [0, 0, 0]);
  const box = await page.locator("#challenge").boundingBox();
  assert.equal(box?.height ?? 0, 0, "its place takes no room");
};

export function challengeTests(run) {
  describe("the page on a Worker with Turnstile", () => {
    before(async () => {
      verification = await startVerification({ siteKey });
      gateway = await startPage({
        TURNSTILE_SECRET: "turnstile-secret",
        TURNSTILE_SITE_KEY: siteKey,
        TURNSTILE_VERIFY_URL: verification.url,
      });
    });
    after(async () => {
      await gateway?.stop();
      verification?.stop();
    });
    beforeEach(async () => {
      gateway.sandbox.reset();
      verification.reset();
      await open(run);
    });
    afterEach(() => opened.close());

    openingTests();
    failureTests();
    leavingTests();
    appearanceTests(run);
  });
}

function openingTests() {
  test("a challenge that needs nobody opens the session, under the exact options, and leaves the page", async () => {
    // The page knows the site key since it was opened.
    await page.route("**/api/health", () => {});
    const turnstile = await stubTurnstile(page, { challenges: [UNSEEN] });
    const calls = await askTwice(page);
    assert.equal(calls[3].bearer, calls[2].bearer);
    assert.deepEqual(turnstile.requests, [SCRIPT]);
    assert.deepEqual(await turnstile.rendered(), [
      {
        sitekey: siteKey,
        action: "session",
        appearance: "interaction-only",
        language: "en",
        retry: "never",
        callback: "a function",
        "error-callback": "a function",
        "expired-callback": "a function",
        "timeout-callback": "a function",
        "unsupported-callback": "a function",
      },
    ]);
    assert.deepEqual(verification.asked.map(({ secret }) => secret), ["turnstile-secret"]);
    await isOver(turnstile);
    assert.deepEqual(opened.complaints, refusedOnce);
  });

  test("one that asks is announced, leaves the focus where it is, and serves all calls that wait", async () => {
    const turnstile = await stubTurnstile(page, { challenges: [ASKED] });
    const calls = recordCalls(page);
    const status = await page.locator("#challenge [role=status]").elementHandle();
    const box = page.getByLabel("Your question");
    await box.fill("What is SOL?");
    await box.press("Enter");
    await region().waitFor();
    assert.equal(await box.evaluate((element) => element === document.activeElement), true);
    assert.equal(await announced().evaluate((shown, known) => shown === known, status), true, "where it was before");
    await page.locator('nav a[href="#perp"]').click();
    await view(page).getByLabel("Symbol", { exact: true }).fill("ETH");
    await view(page).getByRole("button", { name: "Get a suggestion" }).click();
    await view(page).locator('.result[data-state="loading"]').waitFor();
    await button().click();
    await view(page).locator('.result[data-state="done"]').waitFor();
    await answers(page, 1);
    assert.deepEqual(outcomes(calls).slice(0, 2), ["chat 401", "session 200"]);
    assert.deepEqual(outcomes(calls).slice(2).toSorted(), ["chat 200", "perp-trading-suggestion 200"]);
    assert.equal((await turnstile.rendered()).length, 1);
    assert.equal(gateway.posts, 2);
    await isOver(turnstile);
  });

  test("a page that could not ask for the site key when it was opened asks again", async () => {
    const turnstile = await stubTurnstile(page, { challenges: [UNSEEN] });
    await page.route("**/api/health", (route) => route.fulfill({ status: 503, json: {} }), { times: 1 });
    await page.reload();
    await page.getByText("The server of this page is not ready", { exact: false }).waitFor();
    await ask(page, "What is SOL?");
    await answers(page, 1);
    assert.equal((await turnstile.rendered()).length, 1);
  });
}

function failureTests() {
  for (const [name, course, said, details] of FAILURES) {
    test(`a challenge ${name} is told in words and bills nothing, and trying again works`, async () => {
      const before = await charged(gateway);
      const turnstile = await stubTurnstile(page, course);
      const calls = recordCalls(page);
      await ask(page, "What is SOL?");
      const box = (await answerIn(page, "failed")).locator(".error-box");
      const [what, billing] = await box.getByRole("alert").locator("> p").allInnerTexts();
      assert.deepEqual([what, billing], [said, "Nothing was sent, so nothing was billed."]);
      assert.equal(await box.locator("details p").textContent(), details);
      await isOver(turnstile);
      assert.deepEqual(outcomes(calls), ["chat 401"]);
      assert.deepEqual([gateway.posts, await charged(gateway), verification.asked], [0, before, []]);

      await box.getByRole("button", { name: "Try again" }).click();
      await answers(page, 1);
      assert.deepEqual(outcomes(calls), ["chat 401", "chat 401", "session 200", "chat 200"]);
      assert.equal(await page.locator(".question").count(), 1);
      assert.deepEqual(turnstile.requests, course.loads ? [SCRIPT, SCRIPT] : [SCRIPT]);
      assert.equal(gateway.sandbox.counters.charges, 1);
      await isOver(turnstile);
    });
  }

  test("a form tells of a challenge that failed as well, and can be sent again", async () => {
    await stubTurnstile(page, { challenges: [["error-callback", "300030"], UNSEEN] });
    await page.locator('nav a[href="#perp"]').click();
    await view(page).getByLabel("Symbol", { exact: true }).fill("ETH");
    await view(page).getByRole("button", { name: "Get a suggestion" }).click();
    const result = view(page).locator('.result[data-state="error"]');
    await result.getByRole("alert").getByText("The security check failed.").waitFor();
    await result.getByRole("button", { name: "Try again" }).click();
    await view(page).locator('.result[data-state="done"]').waitFor();
    assert.equal(gateway.sandbox.counters.charges, 1);
  });

  test("a challenge that the verification does not accept is told in words, and bills nothing", async () => {
    verification.isRefusing = true;
    const turnstile = await stubTurnstile(page, { challenges: [UNSEEN] });
    const calls = recordCalls(page);
    await ask(page, "What is SOL?");
    const alert = (await answerIn(page, "failed")).getByRole("alert");
    assert.deepEqual(await alert.locator("> p").allInnerTexts(), [
      "This page is not signed in to its server. Reload the page. If that does not help, tell the person who runs " +
        "it.",
      "The call was refused, so it was not billed.",
    ]);
    await isOver(turnstile);
    assert.deepEqual(outcomes(calls), ["chat 401", "session 401"]);
    assert.equal(gateway.posts, 0);
  });
}

function leavingTests() {
  test("Stop ends the call that waits, and its challenge with it; the next call opens one of its own", async () => {
    const turnstile = await stubTurnstile(page, { challenges: [ASKED, ASKED] });
    const calls = recordCalls(page);
    await ask(page, "What is SOL?");
    await region().waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    const note = (await answerIn(page, "stopped")).locator(".note");
    assert.equal(await note.innerText(), "Stopped before Minara took the question, so nothing was billed.");
    await isOver(turnstile);
    await ask(page, "And now?");
    await region().waitFor();
    await button().click();
    await answers(page, 1);
    assert.deepEqual(outcomes(calls), ["chat 401", "chat 401", "session 200", "chat 200"]);
    await isOver(turnstile);
  });
}

function appearanceTests(run) {
  for (const width of [320, 1280]) {
    for (const colorScheme of ["light", "dark"]) {
      test(`an open challenge has no violation and no overflow at ${width} px, ${colorScheme}`, async () => {
        await opened.close();
        await open(run, { viewport: { width, height: 720 }, colorScheme });
        await stubTurnstile(page, { challenges: [ASKED] });
        await ask(page, "What is SOL?");
        await button().waitFor();
        const { violations } = await new AxeBuilder({ page }).analyze();
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
        assert.deepEqual(found, []);
        const overflow = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
        assert.ok((await page.evaluate(overflow)) <= 0, "no wider than its window");
      });
    }
  }
}
