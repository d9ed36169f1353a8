// Sessions that begin with a challenge: which verdicts of Turnstile open one, against a stand-in for it.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, describe, test } from "node:test";

import { bearer, freshToken, paths, startGateway } from "./gateway.mjs";
import { generous, partner, settings } from "./sessions.fixture.mjs";

describe("Turnstile", () => {
  /** @type {Awaited<ReturnType<typeof startGateway>>} */
  let gateway;
  /** @type {import("node:http").Server} */
  let turnstile;
  /** @type {unknown} */
  let verdict;
  /** @type {object[]} */
  let asked;
  before(async () => {
    turnstile = createServer(async (request, response) => {
      const pieces = [];
      for await (const piece of request) pieces.push(piece);
      asked.push(JSON.parse(Buffer.concat(pieces).toString()));
      response.end(typeof verdict === "string" ? verdict : JSON.stringify(verdict));
    });
    await new Promise((resolve) => turnstile.listen(0, "127.0.0.1", resolve));
    const verify = `http://127.0.0.1:${turnstile.address().port}/siteverify`;
    const more = { TURNSTILE_SECRET: "turnstile-secret", TURNSTILE_SITE_KEY: "0xsite", TURNSTILE_VERIFY_URL: verify };
    gateway = await startGateway({ settings: { ...settings, ...more }, limits: generous });
  });
  beforeEach(() => {
    asked = [];
  });
  after(async () => {
    await gateway.stop();
    turnstile.close();
    turnstile.closeAllConnections();
  });

  const begin = (turnstileToken, headers = { origin: partner }) => gateway.post("/api/session", { turnstileToken }, headers);

  test("a solved challenge of the right page and purpose opens a session", async () => {
    verdict = { success: true, hostname: "partner.example", action: "session" };
    const { status, json } = await begin("solved");
    assert.equal(status, 200);
    assert.deepEqual(asked, [{ secret: "turnstile-secret", response: "solved" }]);
    assert.equal((await gateway.post(paths.perp, undefined, bearer(json.token))).status, 200);
  });

  test("a challenge solved on the Worker's own page opens a session there, and one of any of our pages where no origin is sent", async () => {
    for (const [hostname, headers] of [
      ["127.0.0.1", { origin: gateway.url }],
      ["127.0.0.1", {}],
      ["partner.example", {}],
    ]) {
      verdict = { success: true, hostname, action: "session" };
      // As long as Turnstile's tokens get.
      assert.equal((await begin("x".repeat(2048), headers)).status, 200, `${hostname} ${headers.origin}`);
    }
  });

  test("while Turnstile cannot be reached no session is opened", async () => {
    const TURNSTILE_VERIFY_URL = "http://127.0.0.1:9/siteverify";
    const cut = await startGateway({ settings: { ...settings, TURNSTILE_SECRET: "turnstile-secret", TURNSTILE_VERIFY_URL }, limits: generous });
    try {
      const { status, error } = await cut.post("/api/session", { turnstileToken: "solved" }, { origin: partner });
      assert.deepEqual([status, error.code], [503, "not_configured"]);
    } finally {
      await cut.stop();
    }
  });

  test("a renewal needs no second challenge", async () => {
    assert.equal((await gateway.post("/api/session", {}, bearer(freshToken()))).status, 200);
    assert.deepEqual(asked, []);
  });

  for (const [name, answer, code, status, from = () => undefined] of [
    ["not solved", { success: false, "error-codes": ["timeout-or-duplicate"] }, "unauthorized", 401],
    ["solved on another site", { success: true, hostname: "evil.example", action: "session" }, "unauthorized", 401],
    ["solved on another of our sites", { success: true, hostname: "127.0.0.1", action: "session" }, "unauthorized", 401],
    [
      "solved on an allowed site for our own",
      { success: true, hostname: "partner.example", action: "session" },
      "unauthorized",
      401,
      () => ({ origin: gateway.url }),
    ],
    ["solved for another purpose", { success: true, hostname: "partner.example", action: "login" }, "unauthorized", 401],
    ["answered with something else", "<html>", "not_configured", 503],
  ]) {
    test(`a challenge that is ${name} opens none`, async () => {
      verdict = answer;
      const response = await begin("token", from());
      assert.deepEqual([response.status, response.error.code], [status, code]);
      assert.ok(!response.text.includes("turnstile-secret"));
    });
  }

  test("a token that is missing or too long is not even asked about", async () => {
    for (const token of [undefined, "", "x".repeat(2049), 7]) assert.equal((await begin(token)).error.code, "unauthorized");
    assert.deepEqual(asked, []);
  });

  test("health gives the page its site key", async () => {
    assert.equal((await gateway.request("/api/health")).json.turnstileSiteKey, "0xsite");
  });

  test("the page's policy lets Turnstile in, and nothing else", async () => {
    const { headers } = await gateway.request("/index.html");
    assert.equal(
      headers.get("content-security-policy"),
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' https://challenges.cloudflare.com; style-src 'self'; " +
        "img-src 'self' data:; connect-src 'self'; font-src 'self'; frame-src https://challenges.cloudflare.com; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });
});
