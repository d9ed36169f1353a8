// Who waits for the whole answer while another reads it: the wait ends with the stream, whether or not that reader goes on.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { setImmediate, setTimeout } from "node:timers/promises";
import { test } from "node:test";
import { promisify } from "node:util";

import { Minara } from "minara";
import { mockFetch } from "minara/testing";

import { failureOf } from "./client.fixture.mjs";
import { BASE, QUESTION, delta, eventStream, held } from "./client-stream.fixture.mjs";

const TOTAL =
  "Timed out: the call was not finished within 60 ms (timeout.total). The call may have been billed; give it more time, or " +
  "a requestId so that its answer can be fetched later.";
const run = promisify(execFile);
const stalled = (options) => new Minara({ ...BASE, fetch: held(delta("SOL ")).fetch }).chatStream(QUESTION, options);
const partsOf = (stream) => stream[Symbol.asyncIterator]();

/** Rejections that no one has handled. */
function unhandledOf(t) {
  const unhandled = [];
  const note = (reason) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  t.after(() => process.off("unhandledRejection", note));
  return unhandled;
}

for (const [whole, wait] of [["final()", (stream) => stream.final()], ["text()", (stream) => stream.text()]]) {
  test(`${whole} ends by the limit where the reader has stopped, and so does its next read`, { timeout: 5_000 }, async () => {
    const stream = stalled({ timeout: { total: 60 } });
    const parts = partsOf(stream);
    await parts.next();
    const error = await failureOf(() => wait(stream));
    assert.deepEqual([error.code, error.partial, error.message], ["timeout", "SOL ", TOTAL]);
    assert.equal(await failureOf(() => parts.next()), error);
    assert.deepEqual(await parts.next(), { done: true, value: undefined });
  });
}

test("final() in the middle of the loop that reads ends by the limit", { timeout: 5_000 }, async () => {
  const stream = stalled({ timeout: { total: 60 } });
  const loop = async () => {
    for await (const _ of stream) await stream.final();
  };
  assert.equal((await failureOf(loop)).message, TOTAL);
});

for (const [what, begin] of [
  ["has read a part", (stream) => partsOf(stream).next()],
  ["has not begun", (stream) => stream.toReadableStream()],
  ["has only the response", async (stream) => (stream.toReadableStream(), await stream.withResponse())],
]) {
  test(`final() ends by the caller's abort where the reader ${what}`, { timeout: 5_000 }, async () => {
    const controller = new AbortController();
    const stream = stalled({ signal: controller.signal });
    await begin(stream);
    const whole = stream.final();
    await setTimeout(5);
    controller.abort("bye");
    await assert.rejects(whole, (reason) => reason === "bye");
  });
}

test("final() of an answer that came whole waits for no further read", { timeout: 5_000 }, async () => {
  const stream = new Minara({ ...BASE, fetch: mockFetch([{ json: { content: "gm" } }]) }).chatStream(QUESTION);
  const parts = partsOf(stream);
  assert.deepEqual(await parts.next(), { done: false, value: { text: "gm" } });
  assert.deepEqual(await stream.final(), { content: "gm" });
  assert.deepEqual(await parts.next(), { done: true, value: undefined });
});

test("an answer that came whole is given to a signal that has only what a polyfill has", async () => {
  const signal = Object.assign(new EventTarget(), { aborted: false });
  const stream = new Minara({ ...BASE, fetch: mockFetch([{ json: { content: "paid" } }]) }).chatStream(QUESTION, { signal });
  assert.equal(await stream.text(), "paid");
});

test("a failure that the loop has told is not unhandled in final() and text(), which were asked for before it", async (t) => {
  const unhandled = unhandledOf(t);
  const stream = new Minara({ ...BASE, fetch: mockFetch([{ stream: ["SOL "], isCut: true }]) }).chatStream(QUESTION);
  const waiting = [stream.final(), stream.text()];
  const loop = async () => {
    for await (const _ of stream);
  };
  const error = await failureOf(loop);
  await setImmediate();
  assert.deepEqual(unhandled, []);
  for (const whole of waiting) assert.equal(await failureOf(() => whole), error);
});

test("a failure that no one else is told of is unhandled in final()", async () => {
  const program = `
    import { Minara } from "minara";
    import { mockFetch } from "minara/testing";
    process.on("unhandledRejection", ({ code }) => console.log(code));
    new Minara({ baseUrl: "https://worker.example", fetch: mockFetch([{ stream: ["SOL "], isCut: true }]) }).chatStream({ message: "gm" }).final();
  `;
  // In a process of its own, for in this one it would fail the test.
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], { cwd: import.meta.dirname });
  assert.equal(stdout, "stream_truncated\n");
});

for (const [what, leave] of [
  ["cancel()", (stream) => stream.cancel()],
  ["an abort", (_, controller) => controller.abort("bye")],
  ["its limit", () => setTimeout(80)],
]) {
  test(`${what} closes the body of an answer that was not read, though its fetch does not listen`, async () => {
    const state = held(delta("SOL "));
    const controller = new AbortController();
    const { fetch } = state;
    const options = { signal: controller.signal, timeout: { total: 60 } };
    const stream = new Minara({ ...BASE, fetch }).chatStream(QUESTION, options);
    await stream.withResponse();
    await leave(stream, controller);
    await setTimeout(5);
    assert.equal(state.cancelled, true);
  });
}

test("an answer that is there, but not yet with its reader, when the stream is cancelled is closed", async () => {
  const state = held(delta("SOL "));
  const fetch = async () => {
    const answer = await state.fetch();
    const get = (name) => {
      // Not asked for before the module is done with the call.
      if (name === "x-request-id") stream.cancel();
      return answer.headers.get(name);
    };
    return { status: 200, headers: { get }, body: answer.body };
  };
  const stream = new Minara({ ...BASE, fetch, timeout: { total: 1_000 } }).chatStream(QUESTION);
  assert.deepEqual(await partsOf(stream).next(), { done: true, value: undefined });
  await setTimeout(5);
  assert.equal(state.cancelled, true);
});

test("what has come before the first read is no first byte that is missing", async () => {
  const fetch = async () => new Response(`${delta("gm")}data: [DONE]\n\n`, eventStream);
  const stream = new Minara({ ...BASE, fetch }).chatStream(QUESTION, { timeout: { firstByte: 30 } });
  await stream.withResponse();
  await setTimeout(80);
  assert.deepEqual(await stream.final(), { content: "gm" });
});

test("a stream that is read once its headers are there has its idle limit from then on", async () => {
  const stream = new Minara({ ...BASE, fetch: held().fetch }).chatStream(QUESTION, { timeout: { firstByte: 30, idle: 60 } });
  await stream.withResponse();
  await setTimeout(80);
  const started = performance.now();
  assert.match((await failureOf(() => stream.final())).message, /within 60 ms \(timeout\.idle\)/);
  assert.ok(performance.now() - started > 50);
});
