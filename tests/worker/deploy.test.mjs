import assert from "node:assert/strict";
import { test } from "node:test";

import { tryOut } from "../../scripts/deploy/trial.mjs";
import { Failure } from "../../scripts/process/failure.mjs";
import { sessionSecret } from "./gateway.mjs";

const secrets = { SESSION_SECRET: sessionSecret };
const variables = { DAILY_BUDGET: "100", TURNSTILE_SITE_KEY: "0xsite" };

for (const [what, settings, message] of [
  [
    "a setting that the Worker cannot work with",
    { secrets, variables: { ...variables, KILL_SWITCH: "yes" } },
    "not deployed. The Worker is not configured: KILL_SWITCH must be on or off.",
  ],
  [
    "a sandbox for an API",
    { secrets, variables: { ...variables, MINARA_BASE_URL: "http://127.0.0.1:8788" } },
    "not deployed: MINARA_BASE_URL is an address of this machine, which Cloudflare's do not reach.",
  ],
]) {
  test(`${what} is not deployed`, { timeout: 60_000 }, async () => {
    await assert.rejects(tryOut(/** @type {any} */ (settings), process.env), (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.message, message);
      return true;
    });
  });
}

test("settings that leave deployed secrets as they are pass their trial", { timeout: 60_000 }, async () => {
  await tryOut(/** @type {any} */ ({ secrets, variables }), process.env);
});
