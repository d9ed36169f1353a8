// The documented limits of calls that give none, and their waits, on a clock that only the tests move.
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { mock, test } from "node:test";

import { Minara } from "minara";

mock.timers.enable({ apis: ["setTimeout", "Date"] });
performance.now = () => Date.now();

const QUESTION = { message: "Why did SOL rise today?" };
const baseUrl = "https://worker.example/api";
const never = () => new Promise(() => {});
const eventStream = { "content-type": "text/event-stream" };
const text = new TextEncoder().encode('data: {"delta":"SOL "}\n\n');

/** Whatever waits for a promise gets on. */
const turns = async () => {
  for (let turn = 0; turn < 20; turn += 1) await setImmediate();
};

/** An answer of those chunks, after which nothing comes. */
const streaming = (chunks) => async () =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
      },
    }),
    { headers: eventStream },
  );

/** Text every 50 seconds, without end. */
const steady = async () =>
  new Response(
    new ReadableStream(
      {
        pull: (controller) =>
          new Promise((resolve) => {
            setTimeout(() => resolve(controller.enqueue(text)), 50_000);
          }),
      },
      { highWaterMark: 0 },
    ),
    { headers: eventStream },
  );

const later = (milliseconds, value) => new Promise((resolve) => setTimeout(resolve, milliseconds, value));

/** Of a Worker that wants a session first, and answers no call under one. */
const reserved = async ({ url, headers }) => {
  if (url.endsWith("/session")) return Response.json({ token: "t1" });
  return headers.has("authorization") ? never() : demanding();
};

/** Of a Worker that wants a session first. */
const demanding = async () =>
  Response.json({ error: { code: "session_required", message: "A session first.", requestId: "r-1" } }, { status: 401 });

const job = async (request) =>
  Response.json({ id: "bg_1", status: "queued" }, { status: request.method === "POST" ? 202 : 200 });

const limited = (what, limit, option) => `Timed out: ${what} within ${limit} ms (${option}).`;
const unfinished = (limit) => limited("the call was not finished", limit, "timeout.total");
const sessionless = (limit) => limited("no session was to be had", limit, "timeout.total");

for (const [what, options, act, limit, message] of [
  ["a call", { fetch: never }, (minara) => minara.chat(QUESTION), 180_000, unfinished(180_000)],
  ["a look-up", { fetch: never }, (minara) => minara.chatStatus("bg_1"), 180_000, unfinished(180_000)],
  ["a session for a call", { fetch: demanding, session: never }, (minara) => minara.chat(QUESTION), 180_000, sessionless(180_000)],
  [
    "a call whose session took 100 of them",
    { fetch: reserved, session: () => later(100_000, "turnstile") },
    (minara) => minara.chat(QUESTION),
    180_000,
    unfinished(180_000),
  ],
  [
    "a session that was asked for after 100 of them",
    { fetch: () => later(100_000).then(demanding), session: never },
    (minara) => minara.chat(QUESTION),
    180_000,
    sessionless(180_000),
  ],
  [
    "a session for a stream",
    { fetch: demanding, session: never },
    (minara) => minara.chatStream(QUESTION).final(),
    300_000,
    sessionless(300_000),
  ],
  ["a stream of steady text", { fetch: steady }, (minara) => minara.chatStream(QUESTION).final(), 300_000, unfinished(300_000)],
  [
    "a stream without a byte",
    { fetch: streaming([]) },
    (minara) => minara.chatStream(QUESTION).final(),
    90_000,
    limited("no byte of the answer came", 90_000, "timeout.firstByte"),
  ],
  [
    "a stream that falls silent",
    { fetch: streaming([text]) },
    (minara) => minara.chatStream(QUESTION).final(),
    60_000,
    limited("the stream brought no text", 60_000, "timeout.idle"),
  ],
  [
    "a wait for a job",
    { fetch: job },
    (minara) => minara.chatBackground(QUESTION).wait(),
    600_000,
    "The job was not done after 600000 ms (timeout.total of wait).",
  ],
]) {
  test(`${what} is given up after ${limit / 1000} seconds, and not before`, async () => {
    const started = performance.now();
    let failure;
    act(new Minara({ baseUrl, ...options })).catch((error) => (failure = error));
    await turns();
    for (let left = limit - 1; left > 0; left -= 1000) {
      mock.timers.tick(Math.min(left, 1000));
      await turns();
    }
    assert.equal(failure, undefined);
    assert.equal(performance.now() - started, limit - 1);
    mock.timers.tick(1);
    await turns();
    assert.ok(failure.message.startsWith(message), failure.message);
    assert.equal(failure.code, "timeout");
  });
}

/** Text and, that many milliseconds later, a connection that breaks; its stored answer never comes. */
const breaking = (milliseconds) => async (request) => {
  if (request.method === "GET") return never();
  const start = (controller) => {
    controller.enqueue(text);
    setTimeout(() => controller.error(new TypeError("reset")), milliseconds);
  };
  return new Response(new ReadableStream({ start }), { headers: eventStream });
};

for (const [what, timeout, limit] of [
  ["the limit of a stream", { idle: Infinity }, 300_000],
  ["a limit of its own", { idle: Infinity, total: 220_000 }, 220_000],
]) {
  test(`a stream that is cut after 200 seconds has the rest of ${what} for its stored answer, and fails as cut`, async () => {
    let failure;
    const minara = new Minara({ baseUrl, fetch: breaking(200_000) });
    const stream = minara.chatStream(QUESTION, { requestId: "a:1", timeout });
    stream.final().catch((error) => (failure = error));
    await turns();
    for (let left = limit - 1; left > 0; left -= 1000) {
      mock.timers.tick(Math.min(left, 1000));
      await turns();
    }
    assert.equal(failure, undefined);
    mock.timers.tick(1);
    await turns();
    assert.deepEqual([failure?.code, failure?.outcome, failure?.partial], ["network", "unknown", "SOL "]);
  });
}

test("the end of the connection is waited for half a second behind the end of the answer, and no longer", async () => {
  const end = new TextEncoder().encode('data: {"delta":"gm"}\n\ndata: [DONE]\n\n');
  let answer;
  new Minara({ baseUrl, fetch: streaming([end]) })
    .chatStream(QUESTION)
    .final()
    .then((whole) => (answer = whole));
  await turns();
  mock.timers.tick(499);
  await turns();
  assert.equal(answer, undefined);
  mock.timers.tick(1);
  await turns();
  assert.deepEqual(answer, { content: "gm" });
});

/** Moves the clock until that much has passed. By less no timer waits, so each runs when it should. */
const pass = async (milliseconds) => {
  for (let passed = 0; passed < milliseconds; passed += 1) {
    await turns();
    mock.timers.tick(1);
  }
  await turns();
};

const refused = async () => Response.json({}, { status: 429 });
const queued = async () => Response.json({ id: "bg_1", status: "queued" });
const ask = (minara) => minara.chat(QUESTION);
const wait = (minara) => minara.chatBackground(QUESTION).wait();

for (const [what, luck, answer, act, moments] of [
  ["a refusal that names no wait is repeated after half a second, and then a whole one, at most", 1, refused, ask, [0, 500, 1500]],
  ["a refusal that names no wait is repeated after any part of these waits", 0.5, refused, ask, [0, 250, 750]],
  ["looks at a job come after half a second, and then half as long again each time", 1, queued, wait, [0, 0, 500, 1250, 2375]],
  ["looks at a job come after half of these waits at least", 0, queued, wait, [0, 0, 250, 625, 1188, 2032, 3298]],
]) {
  test(what, async (t) => {
    t.mock.method(Math, "random", () => luck);
    const started = performance.now();
    const sent = [];
    const fetch = (request) => {
      sent.push(performance.now() - started);
      return answer(request);
    };
    const left = new AbortController();
    act(new Minara({ baseUrl, fetch, signal: left.signal })).catch(() => {});
    // A refused call that were sent once more would be so after 3500 at most.
    await pass(4000);
    left.abort();
    assert.deepEqual(sent, moments);
  });
}
