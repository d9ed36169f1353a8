// Requests that never reach the API: by their body, route, method, type, size, time and origin.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";

import { bodies, paths, startGateway, streamed } from "./gateway.mjs";
import { partner } from "./sessions.fixture.mjs";

const chat = bodies[paths.chat];
const say = (content) => ({ ...chat, message: { role: "user", content } });

/** @type {Awaited<ReturnType<typeof startGateway>>} */
let gateway;

/** Everything that a refusal has, and that the API heard nothing. */
async function refused(response, status, code, message) {
  assert.deepEqual([response.status, response.error?.code], [status, code], response.text);
  if (message !== undefined) assert.equal(response.error.message, message);
  assert.equal(response.error.requestId, response.headers.get("x-request-id"));
  assert.equal(response.headers.get("content-type"), "application/json");
  assert.equal(gateway.sandbox.requests.length, 0);
}

describe("requests that the Worker refuses", () => {
  before(async () => {
    gateway = await startGateway({ settings: { ALLOWED_ORIGINS: partner, BODY_TIMEOUT_MS: "300" } });
  });
  beforeEach(() => gateway.sandbox.reset());
  after(() => gateway.stop());

  describe("by their body", testBodies);
  describe("by their method and path", testRoutes);
  describe("by their type", testTypes);
  describe("by their size and time", testSizes);
  describe("by origin", () => {
    testOrigins();
    testHeadersForOrigins();
  });
});

function testBodies() {
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
}

function testRoutes() {
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
}

function testTypes() {
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
}

function testSizes() {
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
    gateway.keep(answer);
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.match(answer, /"message":"The body did not arrive whole and in time\."/);
    assert.equal(gateway.sandbox.requests.length, 0);
  });
}

function testOrigins() {
  for (const [name, headers, status] of [
    ["no origin", () => ({}), 200],
    ["the Worker's own", () => ({ origin: gateway.url }), 200],
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
}

function testHeadersForOrigins() {
  test("an allowed origin is echoed, on errors too, and no other", async () => {
    for (const body of [undefined, {}]) {
      const { headers } = await gateway.post(paths.perp, body, { origin: partner });
      assert.equal(headers.get("access-control-allow-origin"), partner);
      assert.equal(headers.get("access-control-expose-headers"), "X-Request-Id, Retry-After");
      assert.equal(headers.get("access-control-allow-credentials"), null);
      assert.equal(headers.get("vary"), "Origin");
    }
    for (const origin of ["https://evil.example", gateway.url]) {
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
}
