// A page that was frozen, asleep or at work for longer than a limit: what came meanwhile is queued behind the limit's timer.
import assert from "node:assert/strict";
import { once } from "node:events";
import { setImmediate, setTimeout } from "node:timers/promises";
import { after, before, test } from "node:test";
import { Worker } from "node:worker_threads";

import { Minara } from "minara";

import { failureOf, readAll } from "./client.fixture.mjs";

const QUESTION = { message: "Why did SOL rise today?" };
/** @type {Worker} */
let worker;
/** @type {string} */
let server;

before(async () => {
  worker = new Worker(new URL("client-late.fixture.mjs", import.meta.url));
  server = `http://127.0.0.1:${(await once(worker, "message"))[0]}`;
});
after(() => worker.terminate());

const client = (place, timeout) => new Minara({ apiKey: "sk-aaaaaaaa1", baseUrl: server + place, timeout });

/** Holds the thread up after a call has begun to wait. */
async function holdUp() {
  await setTimeout(30);
  await setImmediate();
  const end = performance.now() + 600;
  while (performance.now() < end);
}

for (const limit of ["idle", "total"]) {
  test(`a stream whose rest came within ${limit} is whole, however late the timer is`, { timeout: 5_000 }, async () => {
    const stream = client("/parts", { [limit]: 300 }).chatStream(QUESTION);
    const parts = stream[Symbol.asyncIterator]();
    assert.deepEqual(await parts.next(), { done: false, value: { text: "one " } });
    const rest = parts.next();
    await holdUp();
    const { value } = await rest;
    assert.equal(value.text + (await readAll({ [Symbol.asyncIterator]: () => parts })).text, "two three");
    assert.equal((await stream.final()).content, "one two three");
  });
}

for (const [what, place, act, limit] of [
  ["a stream whose first byte", "/parts", (minara) => minara.chatStream(QUESTION).text(), "firstByte"],
  ["an answer that", "/whole", async (minara) => (await minara.chat(QUESTION)).content, "total"],
]) {
  test(`${what} came within ${limit} is given, however late the timer is`, { timeout: 5_000 }, async () => {
    const answer = act(client(place, { [limit]: 300 }));
    await holdUp();
    assert.match(await answer, /^(one two three|paid)$/);
  });
}

test("a stream that brought nothing meanwhile ends all the same, a moment later", { timeout: 5_000 }, async () => {
  for (const limit of ["idle", "total"]) {
    const reading = readAll(client("/cut", { [limit]: 300 }).chatStream(QUESTION));
    await holdUp();
    const started = performance.now();
    const error = await failureOf(async () => {
      throw (await reading).error;
    });
    assert.deepEqual([error.code, error.partial], ["timeout", "one "]);
    assert.ok(performance.now() - started < 400);
  }
});
