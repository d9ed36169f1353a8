import assert from "node:assert/strict";
import { request } from "node:http";
import { connect } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";

import { bodies, canary, paths, sessionSecret, startGateway, streamed } from "./gateway.mjs";
import { startWorkerd } from "./workerd.mjs";

const partner = "https://partner.example";
const chat = bodies[paths.chat];
const say = (content) => ({ ...chat, message: { role: "user", content } });

describe("requests that the Worker refuses", () => {
  /** @type {Awaited<ReturnType<typeof startGateway>>} */
  let gateway;
  before(async () => {
    gateway = await startGateway({ settings: { ALLOWED_ORIGINS: partner, BODY_TIMEOUT_MS: "300" } });
  });
  beforeEach(() => gateway.sandbox.reset());
  after(() => gateway.stop());

  /** Everything that a refusal has, and that the API heard nothing. */
  async function refused(response, status, code, message) {
    assert.deepEqual([response.status, response.error?.code], [status, code], response.text);
    if (message !== undefined) assert.equal(response.error.message, message);
    assert.equal(response.error.requestId, response.headers.get("x-request-id"));
    assert.equal(response.headers.get("content-type"), "application/json");
    assert.equal(gateway.sandbox.requests.length, 0);
  }

  for (const [name, path, body, field, message] of [
    ["an empty message", paths.chat, say(""), "message.content", "must be a string of 1 to 32,000 characters; it is empty"],
    ["a message of 32,001 characters", paths.chat, say("x".repeat(32_001)), "message.content", "must be a string of 1 to 32,000 characters; it has 32,001"],
    ["an unknown mode", paths.chat, { ...chat, mode: "slow" }, "mode", 'must be "fast" or "expert", not "slow"'],
    ["a missing mode", paths.chat, { ...chat, mode: undefined }, "mode", 'is required: "fast" or "expert"'],
    ["a missing stream flag", paths.chat, { ...chat, stream: undefined }, "stream", "is required: true or false"],
    ["an unknown field", paths.chat, { ...chat, temperature: 1 }, "temperature"],
    ["a wallet that is none", paths.swap, { intent: "a", walletAddress: "0x12" }, "walletAddress"],
    ["leverage 0", paths.perp, { symbol: "BTC", leverage: 0 }, "leverage", "must be a number from 1 to 40, not 0"],
    ["leverage 41", paths.perp, { symbol: "BTC", leverage: 41 }, "leverage", "must be a number from 1 to 40, not 41"],
    ["margin 0", paths.perp, { symbol: "BTC", marginUSD: 0 }, "marginUSD", "must be a number greater than 0, not 0"],
    ["a negative margin", paths.perp, { symbol: "BTC", marginUSD: -1 }, "marginUSD", "must be a number greater than 0, not -1"],
    ["a link that is none", paths.prediction, { link: "javascript:alert(1)", mode: "fast" }, "link"],
    ["an array", paths.chat, [], ""],
    ["a null", paths.chat, "null", ""],
    ["no JSON", paths.chat, "{", "body"],
    ["no body", paths.chat, "", "body"],
    ["text in Latin-1", paths.swap, Buffer.from(JSON.stringify({ intent: "é", walletAddress: "0x" }), "latin1"), "body"],
    ["nesting without end", paths.chat, `${"[".repeat(30_000)}${"]".repeat(30_000)}`, "body"],
    ["a background stream", paths.chat, { ...streamed, background: true }, "background"],
  ]) {
    test(`${name} is invalid_request and names its field`, async () => {
      const response = await gateway.post(path, body);
      await refused(response, 400, "invalid_request");
      const [first] = response.error.violations;
      assert.equal(response.error.field, field);
      assert.equal(first.field, field);
      if (message !== undefined) assert.equal(first.message, message);
      assert.equal(response.error.outcome, "not_sent");
    });
  }

  test("every violation of a body is listed", async () => {
    const { error } = await gateway.post(paths.perp, { leverage: 99, margin: 1 });
    assert.deepEqual(error.violations.map(({ field }) => field).sort(), ["leverage", "margin", "symbol"]);
  });

  for (const [method, path, status, code, allow] of [
    ["GET", paths.chat, 405, "method_not_allowed", "POST, OPTIONS"],
    ["PUT", paths.swap, 405, "method_not_allowed", "POST, OPTIONS"],
    ["OPTIONS", paths.chat, 405, "method_not_allowed", "POST, OPTIONS"],
    ["POST", "/api/health", 405, "method_not_allowed", "GET, OPTIONS"],
    ["DELETE", `${paths.chat}/requests/a`, 405, "method_not_allowed", "GET, OPTIONS"],
    ["POST", "/", 405, "method_not_allowed", "GET, HEAD"],
    ["GET", "/api", 404, "not_found", null],
    ["POST", "/api/v1/developer/", 404, "not_found", null],
    ["POST", "/api/v2/developer/chat", 404, "not_found", null],
    ["POST", `${paths.chat}/`, 404, "not_found", null],
    ["GET", `${paths.chat}/requests/`, 404, "not_found", null],
    ["GET", `${paths.chat}/requests/a%2Fb`, 404, "not_found", null],
    ["GET", "/api/admin/usage", 404, "not_found", null],
    ["POST", "/api/session", 404, "not_found", null],
  ]) {
    test(`${method} ${path} is ${status} ${code}`, async () => {
      const headers = { "content-type": "application/json" };
      const response = await gateway.request(path, { method, headers, body: method === "GET" ? undefined : "{}" });
      await refused(response, status, code);
      assert.equal(response.headers.get("allow"), allow);
    });
  }

  for (const type of ["", "text/plain", "application/x-www-form-urlencoded", "application/json-patch+json"]) {
    test(`a body of type "${type}" is unsupported_media_type`, async () => {
      const response = await gateway.post(paths.chat, chat, { "content-type": type });
      await refused(response, 415, "unsupported_media_type", "The body must be sent as Content-Type: application/json.");
    });
  }

  test("a content type with a charset is taken", async () => {
    const { status } = await gateway.post(paths.chat, chat, { "content-type": "Application/JSON; charset=utf-8" });
    assert.equal(status, 200);
  });

  test("a body over 64 KiB is payload_too_large, whether it says so or not", async () => {
    const large = JSON.stringify(say("x".repeat(70_000)));
    await refused(await gateway.post(paths.chat, large), 413, "payload_too_large");
    const body = new Blob([large]).stream();
    const init = { method: "POST", headers: { "content-type": "application/json" }, body, duplex: "half" };
    await refused(await gateway.request(paths.chat, init), 413, "payload_too_large");
  });

  test("a body of exactly 64 KiB is read, and one byte more is not", async () => {
    const body = JSON.stringify(chat);
    const padded = body + " ".repeat(65_536 - body.length);
    assert.equal((await gateway.post(paths.chat, padded)).status, 200);
    assert.equal((await gateway.post(paths.chat, `${padded} `)).status, 413);
  });

  test("a body that does not come in time is invalid_request", async () => {
    const socket = connect(gateway.worker.port, "127.0.0.1");
    socket.write(`POST ${paths.chat} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"mode"`);
    let answer = "";
    for await (const chunk of socket) {
      answer += chunk;
      if (answer.includes("requestId")) break;
    }
    socket.destroy();
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.match(answer, /"message":"The body did not arrive whole and in time\."/);
    assert.equal(gateway.sandbox.requests.length, 0);
  });

  describe("by origin", () => {
    const own = () => gateway.url;
    for (const [name, headers, status] of [
      ["no origin", () => ({}), 200],
      ["the Worker's own", () => ({ origin: own() }), 200],
      ["an allowed one", () => ({ origin: partner, "sec-fetch-site": "cross-site" }), 200],
      ["a foreign one", () => ({ origin: "https://evil.example" }), 403],
      ["a foreign one that says it is ours", () => ({ origin: "https://evil.example", "sec-fetch-site": "same-origin" }), 403],
      ["null", () => ({ origin: "null" }), 403],
      ["an allowed host under http", () => ({ origin: "http://partner.example" }), 403],
      ["none, but another site's", () => ({ "sec-fetch-site": "cross-site" }), 403],
      ["none, and the page's own", () => ({ "sec-fetch-site": "same-origin" }), 200],
    ]) {
      test(`${name} is ${status}`, async () => {
        const response = await gateway.post(paths.perp, undefined, headers());
        if (status === 200) assert.equal(response.status, 200);
        else await refused(response, 403, "forbidden", "Pages of this origin may not call this Worker.");
      });
    }

    for (const [method, path] of [
      ["GET", "/api/health"],
      ["POST", "/api/session"],
      ["GET", "/api/admin/usage"],
      ["GET", `${paths.chat}/requests/job-1`],
      ...Object.values(paths).map((path) => ["POST", path]),
    ]) {
      test(`a foreign one is 403 for ${method} ${path}`, async () => {
        const headers = { origin: "https://evil.example", "content-type": "application/json" };
        const body = method === "POST" ? JSON.stringify(bodies[path] ?? {}) : undefined;
        await refused(await gateway.request(path, { method, headers, body }), 403, "forbidden", "Pages of this origin may not call this Worker.");
      });
    }

    test("an allowed origin is echoed, on errors too, and no other", async () => {
      for (const body of [undefined, {}]) {
        const { headers } = await gateway.post(paths.perp, body, { origin: partner });
        assert.equal(headers.get("access-control-allow-origin"), partner);
        assert.equal(headers.get("access-control-expose-headers"), "X-Request-Id, Retry-After");
        assert.equal(headers.get("access-control-allow-credentials"), null);
        assert.equal(headers.get("vary"), "Origin");
      }
      for (const origin of ["https://evil.example", own()]) {
        const { headers } = await gateway.post(paths.perp, undefined, { origin });
        assert.equal(headers.get("access-control-allow-origin"), null);
      }
    });

    test("a preflight is answered for an allowed origin only", async () => {
      const preflight = (origin) =>
        gateway.request(paths.chat, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } });
      const { status, headers } = await preflight(partner);
      assert.equal(status, 204);
      assert.equal(headers.get("access-control-allow-origin"), partner);
      assert.equal(headers.get("access-control-allow-methods"), "GET, POST");
      assert.equal(headers.get("access-control-allow-headers"), "authorization, content-type");
      const foreign = await preflight("https://evil.example");
      assert.deepEqual([foreign.status, foreign.headers.get("access-control-allow-origin")], [405, null]);
    });
  });
});

describe("settings that cannot be worked with", () => {
  const key = { MINARA_API_KEY: canary };
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
      const worker = await startWorkerd({ settings });
      try {
        const headers = { "content-type": "application/json" };
        const call = await fetch(worker.url + paths.perp, { method: "POST", headers, body: '{"symbol":"BTC"}' });
        const health = await fetch(`${worker.url}/api/health`);
        for (const response of [call, health]) {
          const { error } = await response.json();
          assert.deepEqual([response.status, error.code, error.message], [503, "not_configured", `The Worker is not configured: ${message}.`]);
        }
      } finally {
        await worker.stop();
      }
      assert.ok(!worker.log.join("").includes(canary));
    });
  }
});

test("health says that the API is live where it is no sandbox", async () => {
  for (const MINARA_BASE_URL of [undefined, "https://api.minara.ai", "https://api-developer.minara.ai"]) {
    const worker = await startWorkerd({ settings: { MINARA_API_KEY: canary, MINARA_BASE_URL } });
    try {
      const health = await fetch(`${worker.url}/api/health`);
      assert.deepEqual(await health.json(), { status: "ok", upstream: "live" });
    } finally {
      await worker.stop();
    }
  }
});

test("no two isolates give out the same request ids", async () => {
  const ids = new Set();
  for (let count = 0; count < 2; count += 1) {
    const worker = await startWorkerd({ settings: { MINARA_API_KEY: canary } });
    try {
      const health = await fetch(`${worker.url}/api/health`);
      ids.add(health.headers.get("x-request-id"));
    } finally {
      await worker.stop();
    }
  }
  assert.equal(ids.size, 2);
});

describe("by address", () => {
  test("the addresses of one IPv6 network count as one, and each IPv4 address for itself", async () => {
    const settings = { SESSION_SECRET: sessionSecret, DAILY_BUDGET: "1", ALLOWED_ORIGINS: partner };
    const gateway = await startGateway({ settings, limits: { caller: 100, address: 100, session: 2 } });
    try {
      const begin = (address) => gateway.post("/api/session", {}, { origin: partner, "cf-connecting-ip": address });
      for (const [address, status] of [
        ["2001:db8:1:2::1", 200],
        ["2001:db8:1:2:ffff::2", 200],
        ["2001:db8:1:2:3:4:5:6", 429],
        ["2001:db8:1:3::1", 200],
        ["192.0.2.1", 200],
        ["192.0.2.2", 200],
        ["192.0.2.3", 200],
      ]) {
        assert.equal((await begin(address)).status, status, address);
      }
    } finally {
      await gateway.stop();
    }
  });
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
        const { status, text } = await askAs(host, gateway.worker.port, method, path, body);
        gateway.keep(text);
        const { code, message: said } = JSON.parse(text).error;
        assert.deepEqual([status, code, said], [503, "not_configured", message], path);
      }
      assert.equal(gateway.sandbox.requests.length, 0);
    });
  }

  for (const host of ["localhost", "LOCALHOST:8787", "minara.localhost:8787", "127.0.0.1:1", "[::1]:8787"]) {
    test(`calls are served at ${host}`, async () => {
      const { status } = await askAs(host, gateway.worker.port, "POST", paths.perp, JSON.stringify(bodies[paths.perp]));
      assert.equal(status, 200);
    });
  }

  test("with one, another name is served", async () => {
    const settings = { SESSION_SECRET: sessionSecret, DAILY_BUDGET: "1" };
    const open = await startGateway({ settings });
    try {
      const { status, text } = await askAs("minara.example.workers.dev", open.worker.port, "GET", "/api/health");
      assert.deepEqual([status, JSON.parse(text)], [200, { status: "ok", upstream: "sandbox" }]);
    } finally {
      await open.stop();
    }
  });
});

/** One request under a host of the test's choice, which fetch would not send. */
function askAs(host, port, method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = { host, "content-type": "application/json" };
    const outgoing = request({ host: "127.0.0.1", port, method, path, headers, agent: false }, async (response) => {
      const pieces = await response.toArray();
      resolve({ status: response.statusCode, text: Buffer.concat(pieces).toString() });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
