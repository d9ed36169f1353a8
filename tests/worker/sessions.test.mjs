// Sessions: how one begins, goes on and ends, and whose tokens are taken.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";

import { Minara } from "minara";

import { bearer, bodies, freshToken, paths, sessionToken, startGateway } from "./gateway.mjs";
import { generous, partner, settings } from "./sessions.fixture.mjs";

const now = () => Math.floor(Date.now() / 1000);
const chat = bodies[paths.chat];

describe("sessions", () => {
  const clientToken = "a-client-token-of-the-owner";
  const hash = createHash("sha256").update(clientToken).digest("hex");
  const previous = "the-secret-before-this-one-0123456789";
  /** @type {Awaited<ReturnType<typeof startGateway>>} */
  let gateway;
  before(async () => {
    const more = { SESSION_SECRET_PREVIOUS: previous, CLIENT_TOKENS: `ci:${hash}` };
    gateway = await startGateway({ settings: { ...settings, ...more }, limits: generous });
  });
  beforeEach(() => gateway.sandbox.reset());
  after(() => gateway.stop());

  const ask = (token, path = paths.perp, body = undefined) => gateway.post(path, body, token ? bearer(token) : {});
  const begin = (headers) => gateway.post("/api/session", {}, headers);

  test("without one a call is session_required, and the API hears nothing", async () => {
    const { status, error } = await ask(undefined);
    assert.deepEqual([status, error.code, error.outcome], [401, "session_required", "refused"]);
    assert.equal(error.message, "A session is needed: get a token at POST /api/session.");
    assert.equal(gateway.sandbox.requests.length, 0);
  });

  for (const [origin, name] of [[partner, "an allowed page"], [undefined, "the Worker's own page"]]) {
    test(`${name} begins one and calls with it`, async () => {
      const { status, json, headers } = await begin({ origin: origin ?? gateway.url });
      assert.equal(status, 200);
      assert.equal(headers.get("access-control-allow-origin"), origin ?? null);
      const life = json.expiresAt - Date.now();
      assert.ok(life > 590_000 && life <= 600_000, `${life}`);
      assert.equal((await ask(json.token)).status, 200);
    });
  }

  test("two sessions are never one", async () => {
    const ids = new Set();
    for (let count = 0; count < 3; count += 1) {
      const { json } = await begin({ origin: partner });
      ids.add(Buffer.from(json.token.slice(4), "base64url").subarray(0, 16).toString("hex"));
    }
    assert.deepEqual([ids.size, ids.has("0".repeat(32))], [3, false]);
  });

  test("the body of a request for one must say that it is JSON", async () => {
    const { status, error } = await gateway.post("/api/session", {}, { origin: partner, "content-type": "text/plain" });
    assert.deepEqual([status, error.code], [415, "unsupported_media_type"]);
  });

  test("a program that is no page begins none", async () => {
    const { status, error } = await begin({});
    assert.deepEqual([status, error.code], [403, "forbidden"]);
    assert.equal((await begin({ origin: "https://evil.example" })).status, 403);
  });

  test("a program calls with its token as the package's apiKey, and finds its job again from another client", async () => {
    const program = () => new Minara({ baseUrl: `${gateway.url}/api`, apiKey: clientToken });
    const job = await program().chatBackground({ message: "gm" }, { requestId: "nightly-1" });
    assert.equal((await program().chatStatus(job.id)).requestId, "nightly-1");
    assert.match((await program().chat({ message: "gm" }, { requestId: "nightly-2" })).content, /./);
    assert.equal((await program().chatStatus("nightly-2")).status, "completed");
    assert.equal(gateway.sandbox.counters.charges, 2);
  });

  test("a job is found within its session alone", async () => {
    const visitor = () => {
      const token = freshToken();
      return new Minara({ baseUrl: `${gateway.url}/api`, apiKey: token });
    };
    const first = visitor();
    const job = await first.chatBackground({ message: "gm" });
    assert.equal((await first.chatStatus(job.id)).id, job.id);
    await assert.rejects(visitor().chatStatus(job.id), { code: "not_found", status: 404 });
  });

  test("a token's time over is session_required, and it renews for a day under the same id", async () => {
    const id = randomBytes(16);
    const old = sessionToken({ id, started: now() - 3600, expires: now() - 3000 });
    assert.equal((await ask(old)).error.code, "session_required");
    const { status, json } = await begin(bearer(old));
    assert.equal(status, 200);
    const claim = Buffer.from(json.token.slice(4), "base64url");
    assert.deepEqual(claim.subarray(0, 16), id);
    assert.equal(claim.readUInt32BE(16), Buffer.from(old.slice(4), "base64url").readUInt32BE(16));
    assert.equal((await ask(json.token)).status, 200);
  });

  test("a session that began a day ago is over", async () => {
    const { status, error } = await begin(bearer(sessionToken({ started: now() - 86_400, expires: now() - 85_800 })));
    assert.deepEqual([status, error.code, error.message], [401, "session_required", "The session is over: begin a new one."]);
  });

  test("the previous secret still counts, and new tokens are signed with the current one", async () => {
    const token = freshToken({ secret: previous });
    assert.equal((await ask(token)).status, 200);
    const { json } = await begin(bearer(token));
    assert.notEqual(json.token.slice(-43), token.slice(-43));
  });

  for (const [name, token] of [
    ["forged", () => freshToken({ secret: "x".repeat(32) })],
    ["cut", () => freshToken().slice(0, -1)],
    ["lengthened", () => `${freshToken()}AAAA`],
    ["prolonged", () => `${sessionToken({ started: now(), expires: now() + 9e5 }).slice(0, 40)}${freshToken().slice(40)}`],
    ["empty", () => "ms1."],
    ["unknown", () => "whatever"],
    ["the client's hash", () => hash],
    ["the key itself", () => "sk-minara-guess"],
  ]) {
    test(`a token that is ${name} is unauthorized`, async () => {
      const { status, error } = await ask(token());
      assert.deepEqual([status, error.code, error.message], [401, "unauthorized", "The bearer token is not one of this Worker's."]);
      assert.equal(gateway.sandbox.requests.length, 0);
    });
  }

  test("the owner's programs call with their own token", async () => {
    assert.equal((await ask(clientToken)).status, 200);
    assert.equal((await ask(clientToken, paths.chat, { ...chat, requestId: "r" })).json.requestId, undefined);
    assert.equal(gateway.sandbox.requests.at(-1).body.requestId, "cci.r");
  });
});
