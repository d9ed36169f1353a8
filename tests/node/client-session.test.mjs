// How a client comes by its session, which calls go out again under one, and what is told where none is to be had.
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";

import { Minara } from "minara";
import { mockFetch } from "minara/testing";

import { failureOf, readAll } from "./client.fixture.mjs";
import { ANSWER, DEMAND, LOST, asked, baseUrl, granted, refusal } from "./client-session.fixture.mjs";

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

test("a Worker without Turnstile gives a session for nothing", async () => {
  const fetch = mockFetch([DEMAND, granted("t1"), ANSWER]);
  await new Minara({ baseUrl, fetch, session: async () => undefined }).chat({ message: "gm" });
  assert.deepEqual(fetch.requests[1].body, {});
});

test("a session beside a key is refused, for there is no Worker to ask for one", async () => {
  const error = await failureOf(() => new Minara({ apiKey: "sk-minara-test", session: async () => "turnstile" }));
  assert.equal(error.message, "session is for a Worker, which holds the apiKey: give one of them.");
  assert.deepEqual([error.code, error.field], ["invalid_request", "session"]);
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

test("a call that is unauthorized without a session is not sent again under one", async () => {
  const fetch = mockFetch([refusal("unauthorized"), granted("t1"), ANSWER]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
  assert.equal((await failureOf(() => minara.chat({ message: "gm" }))).code, "unauthorized");
  assert.equal(fetch.requests.length, 1);
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

test("the look-up of a job's answer, which is not billed, goes out again under a session after a flake", async () => {
  const job = { json: { id: "bg_1", status: "completed", result: { content: "gm" } } };
  const fetch = mockFetch([{ status: 202, json: { id: "bg_1" } }, { status: 502, json: {} }, DEMAND, granted("t1"), job]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
  assert.equal((await minara.chatBackground({ message: "gm" }).wait()).content, "gm");
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

test("a caller's function that rejects with nothing fails the stream all the same", async () => {
  const minara = new Minara({ baseUrl, fetch: mockFetch([DEMAND]), session: () => Promise.reject(undefined) });
  const stream = minara.chatStream({ message: "gm" });
  const settled = await Promise.allSettled([stream.final(), stream.text()]);
  assert.deepEqual(settled, [
    { status: "rejected", reason: undefined },
    { status: "rejected", reason: undefined },
  ]);
});
