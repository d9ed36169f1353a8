import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { readDeploySettings, refusals, warnings } from "../../scripts/deploy/settings.mjs";
import { root } from "../../scripts/setup/paths.mjs";

const noSession =
  "SESSION_SECRET is not set: without it anyone could spend your credits without a session. " +
  "Make one with `openssl rand -base64 32`.";
const noBudget = "DAILY_BUDGET is not set: without it nothing bounds what a day of calls may cost you.";
const badBudget = (value) => `DAILY_BUDGET must be a whole number above 0, not "${value}".`;

const cases = [
  ["without anything", {}, [noSession, noBudget]],
  ["without a session secret", { DAILY_BUDGET: "100" }, [noSession]],
  ["without a budget", { SESSION_SECRET: "s".repeat(32) }, [noBudget]],
  ["with an empty session secret", { SESSION_SECRET: "", DAILY_BUDGET: "100" }, [noSession]],
  ["with a budget of 0", { SESSION_SECRET: "s".repeat(32), DAILY_BUDGET: "0" }, [badBudget("0")]],
  ["with a budget that is no number", { SESSION_SECRET: "s".repeat(32), DAILY_BUDGET: "lots" }, [badBudget("lots")]],
  ["with a budget of a half", { SESSION_SECRET: "s".repeat(32), DAILY_BUDGET: "0.5" }, [badBudget("0.5")]],
  ["with both", { SESSION_SECRET: "s".repeat(32), DAILY_BUDGET: "100" }, []],
];
for (const [what, environment, expected] of cases) {
  test(`a deployment ${what} is ${expected.length > 0 ? "refused with its reasons" : "allowed"}`, () => {
    assert.deepEqual(refusals(readDeploySettings(environment, "/nowhere/deploy.vars")), expected);
  });
}

test("settings come from the file and the environment, secrets apart from what anyone may read", () => {
  const folder = mkdtempSync(join(tmpdir(), "minara-deploy-"));
  try {
    const file = join(folder, "deploy.vars");
    writeFileSync(file, "SESSION_SECRET='from file'\nDAILY_BUDGET=100\nALLOWED_ORIGINS=https://a.example\nSESSION_IN_FLIGHT=2\nCOSTS=\n");
    assert.deepEqual(readDeploySettings({ DAILY_BUDGET: "200", MINARA_API_KEY: "sk", PATH: "/bin" }, file), {
      secrets: { MINARA_API_KEY: "sk", SESSION_SECRET: "from file" },
      variables: { DAILY_BUDGET: "200", ALLOWED_ORIGINS: "https://a.example", SESSION_IN_FLIGHT: "2" },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the environment may give every setting that the Worker reads", () => {
  const source = readFileSync(join(root, "worker/src/settings.rs"), "utf8");
  const names = [...new Set(source.match(/(?<=")[A-Z][A-Z_]+(?=")/g))].sort();
  const { secrets, variables } = readDeploySettings(Object.fromEntries(names.map((name) => [name, "x"])), "/nowhere");
  assert.ok(names.includes("SESSION_IN_FLIGHT"));
  assert.deepEqual(Object.keys({ ...secrets, ...variables }).sort(), names);
});

test("what may be meant is remarked on, not refused", () => {
  const remarks = (environment) => warnings(readDeploySettings(environment, "/nowhere/deploy.vars"));
  assert.deepEqual(remarks({ SESSION_SECRET: "short" }), [
    "SESSION_SECRET is shorter than 32 characters: the Worker will refuse it and answer 503.",
    "MINARA_API_KEY is not set: the Worker keeps the key it has, or answers 503 if it never had one.",
    "TURNSTILE_SECRET is not set: sessions are given to whoever asks from an allowed origin.",
  ]);
  assert.deepEqual(remarks({ SESSION_SECRET: "s".repeat(32), MINARA_API_KEY: "sk", TURNSTILE_SECRET: "t" }), []);
});
