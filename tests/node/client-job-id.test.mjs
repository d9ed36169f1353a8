// Jobs by their ids: what an answer may not take from a job, and waiting for one that was started elsewhere.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Minara } from "minara";
import { mockFetch } from "minara/testing";

import { clientFor, failureOf } from "./client.fixture.mjs";

const QUESTION = { message: "Compare the largest DEXs.", mode: "expert" };
const BASE = { baseUrl: "https://worker.example/api" };

test("a member __proto__ of the API's answer takes nothing from the job", async () => {
  const body = '{"__proto__":{"id":"bg_2"},"id":"bg_1","status":"queued"}';
  const done = { json: { id: "bg_1", status: "completed", result: { content: "done" } } };
  const fetch = mockFetch([{ status: 202, body, headers: { "content-type": "application/json" } }, done]);
  const job = await new Minara({ ...BASE, fetch }).chatBackground(QUESTION);
  assert.deepEqual(Object.entries(job), [["id", "bg_1"], ["status", "queued"]]);
  assert.deepEqual(await job.wait(), { content: "done" });
});

test("chatJob(id) sends nothing, and its wait() gives the answer of a job that another client started", async (t) => {
  const { minara, sandbox } = await clientFor(t);
  const { id } = await minara.chatBackground(QUESTION);
  const later = new Minara({ apiKey: sandbox.key, baseUrl: sandbox.url });
  const job = later.chatJob(id);
  assert.deepEqual({ ...job }, { id });
  assert.equal(sandbox.requests.length, 1);
  assert.match((await job.wait()).content, /Sandbox/);
  assert.equal(sandbox.counters.charges, 1);
});

test("the wait() of chatJob(id) looks on the client's terms until the answer is there", async () => {
  const answers = [{ json: { id: "bg_1", status: "queued" } }, { json: { status: "completed", result: { content: "done" } } }];
  const fetch = mockFetch(answers);
  const job = new Minara({ ...BASE, fetch, headers: { "x-team": "desk" } }).chatJob("order-1042");
  assert.deepEqual(await job.wait(), { content: "done" });
  const look = ["GET", "https://worker.example/api/v1/developer/chat/requests/order-1042", "desk"];
  assert.deepEqual(
    fetch.requests.map(({ method, url, headers }) => [method, url, headers["x-team"]]),
    [look, look],
  );
});

for (const id of ["", "../chat", "a".repeat(129), "a\ud83d", undefined, null, 42]) {
  test(`chatJob(${String(id).slice(0, 8)}) is refused by its wait() as chatStatus refuses it, before anything is sent`, async () => {
    const fetch = mockFetch([]);
    const minara = new Minara({ ...BASE, fetch });
    const error = await failureOf(() => minara.chatJob(id).wait());
    assert.equal(
      error.message,
      "Invalid status look-up: id must be the id or requestId of a job: 1 to 128 of the characters A-Z a-z 0-9 . _ : -. " +
        "Nothing was sent.",
    );
    assert.deepEqual(error.toJSON(), (await failureOf(() => minara.chatStatus(id))).toJSON());
    assert.equal(fetch.requests.length, 0);
  });
}

test("an id of the API's own that no look-up takes does not say that the job was not started", async () => {
  const fetch = mockFetch([{ status: 202, json: { id: "bg/1" } }]);
  const error = await failureOf(() => new Minara({ ...BASE, fetch }).chatBackground(QUESTION).wait());
  assert.deepEqual([error.code, error.outcome], ["invalid_request", "unknown"]);
});

test("a wait for a job by its id ends by its limit, by its signal and by that of the client", async (t) => {
  const { minara, sandbox } = await clientFor(t, { sandbox: { queueMs: 300, runMs: 300 } });
  const { id } = await minara.chatBackground(QUESTION);
  const error = await failureOf(() => minara.chatJob(id).wait({ timeout: { total: 50 } }));
  assert.equal(
    error.message,
    "The job was not done after 50 ms (timeout.total of wait). " +
      `It goes on: wait again, or look it up with chatStatus("${id}").`,
  );
  assert.deepEqual([error.code, error.outcome], ["timeout", "unknown"]);
  const stopped = minara.chatJob(id).wait({ signal: AbortSignal.abort("enough") });
  await assert.rejects(stopped, (reason) => reason === "enough");
  const left = new Minara({ apiKey: sandbox.key, baseUrl: sandbox.url, signal: AbortSignal.abort("left") });
  await assert.rejects(left.chatJob(id).wait(), (reason) => reason === "left");
  assert.match((await left.chatJob(id).wait({ signal: null })).content, /Sandbox/);
});

test("a job by an id that nobody has is not_found, and costs nothing", async (t) => {
  const { minara, sandbox } = await clientFor(t);
  const { code, outcome, message } = await failureOf(() => minara.chatJob("nobody").wait());
  assert.deepEqual([code, outcome], ["not_found", "unknown"]);
  assert.match(message, / The API keeps it for 24 hours, for whoever started it\.$/);
  assert.equal(sandbox.counters.charges, 0);
});
