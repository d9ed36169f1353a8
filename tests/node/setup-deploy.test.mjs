import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { refusals, shortestSecret, warnings } from "../../scripts/deploy/checks.mjs";
import { readDeploySettings } from "../../scripts/deploy/settings.mjs";
import { root } from "../../scripts/setup/paths.mjs";

const noSession =
  "SESSION_SECRET is not set: without it anyone could spend your credits without a session. " +
  "Make one with `openssl rand -base64 32`.";
const noBudget = "DAILY_BUDGET is not set: without it nothing bounds what a day of calls may cost you.";
const badBudget = (value) => `DAILY_BUDGET must be a whole number above 0, not "${value}".`;
const short = (name) => `${name} must have at least 32 characters, drawn at random, as from \`openssl rand -base64 32\`.`;
const empty = (name) =>
  `${name} is empty in deploy.vars, which would leave the one that is deployed as it is. To remove that, run ` +
  `\`npx wrangler secret delete ${name} --config worker/wrangler.toml\` and delete the line; to keep it, delete the line.`;
const unknown = (name, advice) => `${name} in deploy.vars is no setting of the Worker, and would become public: ${advice}`;
const stray = (lines) =>
  `deploy.vars is not understood on ${lines} and would set nothing there: write NAME=value, or # before a remark.`;
const localStub =
  "TURNSTILE_VERIFY_URL can only be an address of this machine, which Cloudflare's do not reach: " +
  "no challenge could be verified. Leave it out.";
const good = { SESSION_SECRET: "s".repeat(32), DAILY_BUDGET: "100" };

const cases = [
  ["without anything", {}, [noSession, noBudget]],
  ["without a session secret", { DAILY_BUDGET: "100" }, [noSession]],
  ["without a budget", { SESSION_SECRET: "s".repeat(32) }, [noBudget]],
  ["with an empty session secret", { SESSION_SECRET: "", DAILY_BUDGET: "100" }, [noSession]],
  ["with a budget of 0", { SESSION_SECRET: "s".repeat(32), DAILY_BUDGET: "0" }, [badBudget("0")]],
  ["with a budget that is no number", { SESSION_SECRET: "s".repeat(32), DAILY_BUDGET: "lots" }, [badBudget("lots")]],
  ["with a budget of a half", { SESSION_SECRET: "s".repeat(32), DAILY_BUDGET: "0.5" }, [badBudget("0.5")]],
  ["with both", good, []],
  ["with a stub in Turnstile's place", { ...good, TURNSTILE_VERIFY_URL: "http://127.0.0.1:9/siteverify" }, [localStub]],
  ["with a stub that is no address either", { ...good, TURNSTILE_VERIFY_URL: "elsewhere" }, [localStub]],
  ["with a session secret of 31 characters", { ...good, SESSION_SECRET: "s".repeat(31) }, [short("SESSION_SECRET")]],
  ["with a session secret that is mostly blank", { ...good, SESSION_SECRET: ` ${"s".repeat(31)}\n` }, [short("SESSION_SECRET")]],
  ["with a session secret of blanks", { ...good, SESSION_SECRET: " \n" }, [noSession]],
  ["with a short previous secret", { ...good, SESSION_SECRET_PREVIOUS: "s" }, [short("SESSION_SECRET_PREVIOUS")]],
  ["with a short administrator's token", { ...good, ADMIN_TOKEN: "a".repeat(31) }, [short("ADMIN_TOKEN")]],
  ["with an administrator's token", { ...good, ADMIN_TOKEN: "a".repeat(32) }, []],
];
for (const [what, environment, expected] of cases) {
  test(`a deployment ${what} is ${expected.length > 0 ? "refused with its reasons" : "allowed"}`, () => {
    assert.deepEqual(refusals(readDeploySettings(environment, "/nowhere/deploy.vars")), expected);
  });
}

/** What a deploy.vars of these lines and an environment give. */
function settingsOf(lines, environment = {}) {
  const folder = mkdtempSync(join(tmpdir(), "minara-deploy-"));
  try {
    const file = join(folder, "deploy.vars");
    writeFileSync(file, `${lines.join("\n")}\n`);
    return readDeploySettings(environment, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("settings come from the file and the environment, secrets apart from what anyone may read", () => {
  const lines = ["SESSION_SECRET='from file'", "DAILY_BUDGET=100", "ALLOWED_ORIGINS=https://a.example", "SESSION_IN_FLIGHT=2", "COSTS="];
  assert.deepEqual(settingsOf(lines, { DAILY_BUDGET: "200", MINARA_API_KEY: "sk", PATH: "/bin" }), {
    secrets: { MINARA_API_KEY: "sk", SESSION_SECRET: "from file" },
    variables: { DAILY_BUDGET: "200", ALLOWED_ORIGINS: "https://a.example", SESSION_IN_FLIGHT: "2" },
    emptied: [],
    unknown: [],
    stray: [],
  });
});

const inFile = [
  ["a slip in a secret's name", "TURNSTILE_SECERT=x", unknown("TURNSTILE_SECERT", "did you mean TURNSTILE_SECRET?")],
  ["a slip in a variable's name", "SESION_BUDGET=5", unknown("SESION_BUDGET", "did you mean SESSION_BUDGET?")],
  ["a name in small letters", "session_budget=5", unknown("session_budget", "did you mean SESSION_BUDGET?")],
  ["a name with a word left out", "MINARA_KEY=sk", unknown("MINARA_KEY", "did you mean MINARA_API_KEY?")],
  ["a name between two", "MINARA_API_KEY_NEX=sk", unknown("MINARA_API_KEY_NEX", "did you mean MINARA_API_KEY_NEXT?")],
  ["a slip without a value", "ADMIN_TOKENS=", unknown("ADMIN_TOKENS", "did you mean ADMIN_TOKEN?")],
  ["wrangler's own token", "CLOUDFLARE_API_TOKEN=x", unknown("CLOUDFLARE_API_TOKEN", "wrangler reads it from the environment.")],
  ["something else", "FAVOURITE_COLOUR=red", unknown("FAVOURITE_COLOUR", "worker/README.md has them all.")],
  ["the second line of a broken value", "Zm9vYmFyYmF6cXV4==", unknown("A name of 16 characters", "worker/README.md has them all.")],
  ["a colon for an equals sign", "KILL_SWITCH: on", stray("line 1")],
  ["no equals sign", "KILL_SWITCH on", stray("line 1")],
  ["a no-break space before a name", "\u00a0KILL_SWITCH=on", stray("line 1")],
  ["a stub in Turnstile's place", "TURNSTILE_VERIFY_URL=http://localhost:9", localStub],
  ["an empty secret", "SESSION_SECRET_PREVIOUS=", empty("SESSION_SECRET_PREVIOUS")],
  ["a secret of blanks", 'CLIENT_TOKENS=" \\n"', empty("CLIENT_TOKENS")],
  ["an empty key", "MINARA_API_KEY=''", empty("MINARA_API_KEY")],
];
for (const [what, line, expected] of inFile) {
  test(`a deploy.vars with ${what} is refused`, () => {
    assert.deepEqual(refusals(settingsOf([line], good)), [expected]);
  });
}

test("all lines that are not understood are named at once, without what may be parts of a secret", () => {
  const lines = ["# a key of two lines", "ADMIN_TOKEN=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4", "cXV4Zm9v", "", "KILL_SWITCH on"];
  assert.deepEqual(refusals(settingsOf(lines, good)), [stray("lines 3, 5")]);
});

test("a byte order mark, which editors write, hides no setting", () => {
  const { variables, stray: lines } = settingsOf(["\ufeffKILL_SWITCH=on", "DAILY_BUDGET=5"]);
  assert.deepEqual([variables, lines], [{ KILL_SWITCH: "on", DAILY_BUDGET: "5" }, []]);
});

test("a deploy.vars without a value for the session secret is refused once", () => {
  assert.deepEqual(refusals(settingsOf(["SESSION_SECRET=", "DAILY_BUDGET=5"])), [noSession]);
});

test("a secret that is empty in the file and given by the environment is given", () => {
  assert.deepEqual(refusals(settingsOf(["ADMIN_TOKEN="], { ...good, ADMIN_TOKEN: "a".repeat(32) })), []);
});

test("a site key whose secret is to be removed is refused, as the Worker would", () => {
  assert.deepEqual(refusals(settingsOf(["TURNSTILE_SITE_KEY=k", "TURNSTILE_SECRET="], good)), [
    empty("TURNSTILE_SECRET"),
    "TURNSTILE_SECRET must be set where TURNSTILE_SITE_KEY is.",
  ]);
  assert.deepEqual(refusals(settingsOf(["TURNSTILE_SITE_KEY=k", "TURNSTILE_SECRET=t"], good)), []);
});

test("the shortest secret is the one that the Worker takes", () => {
  const source = readFileSync(join(root, "worker/src/session.rs"), "utf8");
  assert.equal(/MIN_SECRET: usize = (\d+);/.exec(source)?.[1], String(shortestSecret));
});

test("the README says how a secret is taken away, as the refusal does", () => {
  const command = /(?<=run `)[^`]+(?=`)/.exec(refusals(settingsOf(["ADMIN_TOKEN="], good))[0])?.[0];
  assert.equal(command, "npx wrangler secret delete ADMIN_TOKEN --config worker/wrangler.toml");
  const readme = readFileSync(join(root, "worker/README.md"), "utf8");
  assert.ok(readme.includes(command.replace("ADMIN_TOKEN", "NAME")));
});

test("the environment may give every setting that the Worker reads", () => {
  const files = ["mod.rs", "limits.rs"].map((file) => {
    const source = readFileSync(join(root, "worker/src/settings", file), "utf8");
    return source.split("#[cfg(test)]")[0];
  });
  const names = [...new Set(files.join("").match(/(?<=")[A-Z][A-Z_]+(?=")/g))].sort();
  const { secrets, variables } = readDeploySettings(Object.fromEntries(names.map((name) => [name, "x"])), "/nowhere");
  assert.ok(names.includes("SESSION_IN_FLIGHT"));
  assert.deepEqual(Object.keys({ ...secrets, ...variables }).sort(), names);
});

test("what may be meant is remarked on, not refused", () => {
  const noKey = "MINARA_API_KEY is not set: the Worker keeps the key it has, or answers 503 if it never had one.";
  const noTurnstile =
    "TURNSTILE_SECRET is not set: the Worker keeps the one it has, or gives sessions to whoever asks from an allowed origin if it never had one.";
  const siteKeyAlone =
    "TURNSTILE_SECRET is not set: the Worker keeps the one it has, or answers 503 if it never had one, as TURNSTILE_SITE_KEY is set.";
  const secretAlone = "TURNSTILE_SITE_KEY is not set: pages have to know it by themselves to show the challenge.";
  const key = { MINARA_API_KEY: "sk" };
  for (const [environment, expected] of [
    [{}, [noKey, noTurnstile]],
    [key, [noTurnstile]],
    [{ ...key, TURNSTILE_SITE_KEY: "k" }, [siteKeyAlone]],
    [{ ...key, TURNSTILE_SECRET: "t" }, [secretAlone]],
    [{ ...key, TURNSTILE_SECRET: "t", TURNSTILE_SITE_KEY: "k" }, []],
  ]) {
    assert.deepEqual(warnings(readDeploySettings({ ...good, ...environment }, "/nowhere/deploy.vars")), expected);
  }
});
