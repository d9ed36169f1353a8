// How a client's session goes on: a token is renewed before its end, and replaced where the Worker no longer takes it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Minara } from "minara";
import { mockFetch } from "minara/testing";

import { failureOf } from "./client.fixture.mjs";
import { ANSWER, DEMAND, asked, baseUrl, granted, refusal } from "./client-session.fixture.mjs";

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
  const soon = new Date(Date.now() + 30_000).toISOString();
  const fetch = mockFetch([DEMAND, granted("t1", soon), ANSWER, refusal("unauthorized"), granted("t2"), ANSWER]);
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

for (const [what, seconds, renewals] of [
  ["over already", -3600, []],
  ["about to end, twice", 30, [["/session", "Bearer t"]]],
]) {
  test(`tokens that come ${what}, as by a clock that is wrong, are not renewed with every call`, async () => {
    const end = new Date(Date.now() + seconds * 1000).toISOString();
    const answers = [DEMAND, granted("t", end), ANSWER, ...renewals.map(() => granted("t", end)), ANSWER, ANSWER, ANSWER];
    const fetch = mockFetch(answers);
    const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
    for (let call = 0; call < 4; call += 1) await minara.chat({ message: "gm" });
    const chat = ["/v1/developer/chat", "Bearer t"];
    assert.deepEqual(asked(fetch).slice(2), [chat, ...renewals, chat, chat, chat]);
  });
}

test("a renewal that does not come holds up no call while the token lives, and is kept when it does", { timeout: 9_000 }, async () => {
  const soon = new Date(Date.now() + 30_000).toISOString();
  const script = mockFetch([DEMAND, granted("t1", soon), ANSWER, ANSWER, ANSWER]);
  let renewed;
  const fetch = (request) =>
    request.url.endsWith("/session") && request.headers.get("authorization")
      ? new Promise((resolve) => (renewed = resolve))
      : script(request);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
  for (let call = 0; call < 2; call += 1) assert.equal((await minara.chat({ message: "gm" })).content, "gm");
  renewed(Response.json(granted("t2").json));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await minara.chat({ message: "gm" });
  assert.deepEqual(asked(script).slice(2).map(([, authorization]) => authorization), ["Bearer t1", "Bearer t1", "Bearer t2"]);
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

test("a Worker that takes none of its own tokens is not asked for ever", async () => {
  const fetch = mockFetch([{ status: 202, json: { id: "bg_1" } }, ...Array(40).fill([DEMAND, granted("t")]).flat()]);
  const minara = new Minara({ baseUrl, fetch, session: async () => "turnstile" });
  assert.equal((await failureOf(() => minara.chatBackground({ message: "gm" }).wait())).code, "session_required");
  assert.equal(fetch.requests.length, 1 + 2 * 10 + 1);
});
