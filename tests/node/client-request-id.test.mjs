// A chat under an id: how it comes by it, and what is found under it later.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Minara } from "minara";
import { mockFetch } from "minara/testing";

import { clientFor, failureOf } from "./client.fixture.mjs";

test("requestId: true names the call by a generated id", async (t) => {
  const { minara, sandbox } = await clientFor(t);
  await minara.chat({ message: "gm" }, { requestId: true });
  const { requestId } = sandbox.requests[0].body;
  assert.match(requestId, /^req-[0-9a-f]{32}$/);
  const { status, result } = await minara.chatStatus(requestId);
  assert.equal(status, "completed");
  assert.match(result.content, /Sandbox/);
});

test("a client with requestId: true names each of its chats that has no id, and no other call", async (t) => {
  const { minara, sandbox } = await clientFor(t, { requestId: true });
  await minara.chat({ message: "gm" });
  await minara.chatStream({ message: "gm" }).final();
  await minara.chat({ message: "gm", requestId: "of:the-request" });
  await minara.chat({ message: "gm" }, { requestId: "of:the-call" });
  await minara.perpTradingSuggestion({ symbol: "ETH" });
  const [whole, streamed, ...others] = sandbox.requests.map(({ body }) => body.requestId);
  assert.match(whole, /^req-[0-9a-f]{32}$/);
  assert.match(streamed, /^req-[0-9a-f]{32}$/);
  assert.notEqual(whole, streamed);
  assert.deepEqual(others, ["of:the-request", "of:the-call", undefined]);
});

test("a chat says under which id it is sent, so that its answer can be fetched whatever became of the call", async () => {
  const lost = { error: new TypeError("fetch failed") };
  const job = { json: { id: "bg_1", status: "completed", result: { content: "gm" } } };
  const fetch = mockFetch([lost, job, { json: { content: "gm" } }, { status: 202, json: { id: "bg_2" } }]);
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch, maxRetries: 0 });
  const call = minara.chat({ message: "gm" }, { requestId: true });
  assert.equal((await failureOf(() => call)).outcome, "unknown");
  assert.match(call.requestId, /^req-[0-9a-f]{32}$/);
  assert.equal(fetch.requests[0].body.requestId, call.requestId);
  assert.equal((await minara.chatStatus(call.requestId)).result.content, "gm");
  assert.equal(minara.chatStream({ message: "gm", requestId: "a:1" }).requestId, "a:1");
  const plain = minara.chat({ message: "gm" });
  await plain;
  assert.equal(plain.requestId, undefined);
  const started = minara.chatBackground({ message: "gm" }, { requestId: "a:2" });
  assert.equal(started.requestId, "a:2");
  assert.equal((await started).requestId, undefined, "a job has the members that the API gave it");
});

for (const [what, status, act] of [
  ["a call", 200, (minara) => minara.chat({ message: "gm" }, { requestId: "r-1" })],
  ["a call that finds it under way", 202, (minara) => minara.chat({ message: "gm" }, { requestId: "r-1" })],
  ["a stream", 200, (minara) => minara.chatStream({ message: "gm" }, { requestId: "r-1" }).final()],
]) {
  test(`a job that failed is no answer to ${what} under its id`, async () => {
    const json = { id: "bg_1", status: "failed", error: { code: "processing_error", message: "no model" } };
    const minara = new Minara({ baseUrl: "https://worker.example/api", fetch: mockFetch([{ status, json }, { json }]) });
    const error = await failureOf(() => act(minara));
    assert.equal(error.code, "stream_error");
    assert.equal(error.outcome, "unknown");
    assert.match(error.message, /^The API could not finish the answer \(processing_error: no model\)\./);
  });
}

test("requestId is for chat alone", async (t) => {
  const { minara, sandbox } = await clientFor(t);
  const error = await failureOf(() => minara.perpTradingSuggestion({ symbol: "ETH" }, { requestId: "a" }));
  assert.equal(error.code, "invalid_request");
  assert.equal(error.field, "requestId");
  assert.equal(sandbox.requests.length, 0);
});
