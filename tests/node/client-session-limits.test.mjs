// What a session costs of the time of its call, and a caller who does not wait for it.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";

import { Minara } from "minara";
import { mockFetch } from "minara/testing";

import { failureOf } from "./client.fixture.mjs";
import { ANSWER, DEMAND, LOST, baseUrl, granted } from "./client-session.fixture.mjs";

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

test("an abort does not wait for the challenge", async () => {
  const minara = new Minara({ baseUrl, fetch: mockFetch([DEMAND]), session: () => new Promise(() => {}) });
  const controller = new AbortController();
  const call = minara.chat({ message: "gm" }, { signal: controller.signal });
  setTimeout(() => controller.abort("left"), 20);
  await assert.rejects(call, (reason) => reason === "left");
});

test("the client's signal ends no trade that other calls wait for", async () => {
  const page = new AbortController();
  const fetch = mockFetch([DEMAND, granted("t1"), ANSWER]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile", signal: page.signal });
  page.abort("left");
  assert.equal((await minara.chat({ message: "gm" }, { signal: null })).content, "gm");
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

test("a challenge that never settles, and that no call waits for any more, holds up no other call", async () => {
  const challenges = [() => new Promise(() => {}), async () => "turnstile"];
  const fetch = mockFetch([DEMAND, DEMAND, granted("t1"), ANSWER]);
  const minara = new Minara({ baseUrl, fetch, session: () => challenges.shift()() });
  const left = new AbortController();
  const first = minara.chat({ message: "gm" }, { signal: left.signal });
  while (challenges.length === 2) await setImmediate();
  left.abort("unmounted");
  await assert.rejects(first, (reason) => reason === "unmounted");
  assert.equal((await minara.chat({ message: "gm" })).content, "gm");
  assert.equal(fetch.requests.at(-1).headers.authorization, "Bearer t1");
});

test("a challenge goes on for the calls that still wait for it", async () => {
  let solve;
  const fetch = mockFetch([DEMAND, DEMAND, granted("t1"), ANSWER]);
  const minara = new Minara({ baseUrl, fetch, session: () => new Promise((resolve) => (solve = resolve)) });
  const left = new AbortController();
  const first = minara.chat({ message: "gm" }, { signal: left.signal });
  const second = minara.chat({ message: "gn" });
  while (fetch.requests.length < 2) await setImmediate();
  left.abort("unmounted");
  await assert.rejects(first, (reason) => reason === "unmounted");
  solve("turnstile");
  assert.equal((await second).content, "gm");
});
