import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { setImmediate, setTimeout } from "node:timers/promises";
import { test } from "node:test";

import { Minara, MinaraError } from "minara";
import { mockFetch } from "minara/testing";

import { clientFor, failureOf, readAll } from "./client.fixture.mjs";

const QUESTION = { message: "Why did SOL rise today?" };
const DELTAS = ["SOL ", "is ", "up ", "시장이 ", "오른다 ", "🚀"];
const TEXT = DELTAS.join("");

async function partsOf(stream) {
  const parts = [];
  for await (const { text } of stream) parts.push(text);
  return parts;
}

const streaming = (t, fault = {}, options = {}) =>
  clientFor(t, options).then((parts) => {
    parts.sandbox.script({ match: { method: "POST" }, deltas: DELTAS, ...fault });
    return parts;
  });

test("nothing is sent before the first read", async (t) => {
  const { minara, sandbox } = await streaming(t);
  const stream = minara.chatStream(QUESTION);
  const parts = stream[Symbol.asyncIterator]();
  stream.toString();
  await setTimeout(20);
  assert.equal(sandbox.requests.length, 0);
  assert.deepEqual(await parts.next(), { done: false, value: { text: "SOL " } });
  assert.equal(sandbox.requests.length, 1);
  await parts.return();
});

test("iterating gives the text in order, and final() the whole answer with its ids", async (t) => {
  const { minara, sandbox } = await streaming(t);
  const stream = minara.chatStream(QUESTION);
  const { parts, text } = await readAll(stream);
  assert.equal(text, TEXT);
  assert.ok(parts.every((part) => part !== ""));
  const answer = await stream.final();
  assert.equal(answer.content, TEXT);
  assert.match(answer.chatId, /^chat_/);
  assert.deepEqual([stream.chatId, stream.messageId, stream.usage], [answer.chatId, answer.messageId, answer.usage]);
  assert.ok(answer.usage.totalTokens > 0);
  assert.equal(await stream.text(), TEXT);
  assert.equal(sandbox.requests[0].body.stream, true);
});

test("final() and text() read a stream that no one iterates", async (t) => {
  const { minara, sandbox } = await streaming(t, { times: 2 });
  assert.equal((await minara.chatStream(QUESTION).final()).content, TEXT);
  assert.equal(await minara.chatStream(QUESTION).text(), TEXT);
  assert.equal(sandbox.requests.length, 2);
});

test("final() beside an iteration waits for it", async (t) => {
  const { minara } = await streaming(t);
  const stream = minara.chatStream(QUESTION);
  const [{ text }, answer] = await Promise.all([readAll(stream), stream.final()]);
  assert.equal(answer.content, text);
});

test("final() that is asked for before an iteration of the same turn leaves the reading to it", async (t) => {
  const { minara, sandbox } = await streaming(t);
  const stream = minara.chatStream(QUESTION);
  const whole = stream.final();
  const { text } = await readAll(stream);
  assert.equal((await whole).content, text);
  assert.equal(sandbox.requests.length, 1);
});

test("parts of one network chunk are joined", async () => {
  const chunk = (content) => `data: {"choices":[{"delta":{"content":"${content}"}}]}\n\n`;
  const body = `${chunk("a")}${chunk("b")}${chunk("c")}data: [DONE]\n\n`;
  const headers = { "content-type": "text/event-stream" };
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch: mockFetch([{ body, headers }]) });
  assert.deepEqual((await readAll(minara.chatStream(QUESTION))).parts, ["abc"]);
});

test("a second iteration says that a stream is read once", async (t) => {
  const { minara } = await streaming(t);
  const stream = minara.chatStream(QUESTION);
  await readAll(stream);
  const error = await failureOf(() => stream[Symbol.asyncIterator]());
  assert.equal(error.message, "A chat stream can be read once. Use final() for the whole answer, or toReadableStream().tee().");
});

test("break closes the connection, and final() then tells of a truncated stream", async (t) => {
  const { minara, sandbox } = await streaming(t, { stall: 3 });
  const stream = minara.chatStream(QUESTION);
  let text = "";
  for await (const part of stream) {
    text += part.text;
    if (text === "SOL is ") break;
  }
  await sandbox.until(({ counters }) => counters.closedByClient === 1);
  const error = await failureOf(() => stream.final());
  assert.equal(error.code, "stream_truncated");
  assert.equal(error.partial, "SOL is ");
  assert.equal(error.outcome, "unknown");
});

test("cancel() ends an iteration that waits, without an error", async (t) => {
  const { minara, sandbox } = await streaming(t, { stall: 3 });
  const stream = minara.chatStream(QUESTION);
  const parts = stream[Symbol.asyncIterator]();
  while ((await parts.next()).value.text !== "is ");
  const waiting = parts.next();
  await stream.cancel("enough");
  assert.deepEqual(await waiting, { done: true, value: undefined });
  await stream.cancel();
  await sandbox.until(({ counters }) => counters.closedByClient === 1);
});

test("cancel() before the first read sends nothing, ever", async (t) => {
  const { minara, sandbox } = await streaming(t);
  const stream = minara.chatStream(QUESTION);
  await stream.cancel();
  assert.deepEqual(await readAll(stream), { parts: [], text: "" });
  assert.equal(sandbox.requests.length, 0);
  const error = await failureOf(() => stream.final());
  assert.equal(error.message, "The stream was cancelled before it was read. Nothing was sent.");
  assert.equal(error.outcome, "not_sent");
});

for (const [when, fault, given] of [
  ["before the headers", { stall: "before-headers" }, ""],
  ["after the headers", { stall: "after-headers" }, ""],
  ["in the middle of the text", { stall: 3 }, "SOL is "],
]) {
  test(`a caller's abort ${when} rejects once with signal.reason and reaches the server`, async (t) => {
    const { minara, sandbox } = await streaming(t, fault);
    const controller = new AbortController();
    const reason = { why: "the user left" };
    const stream = minara.chatStream(QUESTION, { signal: controller.signal });
    const parts = stream[Symbol.asyncIterator]();
    for (let text = ""; text !== given; text += (await parts.next()).value.text);
    const waiting = parts.next();
    await sandbox.until(({ requests }) => requests.length === 1);
    await setTimeout(20);
    controller.abort(reason);
    await assert.rejects(waiting, (error) => error === reason);
    await assert.rejects(stream.final(), (error) => error === reason);
    assert.deepEqual(await parts.next(), { done: true, value: undefined });
    await sandbox.until(({ counters }) => counters.closedByClient === 1);
    assert.deepEqual(getEventListeners(controller.signal, "abort"), []);
  });
}

test("a signal that is aborted already sends nothing", async (t) => {
  const { minara, sandbox } = await streaming(t);
  const reason = new Error("too late");
  await assert.rejects(
    minara.chatStream(QUESTION, { signal: AbortSignal.abort(reason) }).final(),
    (error) => error === reason,
  );
  assert.equal(sandbox.requests.length, 0);
});

test("a stream that is left is no unhandled rejection where no one awaits its end, and leaves no listener", async (t) => {
  const unhandled = [];
  const listen = (reason) => unhandled.push(reason);
  process.on("unhandledRejection", listen);
  t.after(() => process.off("unhandledRejection", listen));
  const { minara, sandbox } = await streaming(t, { stall: 2 });
  const { signal } = new AbortController();
  const stream = minara.chatStream(QUESTION, { signal });
  const parts = stream[Symbol.asyncIterator]();
  await parts.next();
  await parts.return();
  await sandbox.until(({ counters }) => counters.closedByClient === 1);
  await setImmediate();
  assert.deepEqual(unhandled, []);
  assert.deepEqual(getEventListeners(signal, "abort"), []);
});

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

test("a web stream of parts can be teed, and cancelling it closes the connection", async (t) => {
  const { minara, sandbox } = await streaming(t);
  const [left, right] = minara.chatStream(QUESTION).toReadableStream().tee();
  const texts = await Promise.all([left, right].map(async (side) => (await partsOf(side)).join("")));
  assert.deepEqual(texts, [TEXT, TEXT]);
  sandbox.script({ deltas: DELTAS, stall: 3 });
  const reader = minara.chatStream(QUESTION).toReadableStream().getReader();
  assert.deepEqual(await reader.read(), { done: false, value: { text: "SOL " } });
  await reader.cancel();
  await sandbox.until(({ counters }) => counters.closedByClient === 1);
});

test("a web stream of bytes is what Response takes, and sends nothing before it is read", async (t) => {
  const { minara, sandbox } = await streaming(t);
  const response = new Response(minara.chatStream(QUESTION).toReadableStream({ type: "bytes" }));
  await setTimeout(20);
  assert.equal(sandbox.requests.length, 0);
  assert.equal(await response.text(), TEXT);
});

test("withResponse() tells of the answer before its text, and sends once", async (t) => {
  const { minara, sandbox } = await streaming(t);
  const stream = minara.chatStream(QUESTION);
  const { data, status, headers, warnings } = await stream.withResponse();
  assert.equal(data, stream);
  assert.equal(status, 200);
  assert.match(headers.get("content-type"), /^text\/event-stream/);
  assert.deepEqual(warnings, []);
  assert.equal((await stream.final()).content, TEXT);
  assert.equal(sandbox.requests.length, 1);
});

test("a JSON answer to a stream request comes as one part", async () => {
  const fetch = mockFetch([{ json: { content: TEXT, chatId: "chat_1", extra: 1 } }]);
  const stream = new Minara({ baseUrl: "https://worker.example/api", fetch }).chatStream(QUESTION);
  assert.deepEqual((await readAll(stream)).parts, [TEXT]);
  assert.deepEqual(await stream.final(), { content: TEXT, chatId: "chat_1", extra: 1 });
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

test('terminator: "optional" takes a clean end for an answer', async (t) => {
  const { minara } = await streaming(t, { finishReason: null, noDone: true });
  assert.equal((await minara.chatStream(QUESTION, { terminator: "optional" }).final()).content, TEXT);
});

for (const [limit, fault, timeout, partial] of [
  ["timeout.firstByte", { stall: "after-headers" }, { firstByte: 60 }, ""],
  ["timeout.idle", { stall: 3, heartbeatMs: 5, heartbeat: "empty-delta" }, { idle: 60 }, "SOL is "],
  ["timeout.total", { stall: 3, heartbeatMs: 5, heartbeat: "comment" }, { total: 120 }, "SOL is "],
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

test("an abort while no one reads leaves no timer behind", async (t) => {
  const { minara } = await streaming(t, { stall: 3 });
  const controller = new AbortController();
  const parts = minara.chatStream(QUESTION, { signal: controller.signal })[Symbol.asyncIterator]();
  await parts.next();
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  controller.abort();
  assert.equal(timers(), before - 1);
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

test("two hundred streams at once keep their texts apart", async (t) => {
  const { minara, sandbox } = await clientFor(t);
  const names = Array.from({ length: 200 }, (_, index) => `answer-${index};`);
  sandbox.script(names.map((name) => ({ match: { contains: `"${name}"` }, deltas: [name, name, name] })));
  const texts = await Promise.all(names.map((name) => minara.chatStream({ message: name }).text()));
  assert.deepEqual(
    texts,
    names.map((name) => name.repeat(3)),
  );
});
