// A Worker that is set up wrongly, or for development alone, serves nobody who should not be served.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";

import { bodies, canary, paths, sessionSecret, startGateway } from "./gateway.mjs";

describe("settings that cannot be worked with", () => {
  const key = { MINARA_API_KEY: canary };
  const none = { MINARA_API_KEY: undefined, MINARA_BASE_URL: undefined };
  for (const [name, settings, message] of [
    ["no key", {}, "MINARA_API_KEY is not set"],
    ["a key with a line break in it", { MINARA_API_KEY: "sk-minara-\nx" }, "MINARA_API_KEY holds a character that a header cannot carry"],
    ["plain http", { ...key, MINARA_BASE_URL: "http://api.minara.ai" }, "MINARA_BASE_URL must be https://api.minara.ai, https://api-developer.minara.ai or an address of this machine"],
    ["another host", { ...key, MINARA_BASE_URL: "https://api.minara.ai.evil.example" }, "MINARA_BASE_URL must be https://api.minara.ai, https://api-developer.minara.ai or an address of this machine"],
    ["a user in the address", { ...key, MINARA_BASE_URL: "https://api.minara.ai@evil.example" }, "MINARA_BASE_URL must be https://api.minara.ai, https://api-developer.minara.ai or an address of this machine"],
    ["a wildcard origin", { ...key, ALLOWED_ORIGINS: "*" }, "ALLOWED_ORIGINS must be origins such as https://example.com, without path, wildcard or default port"],
    ["a short session secret", { ...key, SESSION_SECRET: "secret" }, "SESSION_SECRET must be at least 32 characters, drawn at random"],
    ["a session secret that was lost on its way", { ...key, SESSION_SECRET: "\n", CLIENT_TOKENS: `ci:${"0".repeat(64)}` }, "SESSION_SECRET is blank: give it a value, or remove it"],
    ["a binding in place of a session secret", { ...key, SESSION_SECRET: {} }, "SESSION_SECRET must be a text"],
    ["sessions without a budget", { ...key, SESSION_SECRET: "s".repeat(32) }, "DAILY_BUDGET is not set"],
    ["Turnstile without sessions", { ...key, TURNSTILE_SECRET: "t" }, "SESSION_SECRET must be set where TURNSTILE_SECRET is"],
    ["client tokens without sessions", { ...key, CLIENT_TOKENS: `ci:${"0".repeat(64)}` }, "SESSION_SECRET must be set where CLIENT_TOKENS is"],
    ["a site key without sessions", { ...key, TURNSTILE_SITE_KEY: "0xsite" }, "SESSION_SECRET must be set where TURNSTILE_SITE_KEY is"],
    ["a challenge that nobody verifies", { ...key, SESSION_SECRET: "s".repeat(32), DAILY_BUDGET: "1", TURNSTILE_SITE_KEY: "0xsite" }, "TURNSTILE_SECRET must be set where TURNSTILE_SITE_KEY is"],
    ["a budget that is no number", { ...key, DAILY_BUDGET: "lots" }, "DAILY_BUDGET must be a whole number"],
    ["a lease that is over at once", { ...key, LEASE_MS: "0" }, "LEASE_MS must be from 1 to 86400000 milliseconds"],
    ["costs of something else", { ...key, COSTS: '{"chat":1}' }, 'COSTS must be an object of kinds of calls, such as "chat.fast", and whole numbers up to 1000000'],
    ["a kill switch that is neither on nor off", { ...key, KILL_SWITCH: "maybe" }, "KILL_SWITCH must be on or off"],
    ["a client's token instead of its hash", { ...key, SESSION_SECRET: "s".repeat(32), DAILY_BUDGET: "1", CLIENT_TOKENS: "ci:secret" }, "CLIENT_TOKENS must be words name:sha256, a name of 1 to 24 of A-Z a-z 0-9 - and its token's hash in hexadecimal"],
    ["a stub for Turnstile elsewhere", { ...key, SESSION_SECRET: "s".repeat(32), DAILY_BUDGET: "1", TURNSTILE_VERIFY_URL: "https://evil.example" }, "TURNSTILE_VERIFY_URL must be an address of this machine"],
  ]) {
    test(`${name}: every call is not_configured and says which setting`, async () => {
      const gateway = await startGateway({ settings: { ...none, ...settings } });
      try {
        for (const { status, error } of [await gateway.post(paths.perp), await gateway.request("/api/health")]) {
          assert.deepEqual([status, error.code, error.message], [503, "not_configured", `The Worker is not configured: ${message}.`]);
        }
        assert.equal(gateway.sandbox.requests.length, 0);
      } finally {
        await gateway.stop();
      }
    });
  }
});

test("health says that the API is live where it is no sandbox", async () => {
  for (const MINARA_BASE_URL of [undefined, "https://api.minara.ai", "https://api-developer.minara.ai"]) {
    const gateway = await startGateway({ settings: { MINARA_BASE_URL } });
    try {
      assert.deepEqual((await gateway.request("/api/health")).json, { status: "ok", upstream: "live" });
    } finally {
      await gateway.stop();
    }
  }
});

describe("development, without a session secret", () => {
  /** @type {Awaited<ReturnType<typeof startGateway>>} */
  let gateway;
  before(async () => {
    gateway = await startGateway({ settings: { ADMIN_TOKEN: sessionSecret } });
  });
  beforeEach(() => gateway.sandbox.reset());
  after(() => gateway.stop());

  const message = "The Worker is not configured: SESSION_SECRET must be set where others than this machine can call.";
  const routes = [
    ...Object.values(paths).map((path) => ["POST", path, JSON.stringify(bodies[path])]),
    ["GET", `${paths.chat}/requests/job-1`],
    ["GET", "/api/health"],
    ["POST", "/api/session", "{}"],
    ["GET", "/api/admin/usage"],
  ];

  for (const host of ["minara.example.workers.dev", "192.168.0.10:8787", "localhost.evil.example", "localhost@evil.example"]) {
    test(`no route is served at ${host}, and the API hears nothing`, async () => {
      for (const [method, path, body] of routes) {
        const { status, text } = await gateway.askAs(host, method, path, body);
        const { code, message: said } = JSON.parse(text).error;
        assert.deepEqual([status, code, said], [503, "not_configured", message], path);
      }
      assert.equal(gateway.sandbox.requests.length, 0);
    });
  }

  for (const host of ["localhost", "LOCALHOST:8787", "minara.localhost:8787", "127.0.0.1:1", "[::1]:8787"]) {
    test(`calls are served at ${host}`, async () => {
      const { status } = await gateway.askAs(host, "POST", paths.perp, JSON.stringify(bodies[paths.perp]));
      assert.equal(status, 200);
    });
  }

  test("with one, another name is served", async () => {
    const settings = { SESSION_SECRET: sessionSecret, DAILY_BUDGET: "1" };
    const open = await startGateway({ settings });
    try {
      const { status, text } = await open.askAs("minara.example.workers.dev", "GET", "/api/health");
      assert.deepEqual([status, JSON.parse(text)], [200, { status: "ok", upstream: "sandbox" }]);
    } finally {
      await open.stop();
    }
  });
});
