// A stream that its caller leaves: by `break`, by `cancel` and by an abort, each of which ends the connection.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { setImmediate, setTimeout } from "node:timers/promises";
import { test } from "node:test";

import { Minara } from "minara";
import { mockFetch } from "minara/testing";

import { failureOf, readAll } from "./client.fixture.mjs";
import { BASE, QUESTION, delta, held, streaming } from "./client-stream.fixture.mjs";

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
  assert.equal(error.message, "The stream was cancelled before the API had its request. Nothing is billed.");
  assert.equal(error.outcome, "not_sent");
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

test("cancel() while a session is waited for says that nothing is billed", async () => {
  const { promise, resolve } = Promise.withResolvers();
  const refused = { error: { code: "session_required", message: "Begin a session first.", requestId: "r-1" } };
  const fetch = mockFetch([{ status: 401, json: refused }]);
  const session = () => new Promise(() => resolve());
  const stream = new Minara({ ...BASE, fetch, session }).chatStream(QUESTION);
  const reading = readAll(stream);
  await promise;
  await stream.cancel();
  await reading;
  const { message, outcome } = await failureOf(() => stream.final());
  assert.equal(message, "The stream was cancelled before the API had its request. Nothing is billed.");
  assert.equal(outcome, "not_sent");
});

for (const [when, order] of [
  ["before", ["cancel", "ask"]],
  ["while", ["ask", "cancel"]],
]) {
  test(`withResponse() tells of the stream's own cancel() ${when} it waits, as final() does`, async () => {
    const stream = new Minara({ ...BASE, fetch: () => new Promise(() => {}) }).chatStream(QUESTION);
    const steps = { cancel: () => stream.cancel(), ask: () => failureOf(() => stream.withResponse()) };
    const [error] = (await Promise.all(order.map((step) => steps[step]()))).filter(Boolean);
    assert.equal(error.code, "stream_truncated");
    assert.equal(error, await failureOf(() => stream.final()));
  });
}

for (const [what, begin] of [
  ["was read a part of", (stream) => stream[Symbol.asyncIterator]().next()],
  ["was asked for its response alone", (stream) => stream.withResponse()],
]) {
  test(`a stream that ${what} and then forgotten leaves the caller's signal with its limit`, async (t) => {
    const { signal } = new AbortController();
    const { mock } = t.mock.method(signal, "addEventListener");
    const { fetch } = held(delta("SOL "));
    const stream = new Minara({ ...BASE, fetch, timeout: { total: 50 } }).chatStream(QUESTION, { signal });
    await begin(stream);
    assert.equal(mock.callCount() > 0, true);
    while (getEventListeners(signal, "abort").length > 0) await setTimeout(5);
  });
}

for (const [what, act] of [
  ["was asked for its response", (stream) => stream.withResponse()],
  ["was read a part of", (stream) => stream[Symbol.asyncIterator]().next()],
]) {
  test(`a stream that came whole and ${what} leaves the caller's signal at once`, async () => {
    const { signal } = new AbortController();
    const stream = new Minara({ ...BASE, fetch: mockFetch([{ json: { content: "gm" } }]) }).chatStream(QUESTION, { signal });
    await act(stream);
    assert.deepEqual(getEventListeners(signal, "abort"), []);
  });
}

test("an abort before the reading of a stream that came whole is an abort", async () => {
  const controller = new AbortController();
  const stream = new Minara({ ...BASE, fetch: mockFetch([{ json: { content: "gm" } }]) }).chatStream(QUESTION, {
    signal: controller.signal,
  });
  await stream.withResponse();
  controller.abort("left");
  assert.equal((await readAll(stream)).error, "left");
});

for (const [what, answer, code] of [
  ["was refused", { status: 402, body: "" }, "payment_required"],
  ["never left", { error: Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } }) }, "network"],
]) {
  test(`withResponse() of a stream that ${what} tells why, before cancel() and after it, which says that nothing is billed`, async () => {
    const stream = new Minara({ ...BASE, fetch: mockFetch([answer]), maxRetries: 0 }).chatStream(QUESTION);
    const error = await failureOf(() => stream.withResponse());
    assert.equal(error.code, code);
    await stream.cancel();
    assert.equal(await failureOf(() => stream.withResponse()), error);
    assert.equal((await failureOf(() => stream.final())).outcome, "not_sent");
  });
}
