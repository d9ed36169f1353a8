import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, CHAT, joined, lookUp, post, postRaw, question, sandboxFor } from "./sandbox.fixture.mjs";

const START = Date.UTC(2026, 6, 1);
const DAY = 24 * 60 * 60 * 1000;
const HOUR = 3_600_000;
const iso = (time) => new Date(time).toISOString();

/** A sandbox whose clock stands still until a test moves it. */
async function withClock(t, options) {
  const clock = { now: START };
  const sandbox = await sandboxFor(t, { ...options, now: () => clock.now });
  return { sandbox, clock };
}

test("a background job is accepted with 202 and goes through its states by the clock", async (t) => {
  const { sandbox, clock } = await withClock(t, { queueMs: 500, runMs: 2000 });
  const accepted = await ask(sandbox, CHAT, question("Analyze SOL.", { background: true, requestId: "r:1" }));
  const { id, chatId } = accepted.body;
  assert.equal(accepted.status, 202);
  assert.match(id, /^bg_[0-9a-f]{24}$/);
  assert.deepEqual(accepted.body, { id, requestId: "r:1", chatId, status: "queued" });

  const common = { id, requestId: "r:1", chatId, executionMode: "background", createdAt: iso(START), expiresAt: iso(START + DAY) };
  const queued = { ...common, status: "queued", startedAt: null, completedAt: null };
  assert.deepEqual(await lookUp(sandbox, id), { status: 200, body: queued });
  clock.now = START + 500;
  const running = { ...common, status: "in_progress", startedAt: iso(START + 500), completedAt: null };
  assert.deepEqual((await lookUp(sandbox, "r:1")).body, running);
  clock.now = START + 9000;
  const done = (await lookUp(sandbox, id)).body;
  const { result } = done;
  assert.deepEqual(done, { ...common, status: "completed", startedAt: iso(START + 500), completedAt: iso(START + 2500), result });
  assert.equal(result.chatId, chatId);
  assert.match(result.content, /Sandbox answer/);
  assert.equal(sandbox.counters.statusLookups, 3);
  assert.equal(sandbox.counters.charges, 1);
});

test("a background job without a requestId is given one", async (t) => {
  const { sandbox } = await withClock(t);
  const { body } = await ask(sandbox, CHAT, question("hi", { background: true }));
  assert.match(body.requestId, /^request_[0-9a-f]{24}$/);
  assert.equal((await lookUp(sandbox, body.requestId)).body.id, body.id);
});

test("the same id and body is never charged twice: 202 while it runs, 200 when it is done", async (t) => {
  const { sandbox, clock } = await withClock(t, { queueMs: 500, runMs: 2000 });
  const body = question("hi", { background: true, requestId: "same" });
  const first = await ask(sandbox, CHAT, body);
  const running = await ask(sandbox, CHAT, body);
  assert.deepEqual([running.status, running.body.id, running.body.status], [202, first.body.id, "queued"]);
  clock.now += 2500;
  // Key order makes no other body.
  const done = await ask(sandbox, CHAT, { requestId: "same", background: true, ...question("hi") });
  assert.deepEqual([done.status, done.body], [200, (await lookUp(sandbox, "same")).body]);
  assert.equal(sandbox.counters.charges, 1);
  assert.equal(sandbox.counters.posts[CHAT], 3);
});

test("the same id with another body is a conflict, and so is an expired id", async (t) => {
  const { sandbox, clock } = await withClock(t);
  await ask(sandbox, CHAT, question("hi", { requestId: "r" }));
  const other = await ask(sandbox, CHAT, question("hello", { requestId: "r" }));
  assert.deepEqual([other.status, other.body.message], [409, "requestId r was used with another body"]);
  const streamed = await ask(sandbox, CHAT, question("hi", { requestId: "r", stream: true }));
  assert.equal(streamed.status, 409);
  clock.now += DAY - 1;
  assert.equal((await lookUp(sandbox, "r")).status, 200);
  clock.now += 1;
  assert.equal((await lookUp(sandbox, "r")).status, 404);
  const expired = await ask(sandbox, CHAT, question("hi", { requestId: "r" }));
  assert.deepEqual([expired.status, expired.body.message], [409, "requestId r has expired; use a new one"]);
  assert.equal(sandbox.counters.charges, 1);
});

test("an unknown id is 404, and a look-up needs the key", async (t) => {
  const sandbox = await sandboxFor(t);
  const { status, body } = await lookUp(sandbox, "nobody");
  assert.deepEqual([status, body.message], [404, "no chat request nobody: unknown, or older than 24 hours"]);
  assert.equal((await lookUp(sandbox, "100%")).status, 404);
  assert.equal((await fetch(`${sandbox.url}${CHAT}/requests/nobody`)).status, 401);
  assert.equal((await post(sandbox, `${CHAT}/requests/nobody`, {})).status, 405);
});

test("a whole answer under a requestId can be fetched afterwards", async (t) => {
  const { sandbox } = await withClock(t);
  const answer = await ask(sandbox, CHAT, question("hi", { requestId: "whole" }));
  assert.equal(answer.headers.get("x-request-id"), "whole");
  const { body } = await lookUp(sandbox, "whole");
  assert.deepEqual([body.status, body.executionMode, body.result], ["completed", "sync", answer.body]);
  assert.deepEqual([body.createdAt, body.startedAt, body.completedAt], [iso(START), iso(START), iso(START)]);
});

test("a repeated id can be told to give the bare answer instead of the job", async (t) => {
  const sandbox = await sandboxFor(t, { replay: "answer" });
  const body = question("hi", { requestId: "again" });
  const first = await ask(sandbox, CHAT, body);
  const second = await ask(sandbox, CHAT, body);
  assert.deepEqual([second.status, second.body], [200, first.body]);
  assert.equal(sandbox.counters.charges, 1);
});

test("a stream under a requestId goes on when its client is gone", async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.script({ stall: 3 });
  const { head, body } = await postRaw(sandbox, CHAT, question("Analyze SOL.", { stream: true, requestId: "cut" }), {
    onData: (text, socket) => text.split("data: ").length > 3 && socket.destroy(new Error("gone")),
  });
  assert.match(head, /x-request-id: cut/i);
  await sandbox.until(({ counters }) => counters.closedByClient === 1);
  const job = await finished(sandbox, "cut");
  assert.equal(job.executionMode, "stream");
  assert.ok(job.result.content.startsWith(joined(body.toString("utf8"))));
  assert.equal(job.result.usage.outputTokens, sandbox.requests[0].produced);
  assert.equal(sandbox.counters.charges, 1);
});

/** Looks the job up until it is over: each look is one turn of the loop that works on it. */
async function finished(sandbox, id) {
  for (;;) {
    const { body } = await lookUp(sandbox, id);
    if (body.status !== "in_progress") return body;
  }
}

test("a stream that still runs answers its repeated request with 202", async (t) => {
  const sandbox = await sandboxFor(t, { pace: HOUR });
  const body = question("Analyze SOL.", { stream: true, requestId: "slow" });
  const response = await post(sandbox, CHAT, body);
  const again = await ask(sandbox, CHAT, body);
  assert.deepEqual([again.status, again.body.status, again.body.result], [202, "in_progress", undefined]);
  await response.body.cancel();
  assert.equal((await lookUp(sandbox, "slow")).body.status, "in_progress");
});

test("a connection lost before the headers still leaves one paid answer behind", async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.script({ reset: "before-headers" });
  const body = question("hi", { requestId: "lost" });
  await assert.rejects(post(sandbox, CHAT, body));
  await finished(sandbox, "lost");
  const again = await ask(sandbox, CHAT, body);
  assert.deepEqual([again.status, again.body.status], [200, "completed"]);
  assert.deepEqual([sandbox.counters.charges, sandbox.counters.posts[CHAT]], [1, 2]);
});

test("a job can be scripted to fail, in each mode", async (t) => {
  const { sandbox, clock } = await withClock(t, { runMs: 1000 });
  const error = { code: "processing_timeout", message: "took too long" };
  sandbox.script({ match: { method: "POST" }, times: 3, job: { status: "failed", error } });
  await ask(sandbox, CHAT, question("hi", { background: true, requestId: "bg" }));
  assert.equal((await lookUp(sandbox, "bg")).body.status, "in_progress");
  clock.now += 1000;
  const job = (await lookUp(sandbox, "bg")).body;
  assert.deepEqual([job.status, job.error, job.result, job.completedAt], ["failed", error, undefined, iso(START + 1000)]);
  const sync = await ask(sandbox, CHAT, question("hi", { requestId: "sync" }));
  assert.deepEqual([sync.status, sync.body.message], [500, "took too long"]);
  const stream = await (await post(sandbox, CHAT, question("hi", { stream: true, requestId: "stream" }))).text();
  assert.ok(stream.endsWith(`data: ${JSON.stringify({ error })}\n\n`), stream);
  assert.equal((await lookUp(sandbox, "stream")).body.status, "failed");
});

test("single look-ups can be scripted: a state, an error, an unknown id", async (t) => {
  const sandbox = await sandboxFor(t);
  const path = `${CHAT}/requests/*`;
  await ask(sandbox, CHAT, question("hi", { requestId: "r" }));
  sandbox.script([
    { match: { method: "GET", path }, job: { status: "queued" } },
    { match: { method: "GET", path }, job: { status: "failed", error: { code: "processing_interrupted", message: "stopped" } } },
    { match: { method: "GET", path }, status: 404, body: { message: "gone" } },
    { match: { method: "GET", path }, status: 500 },
  ]);
  const queued = await lookUp(sandbox, "r");
  assert.deepEqual([queued.body.status, queued.body.startedAt, queued.body.result], ["queued", null, undefined]);
  const failed = await lookUp(sandbox, "r");
  assert.deepEqual([failed.body.status, failed.body.error.code], ["failed", "processing_interrupted"]);
  assert.deepEqual(await lookUp(sandbox, "r"), { status: 404, body: { message: "gone" } });
  await assert.rejects(lookUp(sandbox, "r"), SyntaxError);
  assert.equal((await lookUp(sandbox, "r")).body.status, "completed");
  assert.equal(sandbox.counters.statusLookups, 5);
});
