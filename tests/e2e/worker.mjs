// The built page on a Worker that is set up as for everyone, with sessions, and what a test can see of its calls.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

import { sessionSecret, startGateway } from "../worker/gateway.mjs";
import { answerIn, ask } from "./browser.mjs";
import { until } from "./site.mjs";

const dist = fileURLToPath(new URL("../../www/dist", import.meta.url));
const admin = "the-administrator's-token-0123456789";

/** @param {Record<string, string>} [settings]  beyond those that sessions need */
export function startPage(settings) {
  return startGateway({
    settings: { SESSION_SECRET: sessionSecret, ADMIN_TOKEN: admin, DAILY_BUDGET: "1000", ...settings },
    limits: { caller: 100_000, address: 100_000, session: 100_000 },
    assets: dist,
  });
}

/** What Chromium says of a page's first call, which is answered with `session_required`. */
export const refusedOnce = ["Failed to load resource: the server responded with a status of 401 (Unauthorized)"];

/** The page's calls in the order of their answers, but for the health: path, status and bearer. */
export function recordCalls(page) {
  const calls = [];
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (!pathname.startsWith("/api/") || pathname === "/api/health") return;
    calls.push({ path: pathname, status: response.status(), bearer: response.request().headers().authorization });
  });
  return calls;
}

/** Each call as `chat 200`. */
export const outcomes = (calls) => calls.map(({ path, status }) => `${path.split("/").at(-1)} ${status}`);

/** Until the page has shown so many whole answers. */
export const answers = (page, count) =>
  until(async () => (await page.locator('.answer[data-state="done"]').count()) === count, `${count} answers`);

/** Asks two questions, the first of which opens the session for both; gives the calls. */
export async function askTwice(page) {
  const calls = recordCalls(page);
  await ask(page, "Analyze the price of BTC");
  assert.match(await (await answerIn(page, "done")).innerText(), /BTC price action/);
  await ask(page, "And its risks?");
  await answers(page, 2);
  assert.deepEqual(outcomes(calls), ["chat 401", "session 200", "chat 200", "chat 200"]);
  return calls;
}

/** What the books have charged once all is settled. */
export async function charged(gateway) {
  const usage = await gateway.settled(admin, ({ underWay }) => underWay === 0);
  return usage.charged;
}
