// The built page on a Worker that is set up as for everyone: with sessions, without and with Turnstile.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { launchChromium } from "../chromium.mjs";
import { answerIn, ask, openPage } from "./browser.mjs";
import { challengeTests } from "./challenge.mjs";
import { askTwice, charged, refusedOnce, startPage } from "./worker.mjs";

/** Filled before the first test runs. */
const run = { browser: undefined };
before(async () => {
  run.browser = await launchChromium();
});
after(() => run.browser?.close());

describe("the page on a Worker with sessions", () => {
  let gateway, opened, page;
  before(async () => {
    gateway = await startPage();
  });
  after(() => gateway?.stop());
  beforeEach(async () => {
    gateway.sandbox.reset();
    opened = await openPage(run.browser, gateway.url);
    ({ page } = opened);
  });
  afterEach(() => opened.close());

  test("streams an answer under a session of its own, and asks the next question under the same", async () => {
    const calls = await askTwice(page);
    const [refused, session, first, second] = calls.map(({ bearer }) => bearer);
    assert.deepEqual([refused, session], [undefined, undefined]);
    assert.match(first, /^Bearer ms1\./);
    assert.equal(second, first);
    assert.deepEqual(gateway.sandbox.requests.map(({ body }) => body.stream), [true, true]);
    assert.equal(gateway.sandbox.counters.charges, 2);
    assert.equal(await charged(gateway), 2);
    assert.deepEqual(opened.complaints, refusedOnce);
  });

  test("shows nothing of a challenge, and loads nothing from elsewhere", async () => {
    const requested = [];
    page.on("request", (request) => requested.push(request.url()));
    await ask(page, "What is SOL?");
    await answerIn(page, "done");
    assert.equal(await page.getByRole("region", { name: "Security check" }).count(), 0);
    assert.deepEqual(requested.filter((url) => !url.startsWith(gateway.url)), []);
  });
});

challengeTests(run);
