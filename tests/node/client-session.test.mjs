import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";

import { Minara } from "minara";
import { mockFetch } from "minara/testing";

import { MinaraError as SessionError } from "../../js/js/errors.js";
import { Session } from "../../js/js/session.js";
import { failureOf, readAll } from "./client.fixture.mjs";

const baseUrl = "https://worker.example/api";
const refusal = (code, status = 401) => ({
  status,
  json: { error: { code, message: "Begin a session first.", requestId: "r-1" } },
});
const DEMAND = refusal("session_required");
const inTenMinutes = () => new Date(Date.now() + 600_000).toISOString();
const granted = (token, expiresAt = inTenMinutes()) => ({ json: { token, expiresAt } });
const ANSWER = { json: { content: "gm" } };

const asked = (fetch) => fetch.requests.map(({ url, headers }) => [url.slice(baseUrl.length), headers.authorization]);

test("a call that the Worker refuses for want of a session is repeated once, under a token", async () => {
  const fetch = mockFetch([DEMAND, granted("t1"), ANSWER, ANSWER]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
  assert.equal((await minara.chat({ message: "gm" })).content, "gm");
  await minara.chat({ message: "gm" });
  assert.deepEqual(asked(fetch), [
    ["/v1/developer/chat", undefined],
    ["/session", undefined],
    ["/v1/developer/chat", "Bearer t1"],
    ["/v1/developer/chat", "Bearer t1"],
  ]);
  assert.deepEqual(fetch.requests[1].body, { turnstileToken: "turnstile" });
});

test("a stream begins its session in the same way", async () => {
  const fetch = mockFetch([DEMAND, granted("t1"), { stream: ["g", "m"] }]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
  assert.equal((await readAll(minara.chatStream({ message: "gm" }))).text, "gm");
});

test("calls at the same time share one trade", async () => {
  let solved = 0;
  const answers = {
    "/session": [granted("t1")],
    "/v1/developer/chat": [DEMAND, DEMAND, DEMAND, ANSWER, ANSWER, ANSWER],
  };
  const requests = [];
  const fetch = async (request) => {
    const path = new URL(request.url).pathname.replace("/api", "");
    requests.push([path, request.headers.get("authorization")]);
    const { status = 200, json } = answers[path].shift();
    return Response.json(json, { status });
  };
  const session = async () => `turnstile-${(solved += 1)}`;
  const minara = new Minara({ baseUrl, fetch, session });
  await Promise.all([1, 2, 3].map(() => minara.chat({ message: "gm" })));
  assert.equal(solved, 1);
  assert.equal(requests.filter(([path]) => path === "/session").length, 1);
  assert.equal(requests.filter(([, bearer]) => bearer === "Bearer t1").length, 3);
});

test("a second refusal is told, and so is one without the option", async () => {
  const minara = new Minara({
    baseUrl,
    fetch: mockFetch([DEMAND, granted("t1"), DEMAND]),
    session: async () => "turnstile",
  });
  const error = await failureOf(() => minara.chat({ message: "gm" }));
  assert.equal(error.code, "session_required");
  assert.equal(error.outcome, "refused");
  assert.equal(error.requestId, "r-1");
  const without = new Minara({ baseUrl, fetch: mockFetch([DEMAND]) });
  assert.equal((await failureOf(() => without.chat({ message: "gm" }))).code, "session_required");
});

test("a token close to its end is renewed with itself before the call", async () => {
  const soon = new Date(Date.now() + 30_000).toISOString();
  const fetch = mockFetch([DEMAND, granted("t1", soon), ANSWER, granted("t2"), ANSWER]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
  await minara.chat({ message: "gm" });
  await minara.chat({ message: "gm" });
  assert.deepEqual(asked(fetch).slice(3), [
    ["/session", "Bearer t1"],
    ["/v1/developer/chat", "Bearer t2"],
  ]);
  assert.deepEqual(fetch.requests[3].body, {});
});

test("where a renewal is refused, a new session begins", async () => {
  const past = new Date(Date.now() - 1).toISOString();
  const fetch = mockFetch([DEMAND, granted("t1", past), ANSWER, refusal("unauthorized"), granted("t2"), ANSWER]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
  await minara.chat({ message: "gm" });
  await minara.chat({ message: "gm" });
  assert.deepEqual(asked(fetch).slice(3), [
    ["/session", "Bearer t1"],
    ["/session", undefined],
    ["/v1/developer/chat", "Bearer t2"],
  ]);
});

test("a token that the Worker no longer takes is replaced", async () => {
  const fetch = mockFetch([DEMAND, granted("t1"), ANSWER, refusal("unauthorized"), granted("t2"), ANSWER]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
  await minara.chat({ message: "gm" });
  assert.equal((await minara.chat({ message: "gm" })).content, "gm");
  assert.equal(fetch.requests.at(-1).headers.authorization, "Bearer t2");
});

test("a Turnstile token that is none, and a session without a token, are named", async () => {
  const empty = new Minara({ baseUrl, fetch: mockFetch([DEMAND]), session: async () => "" });
  const error = await failureOf(() => empty.chat({ message: "gm" }));
  assert.equal(
    error.message,
    "session must give a Turnstile token: a non-empty string, or undefined where none is asked for.",
  );
  assert.equal(error.field, "session");
  const minara = new Minara({ baseUrl, fetch: mockFetch([DEMAND, { json: {} }]), session: async () => "turnstile" });
  assert.equal((await failureOf(() => minara.chat({ message: "gm" }))).code, "bad_response");
});

test("a Worker without Turnstile gives a session for nothing", async () => {
  const fetch = mockFetch([DEMAND, granted("t1"), ANSWER]);
  await new Minara({ baseUrl, fetch, session: async () => undefined }).chat({ message: "gm" });
  assert.deepEqual(fetch.requests[1].body, {});
});

test("what the caller's function throws is thrown, and the next call asks it again", async () => {
  const closed = new Error("the visitor closed the challenge");
  const answers = [closed, "turnstile"];
  const session = async () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const minara = new Minara({ baseUrl, fetch: mockFetch([DEMAND, DEMAND, granted("t1"), ANSWER]), session });
  await assert.rejects(minara.chat({ message: "gm" }), (error) => error === closed);
  assert.equal((await minara.chat({ message: "gm" })).content, "gm");
});

test("an abort does not wait for the challenge", async () => {
  const minara = new Minara({ baseUrl, fetch: mockFetch([DEMAND]), session: () => new Promise(() => {}) });
  const controller = new AbortController();
  const call = minara.chat({ message: "gm" }, { signal: controller.signal });
  setTimeout(() => controller.abort("left"), 20);
  await assert.rejects(call, (reason) => reason === "left");
});

for (const [form, expiresAt] of [
  ["ISO 8601", "1970-01-12T13:46:40.000Z"],
  ["milliseconds", 1_000_000_000],
]) {
  test(`expiry is read as ${form}, and a token is used until a minute before it`, async () => {
    let now = 0;
    const trades = [];
    const trade = async (turnstile, bearer) => {
      trades.push(bearer ?? turnstile);
      return { token: `t${trades.length}`, expiresAt };
    };
    const session = new Session(
      async () => "turnstile",
      trade,
      () => now,
    );
    assert.equal(await session.bearer(), undefined);
    assert.equal(await session.replace(undefined), "t1");
    now = 1_000_000_000 - 60_001;
    assert.equal(await session.bearer(), "t1");
    now += 1;
    assert.equal(await session.bearer(), "t2");
    assert.deepEqual(trades, ["turnstile", "t1"]);
  });
}

const LOST = "The call was not made, and nothing was billed.";
for (const [what, answer, facts, message] of [
  ["fails", { status: 500, json: {} }, { code: "upstream_error", status: 500 }, `The Worker opened no session (upstream_error, HTTP 500). ${LOST}`],
  ["gives HTML", { body: "<p>", headers: { "content-type": "text/html" } }, { code: "bad_response", status: 200 }, `The Worker opened no session (bad_response, HTTP 200). ${LOST}`],
  ["gives a token that no header can carry", { json: { token: "a\nb" } }, { code: "bad_response" }, `The Worker's session answer has no token. ${LOST}`],
  ["gives no token", { json: {} }, { code: "bad_response" }, `The Worker's session answer has no token. ${LOST}`],
  ["breaks off", { error: new TypeError("reset") }, { code: "network" }, `The Worker opened no session (network). ${LOST}`],
]) {
  test(`a trade that ${what} leaves the call unmade and unbilled`, async () => {
    const fetch = mockFetch([DEMAND, answer]);
    const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
    const error = await failureOf(() => minara.chat({ message: "gm" }));
    const { code, status, outcome } = error;
    assert.deepEqual({ code, outcome, ...(status && { status }) }, { outcome: "not_sent", ...facts });
    assert.equal(error.message, message);
    assert.deepEqual(asked(fetch).map(([path]) => path), ["/v1/developer/chat", "/session"]);
  });
}

test("the time that a session takes counts to the call's limit", async () => {
  const fetch = mockFetch([DEMAND]);
  const minara = new Minara({ baseUrl, fetch, session: () => new Promise(() => {}), timeout: { total: 50 } });
  const error = await failureOf(() => minara.chat({ message: "gm" }));
  assert.equal(error.message, `Timed out: no session was to be had within 50 ms (timeout.total). ${LOST}`);
  assert.equal(error.code, "timeout");
  assert.equal(error.outcome, "not_sent");
});

test("a call has what its session has left of the limit", async (t) => {
  const now = performance.now.bind(performance);
  let passed = 0;
  t.mock.method(performance, "now", () => now() + passed);
  const script = mockFetch([DEMAND, granted("t1")]);
  const fetch = (request) => (script.requests.length < 2 ? script(request) : new Promise(() => {}));
  const session = async () => {
    passed += 8950;
    return "turnstile";
  };
  const minara = new Minara({ baseUrl, fetch, session, timeout: { total: 9000 } });
  const error = await failureOf(() => minara.chat({ message: "gm" }));
  assert.match(error.message, /within 9000 ms \(timeout\.total\)/);
});

test("a call that may have been billed does not go out again under another session", async () => {
  const fetch = mockFetch([{ error: new TypeError("reset") }, DEMAND]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
  const error = await failureOf(() => minara.chat({ message: "gm" }, { requestId: "r-1" }));
  assert.equal(error.code, "session_required");
  assert.equal(error.outcome, "unknown");
  assert.deepEqual(asked(fetch).map(([path]) => path), ["/v1/developer/chat", "/v1/developer/chat"]);
});

test("a look-up, which is not billed, goes out again under a session after a flake", async () => {
  const job = { json: { id: "bg_1", status: "queued" } };
  const fetch = mockFetch([{ status: 502, json: {} }, DEMAND, granted("t1"), job]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
  assert.equal((await minara.chatStatus("bg_1")).status, "queued");
});

test("the client's signal ends no trade that other calls wait for", async () => {
  const page = new AbortController();
  const fetch = mockFetch([DEMAND, granted("t1"), ANSWER]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile", signal: page.signal });
  page.abort("left");
  assert.equal((await minara.chat({ message: "gm" }, { signal: null })).content, "gm");
});

test("a token within an answer that cannot be read is in no error", async () => {
  const headers = { "content-type": "application/json" };
  const fetch = mockFetch([DEMAND, { body: '{"token":"tok-leaked-0123456789","expiresAt":', headers }]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
  const error = await failureOf(() => minara.chat({ message: "gm" }));
  assert.ok(!`${error.stack}${JSON.stringify(error)}${error.cause?.body}`.includes("tok-leaked"));
});

test("a trade that broke off may be tried again with its call", async () => {
  const fetch = mockFetch([DEMAND, { error: new TypeError("reset") }]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
  assert.equal((await failureOf(() => minara.chat({ message: "gm" }))).retryable, true);
});

test("a session beside a key is refused, for there is no Worker to ask for one", async () => {
  const error = await failureOf(() => new Minara({ apiKey: "sk-minara-test", session: async () => "turnstile" }));
  assert.equal(error.message, "session is for a Worker, which holds the apiKey: give one of them.");
  assert.deepEqual([error.code, error.field], ["invalid_request", "session"]);
});

test("a session that ends while a job is waited for is renewed, as often as it takes, and the visitor stays who they are", async () => {
  const job = { id: "bg_1", status: "completed", result: { content: "gm" } };
  const script = [{ status: 202, json: { id: "bg_1" } }, DEMAND, granted("t1"), DEMAND, granted("t2"), DEMAND, granted("t3"), { json: job }];
  const fetch = mockFetch(script);
  let solved = 0;
  const minara = new Minara({ baseUrl, fetch, session: async () => `turnstile-${(solved += 1)}` });
  assert.equal((await minara.chatBackground({ message: "gm" }).wait()).content, "gm");
  const look = "/v1/developer/chat/requests/bg_1";
  assert.deepEqual(asked(fetch).slice(1), [
    [look, undefined],
    ["/session", undefined],
    [look, "Bearer t1"],
    ["/session", "Bearer t1"],
    [look, "Bearer t2"],
    ["/session", "Bearer t2"],
    [look, "Bearer t3"],
  ]);
  assert.equal(solved, 1);
});

test("a session that does not come in the time of its own call is not taken for the limit of the wait", async () => {
  const fetch = async (request) => {
    if (request.url.endsWith("/session")) return new Promise(() => {});
    if (request.method === "POST") return Response.json({ id: "bg_1" }, { status: 202 });
    return Response.json(DEMAND.json, { status: DEMAND.status });
  };
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile", timeout: { total: 400 } });
  const error = await failureOf(() => minara.chatBackground({ message: "gm" }).wait());
  assert.equal(
    error.message,
    "The job could not be looked up (timeout): The Worker opened no session (timeout). The call was not made, and " +
      'nothing was billed. It goes on: wait again, or look it up with chatStatus("bg_1").',
  );
  assert.deepEqual([error.code, error.outcome], ["timeout", "unknown"]);
});

test("a Worker that takes none of its own tokens is not asked for ever", async () => {
  const fetch = mockFetch([{ status: 202, json: { id: "bg_1" } }, ...Array(40).fill([DEMAND, granted("t")]).flat()]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
  assert.equal((await failureOf(() => minara.chatBackground({ message: "gm" }).wait())).code, "session_required");
  assert.equal(fetch.requests.length, 1 + 2 * 10 + 1);
});

test("a call whose limit passed while its session was opened is not sent any more", async (t) => {
  let now = 0;
  t.mock.method(performance, "now", () => now);
  const fetch = mockFetch([DEMAND, granted("t1"), ANSWER]);
  const session = async () => {
    // Longer than the limit, and too fast for its timer, as where a page is busy.
    now += 200;
    return "turnstile";
  };
  const minara = new Minara({ baseUrl, fetch, session });
  const error = await failureOf(() => minara.chat({ message: "gm" }, { timeout: { total: 100 } }));
  assert.equal(
    error.message,
    "Timed out: nothing was sent within 100 ms (timeout.total). The call was not made, and nothing was billed.",
  );
  assert.deepEqual([error.code, error.outcome], ["timeout", "not_sent"]);
  assert.equal(fetch.requests.length, 2);
});

test("a call that begins while a session is opened waits for it, and is sent once", async () => {
  let solve;
  const fetch = mockFetch([DEMAND, granted("t1"), ANSWER, ANSWER]);
  const minara = new Minara({ baseUrl, fetch, session: () => new Promise((resolve) => (solve = resolve)) });
  const first = minara.chat({ message: "gm" });
  while (!solve) await setImmediate();
  const second = minara.chat({ message: "gm" });
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
  assert.equal(fetch.requests.length, 1);
  solve("turnstile");
  await Promise.all([first, second]);
  assert.deepEqual(asked(fetch), [
    ["/v1/developer/chat", undefined],
    ["/session", undefined],
    ["/v1/developer/chat", "Bearer t1"],
    ["/v1/developer/chat", "Bearer t1"],
  ]);
});

/** A session whose trades give `t1`, `t2` and so on, or throw what `failing` gives for them; it notes what each is given. */
function sessionOf({ expiresAt, failing = () => undefined, now = () => 0 } = {}) {
  const trades = [];
  const trade = async (turnstile, bearer) => {
    trades.push(bearer ?? turnstile);
    const failure = failing(trades.length);
    if (failure) throw failure;
    return { token: `t${trades.length}`, expiresAt };
  };
  return { trades, session: new Session(async () => "turnstile", trade, now) };
}

test("a refusal that comes late is met with the token that is there by then, without another trade", async () => {
  const { session, trades } = sessionOf();
  assert.equal(await session.replace(undefined), "t1");
  assert.equal(await session.replace(undefined), "t1");
  assert.equal(await session.replace("t0"), "t1");
  assert.deepEqual(trades, ["turnstile"]);
});

test("a refusal that comes late waits for the renewal that is under way", async () => {
  const { session, trades } = sessionOf({ expiresAt: 1 });
  assert.equal(await session.replace(undefined), "t1");
  assert.deepEqual(await Promise.all([session.bearer(), session.replace(undefined), session.bearer()]), ["t2", "t2", "t2"]);
  assert.deepEqual(trades, ["turnstile", "t1"]);
});

for (const expiresAt of [undefined, null, "soon", {}]) {
  test(`a token that expires at ${JSON.stringify(expiresAt)} is used until the Worker refuses it`, async () => {
    const { session, trades } = sessionOf({ expiresAt });
    assert.equal(await session.replace(undefined), "t1");
    assert.equal(await session.bearer(), "t1");
    assert.deepEqual(trades, ["turnstile"]);
  });
}

const lost = new SessionError("Lost.", { code: "network", outcome: "unknown" });
const busy = new SessionError("Too many.", { code: "rate_limited", outcome: "refused", retryable: true, retryAfter: 120 });
const fault = new TypeError("fault");

for (const [what, failure] of [["that is lost", lost], ["that the Worker has no time for", busy]]) {
  test(`a renewal ${what} is put off while the token lives, and no other visitor's session begins`, async () => {
    const failing = (count) => (count === 2 ? failure : undefined);
    const { session, trades } = sessionOf({ expiresAt: 1, failing });
    await session.replace(undefined);
    assert.equal(await session.bearer(), "t1");
    assert.deepEqual(trades, ["turnstile", "t1"]);
    assert.equal(await session.bearer(), "t3");
    assert.deepEqual(trades, ["turnstile", "t1", "t1"]);
  });

  test(`a renewal ${what} is told once the token is over, and no other visitor's session begins`, async () => {
    let time = 0;
    const failing = (count) => (count === 2 ? failure : undefined);
    const { session, trades } = sessionOf({ expiresAt: 1, failing, now: () => time });
    await session.replace(undefined);
    time = 1;
    await assert.rejects(session.bearer(), (error) => error === failure);
    assert.equal(await session.bearer(), "t3");
    assert.deepEqual(trades, ["turnstile", "t1", "t1"]);
  });
}

test("a renewal that fails by a fault of its own is told, whatever the token is", async () => {
  const { session } = sessionOf({ expiresAt: 1, failing: (count) => (count === 2 ? fault : undefined) });
  await session.replace(undefined);
  await assert.rejects(session.bearer(), (error) => error === fault);
});

test("a token that the Worker refused is not used again where its renewal fails", async () => {
  const { session, trades } = sessionOf({ expiresAt: 1, failing: (count) => (count === 2 ? busy : undefined) });
  await session.replace(undefined);
  await assert.rejects(session.replace("t1"), (error) => error === busy);
  assert.deepEqual(trades, ["turnstile", "t1"]);
});

test("a Worker that has no time to renew a session goes on with the same caller", async () => {
  const soon = new Date(Date.now() + 30_000).toISOString();
  const wait = { status: 429, json: {}, headers: { "retry-after": "120" } };
  const fetch = mockFetch([DEMAND, granted("t1", soon), ANSWER, wait, ANSWER]);
  let solved = 0;
  const minara = new Minara({ baseUrl, fetch, session: async () => `turnstile-${(solved += 1)}` });
  for (let call = 0; call < 2; call += 1) await minara.chat({ message: "gm" }, { requestId: "a:1" });
  assert.equal(solved, 1);
  assert.deepEqual(asked(fetch).slice(3), [
    ["/session", "Bearer t1"],
    ["/v1/developer/chat", "Bearer t1"],
  ]);
});

for (const token of ["", " ", "a b", "caf\u00e9", 42, null]) {
  test(`a session's token ${JSON.stringify(token)} is none`, async () => {
    const fetch = mockFetch([DEMAND, { json: { token } }]);
    const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
    const error = await failureOf(() => minara.chat({ message: "gm" }));
    assert.equal(error.message, `The Worker's session answer has no token. ${LOST}`);
    assert.deepEqual([error.code, error.outcome, error.retryable], ["bad_response", "not_sent", false]);
  });
}

test("a trade that the Worker refuses is told in the Worker's words", async () => {
  const no = { status: 403, json: { error: { code: "forbidden", message: "No robots.", requestId: "r-2" } } };
  const minara = new Minara({ baseUrl, fetch: mockFetch([DEMAND, no]), session: async () => "turnstile" });
  const error = await failureOf(() => minara.chat({ message: "gm" }));
  assert.equal(error.message, "No robots.");
  assert.deepEqual([error.code, error.outcome, error.status, error.requestId], ["forbidden", "refused", 403, "r-2"]);
});

test("a call that is unauthorized without a session is not sent again under one", async () => {
  const fetch = mockFetch([refusal("unauthorized"), granted("t1"), ANSWER]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
  assert.equal((await failureOf(() => minara.chat({ message: "gm" }))).code, "unauthorized");
  assert.equal(fetch.requests.length, 1);
});

test("the look-up of a job's answer, which is not billed, goes out again under a session after a flake", async () => {
  const job = { json: { id: "bg_1", status: "completed", result: { content: "gm" } } };
  const fetch = mockFetch([{ status: 202, json: { id: "bg_1" } }, { status: 502, json: {} }, DEMAND, granted("t1"), job]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
  assert.equal((await minara.chatBackground({ message: "gm" }).wait()).content, "gm");
});

test("a call whose limit passed to the millisecond while its session was opened is not sent any more", async (t) => {
  let now = 0;
  t.mock.method(performance, "now", () => now);
  const fetch = mockFetch([DEMAND, granted("t1"), ANSWER]);
  const session = async () => {
    now += 100;
    return "turnstile";
  };
  const minara = new Minara({ baseUrl, fetch, session });
  const { code, outcome } = await failureOf(() => minara.chat({ message: "gm" }, { timeout: { total: 100 } }));
  assert.deepEqual([code, outcome], ["timeout", "not_sent"]);
  assert.equal(fetch.requests.length, 2);
});

for (const total of [Infinity, 2 ** 31]) {
  test(`a session may take its time where the call's limit is ${total}, though no timer can say it`, async (t) => {
    t.mock.method(performance, "now", () => 0);
    const fetch = mockFetch([DEMAND, granted("t1"), ANSWER]);
    const session = () => new Promise((resolve) => setTimeout(resolve, 20, "turnstile"));
    const minara = new Minara({ baseUrl, fetch, session, timeout: { total } });
    assert.equal((await minara.chat({ message: "gm" })).content, "gm");
  });
}

test("where the Worker asks for a new session in place of a renewal, one begins", async () => {
  const fetch = mockFetch([DEMAND, granted("t1"), ANSWER, refusal("unauthorized"), DEMAND, granted("t2"), ANSWER]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
  await minara.chat({ message: "gm" });
  assert.equal((await minara.chat({ message: "gm" })).content, "gm");
  assert.deepEqual(asked(fetch).slice(4), [
    ["/session", "Bearer t1"],
    ["/session", undefined],
    ["/v1/developer/chat", "Bearer t2"],
  ]);
});

test("a call that is aborted already renews no session", async () => {
  const soon = new Date(Date.now() + 30_000).toISOString();
  const fetch = mockFetch([DEMAND, granted("t1", soon), ANSWER]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
  await minara.chat({ message: "gm" });
  const left = minara.chat({ message: "gm" }, { signal: AbortSignal.abort("left") });
  await assert.rejects(left, (reason) => reason === "left");
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
  assert.equal(fetch.requests.length, 3);
});

test("a call that opened a session leaves no listener behind", async () => {
  const { signal } = new AbortController();
  const fetch = mockFetch([DEMAND, granted("t1"), ANSWER]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
  await minara.chat({ message: "gm" }, { signal });
  assert.deepEqual(getEventListeners(signal, "abort"), []);
});
