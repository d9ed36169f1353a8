import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";

import { Minara } from "minara";
import { mockFetch } from "minara/testing";

import { clientFor, failureOf } from "./client.fixture.mjs";

const QUESTION = { message: "Compare the largest DEXs.", mode: "expert" };
const BASE = { baseUrl: "https://worker.example/api" };

test("chatBackground gives the job at once, and wait() its answer", async (t) => {
  const { minara, sandbox } = await clientFor(t);
  const job = await minara.chatBackground(QUESTION);
  assert.match(job.id, /^bg_/);
  assert.equal(job.status, "queued");
  assert.deepEqual(sandbox.requests[0].body, {
    mode: "expert",
    stream: false,
    message: { role: "user", content: QUESTION.message },
    background: true,
  });
  const answer = await job.wait();
  assert.match(answer.content, /Sandbox/);
  assert.equal(answer.chatId, job.chatId);
  assert.equal((await minara.chatStatus(job.id)).status, "completed");
  assert.equal(sandbox.counters.charges, 1);
});

test("wait() of the call itself starts the job and waits for it", async (t) => {
  const { minara, sandbox } = await clientFor(t);
  assert.match((await minara.chatBackground(QUESTION).wait()).content, /Sandbox/);
  assert.equal(sandbox.counters.posts["/v1/developer/chat"], 1);
});

test("withResponse() of a job tells that it was accepted", async (t) => {
  const { minara } = await clientFor(t);
  const { status, data } = await minara.chatBackground(QUESTION).withResponse();
  assert.equal(status, 202);
  assert.match((await data.wait()).content, /Sandbox/);
});

test("a job keeps every member of the API's answer, and its own wait()", async () => {
  const answer = { id: "bg_1", requestId: "r", chatId: null, status: "queued", eta: 3, wait: "soon" };
  const job = await new Minara({ ...BASE, fetch: mockFetch([{ status: 202, json: answer }]) }).chatBackground(QUESTION);
  assert.deepEqual({ ...job }, { id: "bg_1", requestId: "r", chatId: null, status: "queued", eta: 3 });
  assert.equal(typeof job.wait, "function");
});

test("wait() looks again until the job is done", async () => {
  const states = ["queued", "in_progress"].map((status) => ({ json: { id: "bg_1", status } }));
  const done = { json: { id: "bg_1", status: "completed", result: { content: "done", extra: 1 } } };
  const fetch = mockFetch([{ status: 202, json: { id: "bg_1", status: "queued" } }, ...states, done]);
  const answer = await new Minara({ ...BASE, fetch }).chatBackground(QUESTION).wait();
  assert.deepEqual(answer, { content: "done", extra: 1 });
  assert.deepEqual(
    fetch.requests.slice(1).map(({ method, url }) => [method, url]),
    Array(3).fill(["GET", "https://worker.example/api/v1/developer/chat/requests/bg_1"]),
  );
});

test("a job that failed is stream_error with its reason", async () => {
  const failed = { id: "bg_1", status: "failed", error: { code: "processing_timeout", message: "took too long" } };
  const fetch = mockFetch([{ status: 202, json: { id: "bg_1" } }, { json: failed }]);
  const error = await failureOf(() => new Minara({ ...BASE, fetch }).chatBackground(QUESTION).wait());
  assert.equal(error.code, "stream_error");
  assert.match(error.message, /processing_timeout: took too long/);
});

test("a job without an id cannot be waited for", async () => {
  const fetch = mockFetch([{ status: 202, json: { status: "queued" } }]);
  const error = await failureOf(() => new Minara({ ...BASE, fetch }).chatBackground(QUESTION).wait());
  assert.equal(error.code, "bad_response");
  assert.equal(error.outcome, "done");
  assert.equal(error.message, "The API started the job without giving its id, so its answer cannot be looked up.");
});

test("wait() ends by its limit or by the caller's signal, and the job goes on", async (t) => {
  const { minara, sandbox } = await clientFor(t, { sandbox: { queueMs: 300, runMs: 300 } });
  const job = await minara.chatBackground(QUESTION);
  const error = await failureOf(() => job.wait({ timeout: { total: 50 } }));
  assert.equal(error.code, "timeout");
  assert.equal(
    error.message,
    "The job was not done after 50 ms (timeout.total of wait). " +
      `It goes on: wait again, or look it up with chatStatus("${job.id}").`,
  );
  const controller = new AbortController();
  const waiting = job.wait({ signal: controller.signal });
  controller.abort("enough");
  await assert.rejects(waiting, (reason) => reason === "enough");
  assert.deepEqual(getEventListeners(controller.signal, "abort"), []);
  assert.match((await job.wait()).content, /Sandbox/);
  assert.equal(sandbox.counters.charges, 1);
});

test("a wait without a signal ends by that of its call or of the client", async (t) => {
  const { minara, sandbox } = await clientFor(t, { sandbox: { queueMs: 300, runMs: 300 } });
  const call = new AbortController();
  const job = await minara.chatBackground(QUESTION, { signal: call.signal });
  const waiting = job.wait();
  call.abort("enough");
  await assert.rejects(waiting, (reason) => reason === "enough");
  assert.match((await job.wait({ signal: null })).content, /Sandbox/);

  const page = new AbortController();
  const client = new Minara({ apiKey: sandbox.key, baseUrl: sandbox.url, signal: page.signal });
  const other = (await client.chatBackground(QUESTION)).wait();
  page.abort("left");
  await assert.rejects(other, (reason) => reason === "left");
});

for (const [what, look, code] of [
  ["is limited", { status: 429, json: {} }, "rate_limited"],
  ["finds nothing", { status: 404, json: {} }, "not_found"],
  ["never leaves", { error: Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } }) }, "network"],
]) {
  test(`a look-up that ${what} does not say that the job was not started`, async () => {
    const fetch = mockFetch([{ status: 202, json: { id: "bg_1", status: "queued" } }, look]);
    const minara = new Minara({ ...BASE, fetch, maxRetries: 0 });
    const error = await failureOf(() => minara.chatBackground(QUESTION).wait());
    assert.equal(error.code, code);
    assert.equal(error.outcome, "unknown");
    assert.equal(error.retryable, false);
    assert.equal(error.cause.code, code);
    assert.ok(error.message.startsWith(`The job could not be looked up (${code}): `), error.message);
    const next =
      code === "not_found"
        ? " The API keeps it for 24 hours, for whoever started it."
        : ' It goes on: wait again, or look it up with chatStatus("bg_1").';
    assert.ok(error.message.endsWith(next), error.message);
  });
}

test("chatStatus of an unknown id is not_found, and costs nothing", async (t) => {
  const { minara, sandbox } = await clientFor(t);
  assert.equal((await failureOf(() => minara.chatStatus("nobody"))).code, "not_found");
  assert.equal((await failureOf(() => minara.chatStatus("../chat"))).code, "invalid_request");
  assert.equal(sandbox.counters.charges, 0);
});

for (const [what, options, message] of [
  ["options that are none", 5000, "Invalid wait options: must be a plain object. The job goes on."],
  ["a signal that is none", { signal: "stop" }, "Invalid wait options: signal must be an AbortSignal. The job goes on."],
  [
    "a limit that is none",
    { timeout: { total: "1m" } },
    "Invalid wait options: timeout.total must be a number of milliseconds above 0, or Infinity for none. The job goes on.",
  ],
  [
    "limits that a wait does not have",
    { timeout: { idle: 1 } },
    "Invalid wait options: timeout.idle is not a known option (known: total). The job goes on.",
  ],
]) {
  test(`wait() refuses ${what} before it looks`, async () => {
    const fetch = mockFetch([{ status: 202, json: { id: "bg_1", status: "queued" } }]);
    const job = await new Minara({ ...BASE, fetch }).chatBackground(QUESTION);
    const error = await failureOf(() => job.wait(options));
    assert.equal(error.message, message);
    assert.equal(error.code, "invalid_request");
    assert.equal(error.outcome, "unknown", "the job itself is on its way");
    assert.equal(fetch.requests.length, 1);
  });
}

test("a time limit of the Worker's is not taken for that of the wait", async () => {
  const late = { status: 504, json: { error: { code: "timeout", message: "Too slow.", requestId: "r-1" } } };
  const fetch = mockFetch([{ status: 202, json: { id: "bg_1" } }, late]);
  const minara = new Minara({ ...BASE, fetch, maxRetries: 0 });
  const error = await failureOf(() => minara.chatBackground(QUESTION).wait());
  assert.equal(
    error.message,
    'The job could not be looked up (timeout): Too slow. It goes on: wait again, or look it up with chatStatus("bg_1").',
  );
  assert.deepEqual([error.code, error.status, error.outcome], ["timeout", 504, "unknown"]);
});

for (const [what, answer, id] of [
  ["the job's id, where it has a requestId too", { id: "bg_1", requestId: "a:1" }, "bg_1"],
  ["its requestId, where it has no id", { requestId: "a:1" }, "a:1"],
]) {
  test(`wait() looks the answer up under ${what}`, async () => {
    const done = { json: { status: "completed", result: { content: "done" } } };
    const fetch = mockFetch([{ status: 202, json: answer }, done]);
    assert.equal((await new Minara({ ...BASE, fetch }).chatBackground(QUESTION).wait()).content, "done");
    assert.equal(fetch.requests[1].url, `https://worker.example/api/v1/developer/chat/requests/${id}`);
  });
}

test("a look-up that is limited says when to look again, and not to start the job again", async () => {
  const limited = { status: 429, json: {}, headers: { "retry-after": "7", "x-request-id": "r-7" } };
  const fetch = mockFetch([{ status: 202, json: { id: "bg_1" } }, limited]);
  const error = await failureOf(() => new Minara({ ...BASE, fetch, maxRetryAfter: 0 }).chatBackground(QUESTION).wait());
  const { code, outcome, retryable, status, retryAfter, requestId } = error;
  assert.deepEqual(
    { code, outcome, retryable, status, retryAfter, requestId },
    { code: "rate_limited", outcome: "unknown", retryable: false, status: 429, retryAfter: 7, requestId: "r-7" },
  );
});

test("a job whose answer cannot be used is done, and that is told as it is", async () => {
  const fetch = mockFetch([{ status: 202, json: { id: "bg_1" } }, { json: { id: "bg_1", status: "completed", result: {} } }]);
  const error = await failureOf(() => new Minara({ ...BASE, fetch }).chatBackground(QUESTION).wait());
  assert.equal(error.message, "The paid answer could not be fetched: the job is completed, but its answer has no content.");
  assert.deepEqual([error.code, error.outcome, error.status], ["bad_response", "done", 200]);
});

const onItsWay = 'It goes on: wait again, or look it up with chatStatus("bg_1").';
const refusedLook = (code, status) => () => Response.json({ error: { code, message: "No.", requestId: "r-1" } }, { status });
for (const [what, look, code, message] of [
  ["that is refused", refusedLook("forbidden", 403), "forbidden", `The job could not be looked up (forbidden): No. ${onItsWay}`],
  [
    "that the Worker gives up",
    refusedLook("timeout", 504),
    "timeout",
    `The job could not be looked up (timeout): No. ${onItsWay}`,
  ],
  [
    "whose answer is no JSON",
    () => new Response("<html>", { headers: { "content-type": "text/html" } }),
    "bad_response",
    "The job could not be looked up (bad_response): The API answered success, but its body (text/html) is not JSON. The " +
      `look-up costs nothing: look again. ${onItsWay}`,
  ],
  [
    "that never leaves",
    () => Promise.reject(Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } })),
    "network",
    "The job could not be looked up (network): The connection failed. Nothing was sent; check the address and the network. " +
      onItsWay,
  ],
]) {
  test(`a look-up ${what} when the limit of the wait has passed is told as that`, async (t) => {
    const now = performance.now.bind(performance);
    let passed = 0;
    t.mock.method(performance, "now", () => now() + passed);
    const fetch = async ({ method }) => {
      if (method === "POST") return Response.json({ id: "bg_1" }, { status: 202 });
      passed += 600_000;
      return look();
    };
    const minara = new Minara({ ...BASE, fetch, maxRetries: 0 });
    const error = await failureOf(() => minara.chatBackground(QUESTION).wait());
    assert.equal(error.message, message);
    assert.deepEqual([error.code, error.outcome], [code, "unknown"]);
  });
}

test("a job that is done or has failed already is told as the job that it is", async () => {
  const done = { id: "bg_1", status: "completed", result: { content: "gm" } };
  const failed = { id: "bg_2", status: "failed", error: { code: "processing_error", message: "no model" } };
  const minara = new Minara({ ...BASE, fetch: mockFetch([{ json: done }, { json: failed }]) });
  assert.deepEqual({ ...(await minara.chatBackground(QUESTION, { requestId: "a:1" })) }, done);
  assert.deepEqual({ ...(await minara.chatBackground(QUESTION, { requestId: "a:2" })) }, failed);
});

test("an answer that was at work already comes with the response that said so", async () => {
  const job = { id: "bg_1", status: "completed", result: { content: "gm" } };
  const headers = (id) => ({ "x-request-id": id });
  const script = [{ status: 202, json: { id: "bg_1", status: "queued" }, headers: headers("of-the-call") }, { json: job, headers: headers("of-the-look") }];
  const minara = new Minara({ ...BASE, fetch: mockFetch(script) });
  const { data, status, requestId } = await minara.chat(QUESTION, { requestId: "a:1" }).withResponse();
  assert.deepEqual([data, status, requestId], [{ content: "gm" }, 202, "of-the-call"]);
});

test("a job that failed under the id of a call keeps the status and the body that told so", async () => {
  const json = { id: "bg_1", status: "failed", error: { code: "processing_error", message: "no model" } };
  const minara = new Minara({ ...BASE, fetch: mockFetch([{ json }]) });
  const error = await failureOf(() => minara.chat(QUESTION, { requestId: "a:1" }));
  assert.deepEqual([error.code, error.status, JSON.parse(error.body)], ["stream_error", 200, json]);
});
