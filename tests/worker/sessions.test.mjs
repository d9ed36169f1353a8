import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { after, before, beforeEach, describe, test } from "node:test";

import { Minara } from "minara";

import { bearer, bodies, freshToken, paths, sessionSecret, sessionToken, startGateway, streamed } from "./gateway.mjs";

const partner = "https://partner.example";
const now = () => Math.floor(Date.now() / 1000);
const settings = { SESSION_SECRET: sessionSecret, DAILY_BUDGET: "100000", SESSION_BUDGET: "1000", ALLOWED_ORIGINS: partner };
const generous = { caller: 100_000, address: 100_000, session: 100_000 };
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

  /** @param {string} token @param {AbortSignal} [signal] */
  function stream(token, signal) {
    const headers = { "content-type": "application/json", ...bearer(token) };
    return fetch(gateway.url + paths.chat, { method: "POST", headers, body: JSON.stringify(streamed), signal });
  }

  describe("callers never meet", () => {
    const one = freshToken();
    const other = freshToken();
    const id = (token) => `s${Buffer.from(token.slice(4), "base64url").subarray(0, 16).toString("base64url")}.`;

    test("the same requestId of two callers is two calls", async () => {
      const body = { ...chat, requestId: "same" };
      const answers = [await ask(one, paths.chat, body), await ask(other, paths.chat, body)];
      assert.deepEqual(answers.map(({ status }) => status), [200, 200]);
      assert.deepEqual(gateway.sandbox.requests.map(({ body }) => body.requestId), [`${id(one)}same`, `${id(other)}same`]);
      assert.equal(gateway.sandbox.counters.charges, 2);
    });

    test("a requestId comes back as it was sent, in an answer and in a look-up", async () => {
      const queued = await ask(one, paths.chat, { ...chat, background: true, requestId: "job-1" });
      assert.deepEqual([queued.status, queued.json.requestId], [202, "job-1"]);
      const job = await gateway.request(`${paths.chat}/requests/job-1`, { headers: bearer(one) });
      assert.deepEqual([job.status, job.json.requestId, job.json.id], [200, "job-1", queued.json.id]);
      for (const { text } of [queued, job]) assert.ok(!text.includes(id(one)));
    });

    test("a job is found by the caller who has it, under both its ids, and by nobody else", async () => {
      const { json } = await ask(one, paths.chat, { ...chat, background: true, requestId: "job-2" });
      for (const name of [json.id, "job-2"]) {
        const look = (token) => gateway.request(`${paths.chat}/requests/${name}`, { headers: bearer(token) });
        assert.equal((await look(one)).status, 200, name);
        const { status, error } = await look(other);
        assert.deepEqual([status, error.code], [404, "not_found"], name);
      }
      const guessed = await gateway.request(`${paths.chat}/requests/${id(one)}job-2`, { headers: bearer(other) });
      assert.equal(guessed.status, 404);
    });

    test("an id with which the caller's prefix is too long for the API is nowhere to be found, and not asked for", async () => {
      const look = (length) => gateway.request(`${paths.chat}/requests/${"x".repeat(length)}`, { headers: bearer(one) });
      assert.deepEqual([(await look(104)).status, gateway.sandbox.requests.length], [404, 1]);
      assert.deepEqual([(await look(105)).status, gateway.sandbox.requests.length], [404, 1]);
    });

    test("what a look-up names is its caller's: who lost the first answer goes on with the chat", async () => {
      const chatId = `chat_${randomBytes(4).toString("hex")}`;
      const id = `bg_${randomBytes(4).toString("hex")}`;
      gateway.sandbox.script({ body: { id, chatId, requestId: "lost", status: "completed" } });
      assert.equal((await gateway.request(`${paths.chat}/requests/lost`, { headers: bearer(one) })).status, 200);
      gateway.sandbox.script({ body: { chatId, content: "ok" } });
      assert.equal((await ask(one, paths.chat, { ...chat, chatId })).status, 200);
      assert.equal((await ask(other, paths.chat, { ...chat, chatId })).status, 404);
    });

    test("a chat goes on for the caller who began it, and for nobody else", async () => {
      const { json } = await ask(one, paths.chat);
      const more = { ...chat, chatId: json.chatId };
      assert.equal((await ask(one, paths.chat, more)).status, 200);
      const posts = gateway.posts;
      const { status, error } = await ask(other, paths.chat, more);
      assert.deepEqual([status, error.code, error.message], [404, "not_found", "There is no such chat."]);
      assert.equal(gateway.posts, posts);
    });

    for (const [name, raw] of [
      ["in its first event", undefined],
      ["after a comment", ': wait\n\ndata: {"chatId":"CHAT"}\n\ndata: [DONE]\n\n'],
      ["in its second event", 'data: {"choices":[{"delta":{"role":"assistant"}}]}\n\ndata: {"chatId":"CHAT"}\n\ndata: [DONE]\n\n'],
      ["after an event of another kind", 'event: ping\ndata: {}\n\ndata: {"chatId" : "CHAT"}\n\ndata: [DONE]\n\n'],
      ["after an event that has none yet", 'data: {"chatId":null,"note":"\\"chatId\\":\\"x\\""}\r\rdata: {"chatId":"CHAT"}\r\rdata: [DONE]\r\n\r\n'],
      ["beside its text in data", 'data: {"data":{"chatId":"CHAT","text":"gm"}}\n\ndata: [DONE]\n\n'],
      ["beside its text in a chunk", 'data: {"chunk":{"chatId":"CHAT","content":"gm"}}\n\ndata: [DONE]\n\n'],
      ["in bytes one by one", 'data: {"chatId":"CHAT"}\r\n\r\ndata: [DONE]\r\n\r\n'],
    ]) {
      test(`a chat that a stream names ${name} is its caller's`, async () => {
        const named = `chat_${randomBytes(4).toString("hex")}`;
        if (raw) gateway.sandbox.script({ raw: raw.replace("CHAT", named), split: 1 });
        const { text } = await ask(one, paths.chat, streamed);
        if (raw) assert.equal(text, raw.replace("CHAT", named), "and it passes byte for byte");
        const chatId = raw ? named : /"chatId":"(.+?)"/.exec(text)[1];
        assert.match(text, /data: \[DONE\]\r?\n\r?\n$/);
        assert.equal((await ask(other, paths.chat, { ...chat, chatId })).status, 404);
        if (raw) gateway.sandbox.script({ body: { chatId, content: "ok" } });
        assert.equal((await ask(one, paths.chat, { ...chat, chatId })).status, 200);
      });
    }

    test("a chat that a stream names within its first 64 Ki characters is its caller's, and a long answer arrives whole", async () => {
      const chatId = `chat_${randomBytes(4).toString("hex")}`;
      const raw = `${'data: {"n":1}\n\n'.repeat(4_300)}data: {"chatId":"${chatId}"}\n\ndata: [DONE]\n\n`;
      gateway.sandbox.script({ raw });
      assert.equal((await ask(one, paths.chat, streamed)).text, raw);
      const content = "x".repeat(4_000_000);
      gateway.sandbox.script({ body: { chatId, content } });
      const { status, json } = await ask(one, paths.chat, { ...chat, chatId });
      assert.deepEqual([status, json?.content?.length], [200, content.length]);
    });

    test("a chat that only a job's result names is its caller's", async () => {
      const chatId = `chat_${randomBytes(4).toString("hex")}`;
      gateway.sandbox.script({ body: { id: "bg_1", chatId: null, status: "completed", result: { chatId, content: "ok" } }, times: 2 });
      assert.equal((await gateway.request(`${paths.chat}/requests/lost`, { headers: bearer(one) })).json.result.chatId, chatId);
      assert.equal((await ask(other, paths.chat, { ...chat, chatId })).status, 404);
      assert.equal((await ask(one, paths.chat, { ...chat, chatId })).status, 200);
    });

    test("a chat that an answer names beside an id of another kind is its caller's", async () => {
      const chatId = `chat_${randomBytes(4).toString("hex")}`;
      gateway.sandbox.script({ body: { id: 7, chatId, content: "ok" }, times: 2 });
      assert.equal((await ask(one, paths.chat)).json.chatId, chatId);
      assert.equal((await ask(other, paths.chat, { ...chat, chatId })).status, 404);
      assert.equal((await ask(one, paths.chat, { ...chat, chatId })).status, 200);
    });

    test("a stream's deltas are not held back while its chat is learned", async () => {
      gateway.sandbox.script({ deltas: ["one", "two"], stall: 2 });
      const leaving = new AbortController();
      const response = await stream(one, leaving.signal);
      let text = "";
      for await (const chunk of response.body) {
        text += Buffer.from(chunk);
        if (text.includes('"one"')) break;
      }
      assert.ok(!text.includes('"two"'));
      leaving.abort();
    });

    test("a caller who leaves a stream ends the API's work, also after its chat was learned", async () => {
      // workerd notices that a caller has gone when it next writes to them.
      gateway.sandbox.script({ pace: 20, deltas: Array(500).fill("word ") });
      const leaving = new AbortController();
      const response = await stream(one, leaving.signal);
      await response.body.getReader().read();
      leaving.abort();
      await gateway.sandbox.until((sandbox) => sandbox.counters.closedByClient === 1);
    });

    test("a stream that the API cuts is cut for the caller, and does not look complete", async () => {
      gateway.sandbox.script({ deltas: ["one", "two", "three"], reset: 3 });
      const response = await stream(one);
      await assert.rejects(response.text());
    });
  });
});

describe("rate limits", () => {
  test("a caller over the limit is rate_limited before anything is read or sent", async () => {
    const gateway = await startGateway({ settings, limits: { caller: 3, address: 100, session: 2 } });
    try {
      const token = freshToken();
      const ask = (body) => gateway.post(paths.perp, body, bearer(token));
      assert.deepEqual([(await ask()).status, (await ask()).status, (await ask("{")).status], [200, 200, 400]);
      const { status, error, headers } = await ask("{");
      assert.deepEqual([status, error.code, error.retryAfter, headers.get("retry-after")], [429, "rate_limited", 60, "60"]);
      assert.equal((await gateway.post(paths.perp, undefined, bearer(freshToken()))).status, 200, "others go on");
      assert.equal(gateway.posts, 3);
    } finally {
      await gateway.stop();
    }
  });

  test("the owner's programs have a limit as well", async () => {
    const token = "a-client-token-of-the-owner";
    const CLIENT_TOKENS = `ci:${createHash("sha256").update(token).digest("hex")}`;
    const gateway = await startGateway({ settings: { ...settings, CLIENT_TOKENS }, limits: { caller: 1, address: 100, session: 2 } });
    try {
      const ask = () => gateway.post(paths.perp, undefined, bearer(token));
      assert.deepEqual([(await ask()).status, (await ask()).error?.code], [200, "rate_limited"]);
    } finally {
      await gateway.stop();
    }
  });

  test("an address has one limit for all of its callers, their look-ups and the sessions that they begin", async () => {
    const address = { "cf-connecting-ip": "192.0.2.1" };
    const call = (gateway) => gateway.post(paths.perp, undefined, { ...bearer(freshToken()), ...address });
    const lookUp = (gateway) => gateway.request(`${paths.chat}/requests/none`, { headers: { ...bearer(freshToken()), ...address } });
    const begin = (gateway) => gateway.post("/api/session", {}, { origin: partner, ...address });
    const renew = (gateway) => gateway.post("/api/session", {}, { ...bearer(freshToken()), ...address });
    for (const [name, ask] of Object.entries({ call, lookUp, begin, renew })) {
      const gateway = await startGateway({ settings, limits: { caller: 100, address: 2, session: 100 } });
      try {
        const seen = [await ask(gateway), await ask(gateway), await ask(gateway)].map(({ status }) => status === 429);
        assert.deepEqual(seen, [false, false, true], name);
        assert.notEqual((await gateway.post(paths.perp, undefined, { ...bearer(freshToken()), "cf-connecting-ip": "192.0.2.2" })).status, 429, name);
      } finally {
        await gateway.stop();
      }
    }
  });

  test("look-ups count as a caller's requests, and renewals as an address's sessions", async () => {
    const gateway = await startGateway({ settings, limits: { caller: 1, address: 100, session: 1 } });
    try {
      const token = bearer(freshToken());
      const lookUp = () => gateway.request(`${paths.chat}/requests/none`, { headers: token });
      assert.deepEqual([(await lookUp()).status, (await lookUp()).status], [404, 429]);
      const renew = () => gateway.post("/api/session", {}, { ...token, "cf-connecting-ip": "192.0.2.1" });
      assert.deepEqual([(await renew()).status, (await renew()).status], [200, 429]);
    } finally {
      await gateway.stop();
    }
  });

  test("an address that begins too many sessions is rate_limited", async () => {
    const gateway = await startGateway({ settings, limits: { caller: 100, address: 100, session: 2 } });
    try {
      const begin = () => gateway.post("/api/session", {}, { origin: partner, "cf-connecting-ip": "192.0.2.1" });
      const codes = [(await begin()).status, (await begin()).status, (await begin()).status];
      assert.deepEqual(codes, [200, 200, 429]);
    } finally {
      await gateway.stop();
    }
  });

  for (const [name, limits] of [
    ["its limiters", {}],
    ["the limiter of callers", { address: 100, session: 100 }],
    ["the limiter of addresses", { caller: 100, session: 100 }],
  ]) {
    test(`without ${name} the Worker serves nobody`, async () => {
      const gateway = await startGateway({ settings, limits });
      try {
        const headers = { ...bearer(freshToken()), "cf-connecting-ip": "192.0.2.1" };
        const { status, error } = await gateway.post(paths.perp, undefined, headers);
        assert.deepEqual([status, error.code], [503, "not_configured"]);
        assert.equal(gateway.posts, 0);
      } finally {
        await gateway.stop();
      }
    });
  }
});

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
