// Reading a stream: part by part, as a whole, as a web stream, and how much of it is sent for that.
import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { test } from "node:test";

import { Minara } from "minara";
import { mockFetch } from "minara/testing";

import { clientFor, failureOf, readAll } from "./client.fixture.mjs";
import { BASE, DELTAS, QUESTION, TEXT, streaming } from "./client-stream.fixture.mjs";

async function partsOf(stream) {
  const parts = [];
  for await (const { text } of stream) parts.push(text);
  return parts;
}

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
