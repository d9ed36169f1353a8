// What the vectors cannot say of `SseDecoder` and `readSse`.
import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

import { MinaraError, SseDecoder, readSse } from "minara";

import { failureOf } from "./client.fixture.mjs";

const encoder = new TextEncoder();
const bytes = (text) => encoder.encode(text);
const event = (data, rest = {}) => ({ event: "message", data, id: "", ...rest });

/** A stream of these chunks that says whether it was cancelled. */
function streamOf(chunks, { endless = false } = {}) {
  const state = { cancelled: undefined, stream: undefined };
  const left = [...chunks];
  state.stream = new ReadableStream({
    pull(controller) {
      if (left.length > 0) controller.enqueue(left.shift());
      else if (!endless) controller.close();
      else return new Promise(() => {});
    },
    cancel(reason) {
      state.cancelled = { reason };
    },
  });
  return state;
}

async function collect(events) {
  const all = [];
  for await (const one of events) all.push(one);
  return all;
}

test("events before one that is too large are given out, then every call throws", () => {
  const decoder = new SseDecoder({ maxEventBytes: 4 });
  assert.deepEqual(decoder.push(bytes("data: ok\n\ndata: 12345\n\ndata: no\n\n")), [event("ok")]);
  const message =
    "An event of the stream is larger than the limit of 4 bytes. Raise `maxEventBytes` if such events are expected.";
  const fault = { name: "MinaraError", code: "event_too_large", message, outcome: "unknown", retryable: false };
  assert.throws(() => decoder.push(bytes("data: 1\n\n")), fault);
  assert.throws(() => decoder.finish(), fault);
  assert.throws(() => new SseDecoder({ maxEventBytes: 4 }).push(bytes("data: 12345")), fault);
});

test("what is no chunk and no limit is refused by name", () => {
  const refused = (message) => ({ name: "MinaraError", code: "invalid_request", outcome: "not_sent", message });
  assert.throws(() => new SseDecoder().push("data: 1\n\n"), refused("SseDecoder.push takes a Uint8Array"));
  for (const chunk of [new Uint16Array(2), new DataView(new ArrayBuffer(2)), new ArrayBuffer(2), [1], null]) {
    assert.throws(() => new SseDecoder().push(chunk), refused("SseDecoder.push takes a Uint8Array"));
  }
  for (const most of [-1, 1.5, Number.NaN, 2 ** 28, "10"]) {
    const message = "Invalid reader options: maxEventBytes must be a whole number from 0 to 268173312.";
    assert.throws(() => new SseDecoder({ maxEventBytes: most }), refused(message));
  }
  assert.throws(() => readSse("data: 1\n\n"), refused("readSse takes a Response or a ReadableStream of bytes"));
});

test("bytes of another realm are bytes", async () => {
  const chunk = runInNewContext("Uint8Array.from([...'data: gm\\n\\n'].map((letter) => letter.charCodeAt(0)))");
  assert.equal(chunk instanceof Uint8Array, false);
  assert.deepEqual(new SseDecoder().push(chunk), [event("gm")]);
  assert.deepEqual(await collect(readSse(streamOf([chunk]).stream)), [event("gm")]);
});

test("a chunk larger than the module's input is read whole", () => {
  const lines = Array.from({ length: 20_000 }, (_, at) => `id: ${at}\ndata: number ${at} é\n\n`);
  const events = new SseDecoder().push(bytes(lines.join("")));
  assert.equal(events.length, 20_000);
  assert.deepEqual(events[19_999], event("number 19999 é", { id: "19999" }));
});

test("text of every length and script comes out as it went in", () => {
  const decoder = new SseDecoder();
  for (const part of ["a", "é", "你", "🚀", "a 🚀"]) {
    for (const length of [1, 2, 11, 12, 13, 23, 24, 25, 2047, 2048, 4095, 4096, 4097, 70_000]) {
      const data = part.repeat(length);
      assert.deepEqual(decoder.push(bytes(`data: ${data}\n\n`)), [event(data)], `${part} × ${length}`);
    }
  }
});

test("ill-formed UTF-8 in long data is replaced, and does not touch the next event", () => {
  const long = bytes(`data: é${"a".repeat(5000)}?\n\ndata: é${"b".repeat(5000)}\n\n`);
  long[long.indexOf(0x3f)] = 0xe2;
  const [first, second] = new SseDecoder().push(long);
  assert.equal(first.data, `é${"a".repeat(5000)}\ufffd`);
  assert.equal(second.data, `é${"b".repeat(5000)}`);
});

test("memory that grows under the decoders does not confuse them", () => {
  const decoders = Array.from({ length: 40 }, () => new SseDecoder({ maxEventBytes: 8 * 1024 * 1024 }));
  const chunk = bytes("é".repeat(32 * 1024));
  for (const decoder of decoders) decoder.push(bytes("data: "));
  for (let round = 0; round < 16; round++) for (const decoder of decoders) decoder.push(chunk);
  for (const decoder of decoders) assert.equal(decoder.push(bytes("\n\n"))[0].data.length, 16 * 32 * 1024);
});

test("readSse reads a response, a stream, and a response without a body", async () => {
  const text = "data: 1\n\nevent: x\ndata: 2\n\n";
  const expected = [event("1"), event("2", { event: "x" })];
  assert.deepEqual(await collect(readSse(new Response(text))), expected);
  assert.deepEqual(await collect(readSse(streamOf([bytes(text)]).stream)), expected);
  assert.deepEqual(await collect(readSse(new Response(null))), []);
});

test("readSse takes no answer of an error for a stream without events, and lets its connection go", async () => {
  const source = streamOf([bytes('{"error":"gone"}')], { endless: true });
  const error = await failureOf(() => readSse(new Response(source.stream, { status: 404 })));
  assert.equal(
    error.message,
    "readSse takes an answer that is a success, and this one is HTTP 404: look at response.ok first.",
  );
  assert.deepEqual([error.code, error.status, error.outcome], ["bad_response", 404, "unknown"]);
  assert.deepEqual(source.cancelled, { reason: undefined });
  assert.equal((await failureOf(() => readSse(new Response(null, { status: 500 })))).status, 500);
});

test("leaving the loop cancels the stream and gives it back", async () => {
  const source = streamOf([bytes("data: 1\n\ndata: 2\n\n")], { endless: true });
  for await (const { data } of readSse(source.stream)) {
    assert.equal(data, "1");
    break;
  }
  assert.deepEqual(source.cancelled, { reason: undefined });
});

test("a read that waits while the loop is left ends quietly", async () => {
  const source = streamOf([bytes("data: 1\n\n")], { endless: true });
  const events = readSse(source.stream);
  assert.equal((await events.next()).value.data, "1");
  const waiting = events.next();
  assert.deepEqual(await events.return(), { value: undefined, done: true });
  assert.deepEqual(await waiting, { value: undefined, done: true });
  assert.deepEqual(source.cancelled, { reason: undefined });
});

test("a reader that is never read leaves the stream alone", () => {
  const source = streamOf([bytes("data: 1\n\n")]);
  readSse(source.stream);
  assert.equal(source.stream.locked, false);
});

test("an end within an event is an error behind the events before it", async () => {
  const seen = [];
  const reading = (async () => {
    for await (const { data } of readSse(streamOf([bytes("data: 1\n\ndata: 2")]).stream)) seen.push(data);
  })();
  await assert.rejects(reading, { name: "MinaraError", code: "stream_truncated" });
  assert.deepEqual(seen, ["1"]);
});

test("an event that is too large is an error at once, and cancels the stream", async () => {
  const source = streamOf([bytes("data: 1\n\ndata: 12345")], { endless: true });
  const seen = [];
  const reading = (async () => {
    for await (const { data } of readSse(source.stream, { maxEventBytes: 4 })) seen.push(data);
  })();
  await assert.rejects(reading, { code: "event_too_large" });
  assert.deepEqual(seen, ["1"]);
  assert.ok(source.cancelled.reason instanceof MinaraError);
});

test("a signal ends the reading once, with its reason, wherever it is", async () => {
  const reason = new Error("enough");
  for (const when of ["before", "waiting", "between"]) {
    const controller = new AbortController();
    const source = streamOf([bytes("data: 1\n\ndata: 2\n\n")], { endless: true });
    const events = readSse(source.stream, { signal: controller.signal });
    if (when === "before") controller.abort(reason);
    else {
      assert.equal((await events.next()).value.data, "1");
      if (when === "waiting") assert.equal((await events.next()).value.data, "2");
      if (when === "waiting") setTimeout(() => controller.abort(reason), 5);
      else controller.abort(reason);
    }
    await assert.rejects(events.next(), (error) => error === reason, when);
    assert.deepEqual(await events.next(), { value: undefined, done: true }, when);
    assert.deepEqual(source.cancelled, { reason }, when);
  }
});

test("an error of the stream comes through as it is", async () => {
  const fault = new TypeError("network lost");
  const stream = new ReadableStream({ pull: (controller) => controller.error(fault) });
  await assert.rejects(collect(readSse(stream)), (error) => error === fault);
});

test("events asked for all at once come in their order", async () => {
  const events = readSse(streamOf([bytes("data: 1\n\n"), bytes("data: 2\n\n"), bytes("data: 3\n\n")]).stream);
  const results = await Promise.all([events.next(), events.next(), events.next(), events.next()]);
  assert.deepEqual(results.map(({ value }) => value?.data), ["1", "2", "3", undefined]);
});

test("an event that was left open is the decoder's failure from then on", () => {
  const decoder = new SseDecoder();
  decoder.push(bytes("data: half"));
  assert.throws(() => decoder.finish(), (error) => error.code === "stream_truncated" && error === decoder.failure);
  assert.throws(() => decoder.push(bytes(" and half\n\n")), (error) => error === decoder.failure);
});

for (const [what, act] of [
  ["to its end", async (events) => assert.deepEqual(await collect(events), [event("1")])],
  [
    "up to where the loop is left",
    async (events) => {
      for await (const _ of events) break;
    },
  ],
]) {
  test(`a stream that is read ${what} leaves no listener on its signal`, async () => {
    const { signal } = new AbortController();
    await act(readSse(streamOf([bytes("data: 1\n\n")]).stream, { signal }));
    assert.deepEqual(getEventListeners(signal, "abort"), []);
  });
}

test("the loop is left once, however often it is told", async () => {
  const source = streamOf([bytes("data: 1\n\n")], { endless: true });
  let cancels = 0;
  const reader = source.stream.getReader();
  const counting = { read: () => reader.read(), cancel: async () => void (cancels += 1) };
  const events = readSse({ body: { getReader: () => counting } });
  await events.next();
  await events.return();
  await events.return();
  assert.equal(cancels, 1);
});

test("what an event says of its kind and its id holds for the next chunk as for the next event", () => {
  const decoder = new SseDecoder();
  assert.deepEqual(decoder.push(bytes("event: x\nid: 7\ndata: 1\n\n")), [event("1", { event: "x", id: "7" })]);
  assert.deepEqual(decoder.push(bytes("data: 2\n\n")), [event("2", { id: "7" })]);
});

test("an event may have 1,048,576 bytes of data where no limit is given, and not one more", () => {
  const most = 1_048_576;
  assert.equal(new SseDecoder().push(bytes(`data: ${"a".repeat(most)}\n\n`))[0].data.length, most);
  assert.throws(() => new SseDecoder().push(bytes(`data: ${"a".repeat(most + 1)}\n\n`)), { code: "event_too_large" });
});
