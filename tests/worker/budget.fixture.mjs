// What the tests of the budget share: a Worker that has one, before the sandbox or an API of the test's own.
import { startApi } from "./api.mjs";
import { bodies, paths, sessionSecret, startGateway } from "./gateway.mjs";

export const admin = "the-administrator's-token-0123456789";
/** What no test reaches. */
export const limits = { caller: 100_000, address: 100_000, session: 100_000 };
export const base = { SESSION_SECRET: sessionSecret, ADMIN_TOKEN: admin, DAILY_BUDGET: "1000", SESSION_BUDGET: "1000", SESSION_IN_FLIGHT: "1000" };
export const chat = bodies[paths.chat];

/**
 * A Worker whose limits and budget no test reaches, but for what `settings` says, as long as `body` runs.
 * @param {Record<string, string>} settings
 * @param {(gateway: Awaited<ReturnType<typeof startGateway>>) => Promise<void>} body
 * @param {object} [options]
 */
export async function withBudget(settings, body, options = {}) {
  const gateway = await startGateway({ settings: { ...base, ...settings }, limits, ...options });
  try {
    await body(gateway);
  } finally {
    await gateway.stop();
  }
}

/** The same against an API of which the test writes every answer. */
export async function withApi(settings, body) {
  const api = await startApi();
  try {
    await withBudget({ MINARA_BASE_URL: api.url, ANSWER_TIMEOUT_MS: "20000", ...settings }, (gateway) => body(gateway, api));
  } finally {
    api.close();
  }
}

/** How many calls are under way, and what was charged, as the books say. */
export async function underWay(gateway) {
  const usage = await gateway.usage(admin);
  return [usage.underWay, usage.charged];
}
