// `chatBackground(…).wait(…)`: its limit and its signal are those of the waiting, also while the job is being started.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { setTimeout } from "node:timers/promises";
import { test } from "node:test";

import { Minara } from "minara";
import { mockFetch } from "minara/testing";

import { failureOf } from "./client.fixture.mjs";

const BASE = { baseUrl: "https://worker.example/api" };
const QUESTION = { message: "Compare the largest DEXs." };
const DONE = { id: "bg_1", status: "completed", result: { content: "done" } };

/** A client whose job is started when `start` is called. */
function starting() {
  const { promise, resolve } = Promise.withResolvers();
  const signals = [];
  const fetch = (request) => {
    if (request.method === "GET") return Promise.resolve(Response.json(DONE));
    signals.push(request.signal);
    return promise;
  };
  const start = () => resolve(Response.json({ id: "bg_1" }, { status: 202 }));
  return { minara: new Minara({ ...BASE, fetch, timeout: { total: 1_000 } }), signals, start };
}

test("wait() ends by its limit while the job is being started, which goes on", { timeout: 5_000 }, async () => {
  const { minara, signals, start } = starting();
  const job = minara.chatBackground(QUESTION);
  const error = await failureOf(() => job.wait({ timeout: { total: 50 } }));
  assert.deepEqual([error.code, error.outcome], ["timeout", "unknown"]);
  assert.equal(
    error.message,
    "The job was not started within 50 ms (timeout.total of wait). It may start all the same: await the call itself.",
  );
  start();
  assert.equal((await (await job).wait()).content, "done");
  assert.deepEqual(signals.map(({ aborted }) => aborted), [false]);
});

test("wait() ends by its signal while the job is being started, which goes on", { timeout: 5_000 }, async () => {
  const { minara, start } = starting();
  const controller = new AbortController();
  const job = minara.chatBackground(QUESTION);
  const waiting = job.wait({ signal: controller.signal });
  await setTimeout(5);
  controller.abort("bye");
  await assert.rejects(waiting, (reason) => reason === "bye");
  assert.deepEqual(getEventListeners(controller.signal, "abort"), []);
  start();
  assert.equal((await job).id, "bg_1");
});

test("wait() has what the start of the job has left of its limit", { timeout: 5_000 }, async () => {
  const fetch = async ({ method }) => {
    if (method === "POST") await setTimeout(150);
    return method === "POST" ? Response.json({ id: "bg_1" }, { status: 202 }) : new Promise(() => {});
  };
  const started = performance.now();
  const error = await failureOf(() => new Minara({ ...BASE, fetch }).chatBackground(QUESTION).wait({ timeout: { total: 200 } }));
  assert.equal(
    error.message,
    'The job was not done after 200 ms (timeout.total of wait). It goes on: wait again, or look it up with chatStatus("bg_1").',
  );
  assert.ok(performance.now() - started < 340);
});

test("wait() tells of options that are none while the job is being started", { timeout: 5_000 }, async () => {
  const { minara, start } = starting();
  const error = await failureOf(() => minara.chatBackground(QUESTION).wait({ timeout: 50 }));
  start();
  assert.equal(error.message, "Invalid wait options: timeout must be an object of total, in milliseconds. The job goes on.");
});

for (const [what, options] of [["was aborted", { signal: AbortSignal.abort("bye") }], ["has options that are none", 5]]) {
  test(`a start that fails is no unhandled rejection where its wait ${what}`, async (t) => {
    const unhandled = [];
    const note = (reason) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    t.after(() => process.off("unhandledRejection", note));
    const minara = new Minara({ ...BASE, fetch: mockFetch([{ status: 402, json: {} }]) });
    await minara.chatBackground(QUESTION).wait(options).catch(() => {});
    await setTimeout(20);
    assert.deepEqual(unhandled, []);
  });
}
