// The options and the input of the SSE reader: what it refuses.
import assert from "node:assert/strict";
import { test } from "node:test";

import { MinaraError, SseDecoder, readSse } from "minara";

import { failureOf } from "./client.fixture.mjs";

for (const [what, act, message] of [
  [
    "options that are none",
    () => new SseDecoder(null),
    "Invalid reader options: must be a plain object.",
  ],
  [
    "options whose names stand for nothing",
    () => readSse(new Response("data: x\n\n"), { maxBytes: 5 }),
    "Invalid reader options: maxBytes is not a known option (known: signal, maxEventBytes).",
  ],
  [
    "a signal that is none",
    () => readSse(new Response("data: x\n\n"), { signal: 5 }),
    "Invalid reader options: signal must be an AbortSignal.",
  ],
  [
    "a stream that someone reads",
    () => {
      const { body } = new Response("data: x\n\n");
      body.getReader();
      return readSse(body);
    },
    "readSse takes a stream that no one reads yet: this one is locked.",
  ],
  [
    "to go on once it is freed",
    () => {
      const decoder = new SseDecoder();
      decoder.free();
      decoder.free();
      assert.equal(decoder.retry, undefined);
      assert.equal(decoder.failure, undefined);
      assert.throws(() => decoder.finish(), MinaraError);
      decoder.push(new Uint8Array(1));
    },
    "This SseDecoder was freed: make a new one for another stream.",
  ],
]) {
  test(`the SSE reader refuses ${what}`, async () => {
    assert.equal((await failureOf(act)).message, message);
  });
}

test("the SSE reader refuses what is no bytes", async () => {
  assert.equal((await failureOf(() => new SseDecoder().push("data: x"))).code, "invalid_request");
  assert.equal((await failureOf(() => new SseDecoder({ maxEventBytes: -1 }))).field, "maxEventBytes");
  assert.equal((await failureOf(() => readSse("data: x"))).code, "invalid_request");
});
