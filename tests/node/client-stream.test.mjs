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
  assert.deepEqual([stream.finishReason, answer.finishReason], ["stop", "stop"]);
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

const BASE = { baseUrl: "https://worker.example/api" };
const eventStream = { headers: { "content-type": "text/event-stream" } };
const delta = (content, rest = {}) => `data: ${JSON.stringify({ choices: [{ delta: { content }, ...rest }] })}\n\n`;

/** An answer of these events, whose connection stays open until `end` is called with the last of them. */
function held(...events) {
  const state = { cancelled: undefined };
  const encoder = new TextEncoder();
  const body = new ReadableStream({
    start(controller) {
      for (const event of events) controller.enqueue(encoder.encode(event));
      state.end = (...last) => {
        for (const event of last) controller.enqueue(encoder.encode(event));
        controller.close();
      };
    },
    cancel() {
      state.cancelled = true;
    },
  });
  state.fetch = async () => new Response(body, eventStream);
  return state;
}

test("parts asked for all at once come in their order, and so does the end", async () => {
  const stream = new Minara({ ...BASE, fetch: mockFetch([{ stream: ["SOL ", "is ", "up"] }]) }).chatStream(QUESTION);
  const parts = stream[Symbol.asyncIterator]();
  const results = await Promise.all(Array.from({ length: 5 }, () => parts.next()));
  assert.deepEqual(results.map(({ done, value }) => [done, value?.text]), [
    [false, "SOL "],
    [false, "is "],
    [false, "up"],
    [true, undefined],
    [true, undefined],
  ]);
  assert.deepEqual(await parts.next(), { done: true, value: undefined });
});

test("of parts asked for at once the first alone hears why the stream failed", async () => {
  const stream = new Minara({ ...BASE, fetch: mockFetch([{ status: 402, json: {} }]) }).chatStream(QUESTION);
  const parts = stream[Symbol.asyncIterator]();
  const [first, second] = await Promise.allSettled([parts.next(), parts.next()]);
  assert.equal(first.reason.code, "payment_required");
  assert.deepEqual(second, { status: "fulfilled", value: { done: true, value: undefined } });
});

test("a second iteration is refused as not sent before the first has read, and as sent after it", async () => {
  const stream = new Minara({ ...BASE, fetch: mockFetch([{ stream: ["SOL ", "is up"] }]) }).chatStream(QUESTION);
  const parts = stream[Symbol.asyncIterator]();
  const again = () => failureOf(() => stream[Symbol.asyncIterator]());
  assert.equal((await again()).outcome, "not_sent");
  await parts.next();
  assert.equal((await again()).outcome, "unknown");
  await parts.return();
});

test("cancel() of a stream that was sent and not read says that it may be billed", async () => {
  const { fetch } = held(delta("SOL "));
  const stream = new Minara({ ...BASE, fetch }).chatStream(QUESTION);
  await stream.withResponse();
  await stream.cancel();
  const { message, outcome } = await failureOf(() => stream.final());
  assert.equal(message, "The stream was cancelled before the answer was complete. It may be billed all the same.");
  assert.equal(outcome, "unknown");
});

test("the reason for which a web stream is cancelled reaches the request's signal", async () => {
  let signal;
  const { fetch } = held(delta("SOL "));
  const minara = new Minara({ ...BASE, fetch: (request) => ((signal = request.signal), fetch()) });
  const reader = minara.chatStream(QUESTION).toReadableStream().getReader();
  await reader.read();
  await reader.cancel("the tab was closed");
  assert.equal(signal.reason, "the tab was closed");
});

for (const reason of [null, false, 0, ""]) {
  test(`an abort for ${JSON.stringify(reason)} is an abort, and no end of the answer`, async () => {
    const controller = new AbortController();
    const { fetch } = held(delta("SOL "));
    const stream = new Minara({ ...BASE, fetch }).chatStream(QUESTION, { signal: controller.signal });
    const parts = stream[Symbol.asyncIterator]();
    await parts.next();
    controller.abort(reason);
    await assert.rejects(parts.next(), (thrown) => thrown === reason);
    await assert.rejects(stream.final(), (thrown) => thrown === reason);
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

test("usage that comes behind the end of the text is in the answer, whose connection cancel() then leaves alone", async () => {
  const source = held(delta("SOL"), delta("", { finish_reason: "stop" }));
  const stream = new Minara({ ...BASE, fetch: source.fetch }).chatStream(QUESTION);
  assert.equal((await readAll(stream)).text, "SOL");
  await stream.cancel();
  source.end('data: {"choices":[],"usage":{"totalTokens":7}}\n\n', "data: [DONE]\n\n");
  assert.deepEqual(await stream.final(), { content: "SOL", finishReason: "stop", usage: { totalTokens: 7 } });
  assert.equal(source.cancelled, undefined);
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

test("an event of a stream may have 1,048,576 bytes where no limit is given, and not one more", async () => {
  const most = 1_048_576;
  const of = (length) => mockFetch([{ body: `data: ${"a".repeat(length)}\n\ndata: [DONE]\n\n`, ...eventStream }]);
  assert.equal((await new Minara({ ...BASE, fetch: of(most) }).chatStream(QUESTION).text()).length, most);
  const error = await failureOf(() => new Minara({ ...BASE, fetch: of(most + 1) }).chatStream(QUESTION).text());
  assert.deepEqual([error.code, error.outcome], ["event_too_large", "unknown"]);
});
