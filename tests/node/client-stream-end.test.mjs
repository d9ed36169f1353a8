// How a stream ends by itself: well, too early, with an error or by a limit, and what its answer says of that.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { setTimeout } from "node:timers/promises";
import { test } from "node:test";

import { Minara, MinaraError } from "minara";
import { mockFetch } from "minara/testing";

import { clientFor, failureOf, readAll } from "./client.fixture.mjs";
import { BASE, DELTAS, QUESTION, TEXT, delta, eventStream, held, streaming } from "./client-stream.fixture.mjs";

test("a stream that ends well leaves no listener and frees its connection", async (t) => {
  const { minara, sandbox } = await streaming(t);
  const { signal } = new AbortController();
  await minara.chatStream(QUESTION, { signal }).final();
  assert.deepEqual(getEventListeners(signal, "abort"), []);
  // Node hands a connection back a moment after its answer has ended.
  await setTimeout(20);
  await minara.chatStream(QUESTION).final();
  assert.equal(sandbox.counters.openConnections, 1);
});

test("an answer that was cut at a limit ends well, and says so", async (t) => {
  const { minara } = await streaming(t, { finishReason: "length" });
  const stream = minara.chatStream(QUESTION);
  assert.equal(stream.finishReason, undefined);
  const { text } = await readAll(stream);
  const answer = await stream.final();
  assert.deepEqual([text, answer.content, answer.finishReason, stream.finishReason], [TEXT, TEXT, "length", "length"]);
});

test("an answer whose stream names no reason for its end has no member for it", async (t) => {
  const { minara } = await streaming(t, { finishReason: null });
  const stream = minara.chatStream(QUESTION);
  const answer = await stream.final();
  assert.equal(answer.content, TEXT);
  assert.deepEqual([Object.hasOwn(answer, "finishReason"), stream.finishReason], [false, undefined]);
});

test("usage that comes behind the end of the text is in the answer, whose connection cancel() then leaves alone", async () => {
  const source = held(delta("SOL"), delta("", { finish_reason: "stop" }));
  const stream = new Minara({ ...BASE, fetch: source.fetch }).chatStream(QUESTION);
  assert.equal((await readAll(stream)).text, "SOL");
  await stream.cancel();
  source.end('data: {"choices":[],"usage":{"totalTokens":7}}\n\n', "data: [DONE]\n\n");
  assert.deepEqual(await stream.final(), { content: "SOL", finishReason: "stop", usage: { totalTokens: 7 } });
  assert.equal(source.cancelled, undefined);
});

test('terminator: "optional" takes a clean end for an answer', async (t) => {
  const { minara } = await streaming(t, { finishReason: null, noDone: true });
  assert.equal((await minara.chatStream(QUESTION, { terminator: "optional" }).final()).content, TEXT);
});

for (const [what, fault, { code, message, outcome = "unknown", cause, partial = "SOL is " }] of [
  [
    "a clean end without a terminator",
    { finishReason: null, noDone: true },
    {
      code: "stream_truncated",
      message: "The stream ended before the answer did: neither [DONE] nor a finish reason came.",
      partial: TEXT,
    },
  ],
  [
    "a clean end in the middle",
    { end: 3 },
    {
      code: "stream_truncated",
      message: "The stream ended before the answer did: neither [DONE] nor a finish reason came.",
    },
  ],
  [
    "a socket that is cut",
    { cut: 3 },
    {
      code: "network",
      message:
        "The connection failed. The call may have been billed: send it again only under the requestId that it had, or if a second charge is acceptable.",
      cause: TypeError,
    },
  ],
  [
    "an error in the stream",
    { errorEvent: { at: 3, code: "overloaded", message: "try later" }, end: 4 },
    { code: "stream_error", message: /try later/ },
  ],
]) {
  test(`${what} is ${code} with the text so far, sent once`, async (t) => {
    const { minara, sandbox } = await streaming(t, fault);
    const stream = minara.chatStream(QUESTION);
    const { text, error } = await readAll(stream);
    assert.ok(error instanceof MinaraError, String(error));
    assert.equal(error.code, code);
    if (message instanceof RegExp) assert.match(error.message, message);
    else assert.equal(error.message, message);
    assert.equal(error.outcome, outcome);
    assert.equal(error.partial, partial);
    assert.equal(text, partial);
    assert.equal(error.status, 200);
    if (cause) assert.ok(error.cause instanceof cause);
    await assert.rejects(stream.final(), (again) => again === error);
    assert.equal(sandbox.counters.posts["/v1/developer/chat"], 1);
  });
}

test("an error behind text of the same chunk is told by the next read, and ends a connection that stays open", async () => {
  const source = held(`${delta("paid ")}data: {"error":{"message":"boom"}}\n\n`);
  const stream = new Minara({ ...BASE, fetch: source.fetch }).chatStream(QUESTION, { timeout: { total: 5_000 } });
  const parts = stream[Symbol.asyncIterator]();
  assert.deepEqual(await parts.next(), { done: false, value: { text: "paid " } });
  const error = await failureOf(() => parts.next());
  assert.equal(error.code, "stream_error");
  assert.equal(error.partial, "paid ");
  assert.equal(source.cancelled, true);
});

test("an error of a stream names the answer that it came with", async () => {
  const headers = { ...eventStream.headers, "x-request-id": "r-1" };
  const fetch = mockFetch([{ stream: ["SOL "], isCut: true, headers }, { body: null, headers }]);
  const minara = new Minara({ ...BASE, fetch });
  const cut = await failureOf(() => minara.chatStream(QUESTION).final());
  assert.deepEqual([cut.code, cut.status, cut.requestId, cut.partial], ["stream_truncated", 200, "r-1", "SOL "]);
  const empty = await failureOf(() => minara.chatStream(QUESTION).final());
  assert.equal(empty.message, "The answer has no body that can be read: check the fetch option.");
  assert.deepEqual([empty.code, empty.outcome, empty.status, empty.requestId], ["bad_response", "done", 200, "r-1"]);
  assert.equal("partial" in empty, false);
});

test("a refusal is told at the first read, without a partial text", async (t) => {
  const { minara, sandbox } = await clientFor(t);
  sandbox.script({ status: 402, body: { message: "no credits" } });
  const stream = minara.chatStream(QUESTION);
  const { error } = await readAll(stream);
  assert.equal(error.code, "payment_required");
  assert.equal(error.outcome, "refused");
  assert.equal("partial" in error, false);
});

for (const [limit, fault, timeout, partial] of [
  ["timeout.firstByte", { stall: "after-headers" }, { firstByte: 60 }, ""],
  ["timeout.idle", { stall: 3, heartbeatMs: 5, heartbeat: "empty-delta" }, { idle: 500 }, "SOL is "],
  ["timeout.total", { stall: 3, heartbeatMs: 5, heartbeat: "comment" }, { total: 1_000 }, "SOL is "],
]) {
  test(`a stream that stalls ends by ${limit}`, async (t) => {
    const { minara, sandbox } = await streaming(t, fault);
    const { error } = await readAll(minara.chatStream(QUESTION, { timeout }));
    assert.equal(error.code, "timeout");
    assert.ok(error.message.includes(limit), error.message);
    assert.equal(error.partial ?? "", partial);
    await sandbox.until(({ counters }) => counters.closedByClient === 1);
  });
}

test("a slow reader is no idle stream, and a stream that stalls after it still is one", async (t) => {
  const { minara } = await streaming(t, { stall: 5 });
  const slow = minara.chatStream(QUESTION, { timeout: { idle: 80 } });
  let text = "";
  const reading = (async () => {
    for await (const part of slow) {
      text += part.text;
      await setTimeout(120);
    }
  })();
  const error = await failureOf(() => reading);
  assert.match(error.message, /timeout\.idle/);
  assert.equal(text, DELTAS.slice(0, 4).join(""));
});

test("an event of a stream may have 1,048,576 bytes where no limit is given, and not one more", async () => {
  const most = 1_048_576;
  const of = (length) => mockFetch([{ body: `data: ${"a".repeat(length)}\n\ndata: [DONE]\n\n`, ...eventStream }]);
  assert.equal((await new Minara({ ...BASE, fetch: of(most) }).chatStream(QUESTION).text()).length, most);
  const error = await failureOf(() => new Minara({ ...BASE, fetch: of(most + 1) }).chatStream(QUESTION).text());
  assert.deepEqual([error.code, error.outcome], ["event_too_large", "unknown"]);
});
