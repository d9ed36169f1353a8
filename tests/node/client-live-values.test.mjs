// What is the caller's goes into a call as it was when the call was made. What of it cannot be read fails that call alone.
import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { test } from "node:test";

import { Minara } from "minara";
import { mockFetch } from "minara/testing";

import { failureOf } from "./client.fixture.mjs";

const BASE = { baseUrl: "https://worker.example/api" };
const ANSWER = { json: { content: "gm" } };
const NO_JSON =
  "Invalid chat request: must be a plain object of strings, numbers, booleans and plain objects: it holds something that " +
  "JSON has no form for, such as a function. Nothing was sent.";
const UNREADABLE = "The call options cannot be read. Nothing was sent.";
const fault = () => {
  throw new Error("no");
};
const throwing = () => Object.defineProperty({}, "of", { get: fault, enumerable: true });
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

for (const [what, request, options, message] of [
  ["a request with a getter that throws", { message: "gm", filters: throwing() }, {}, NO_JSON],
  ["a request with a proxy that is revoked", { message: "gm", filters: [revoked()] }, {}, NO_JSON],
  ["a request that is one", revoked(), {}, NO_JSON],
  ["a request with a proxy that lists nothing", { message: "gm", filters: new Proxy({}, { ownKeys: fault }) }, {}, NO_JSON],
  ["a request with a list of holes", { message: "gm", filters: Object.assign([], { length: 2 ** 32 - 1 }) }, {}, NO_JSON],
  ["an extraBody with a getter that throws", { message: "gm" }, { extraBody: throwing() }, UNREADABLE],
  ["an extraBody with one further down", { message: "gm" }, { extraBody: { filters: [throwing()] } }, UNREADABLE],
  ["an extraBody with a proxy that is revoked", { message: "gm" }, { extraBody: { filters: revoked() } }, UNREADABLE],
  ["an option with a getter that throws", { message: "gm" }, { get timeout() { return fault(); } }, UNREADABLE],
]) {
  test(`${what} fails its own call, and no other`, async () => {
    const slow = async () => {
      await setTimeout(20);
      return Response.json({ content: "paid" });
    };
    const paid = new Minara({ ...BASE, fetch: slow }).chat({ message: "gm" });
    const fetch = mockFetch([]);
    const minara = new Minara({ ...BASE, fetch });
    for (const act of [() => minara.chat(request, options), () => minara.chatStream(request, options).final()]) {
      const error = await failureOf(act);
      assert.deepEqual([error.code, error.outcome, error.message], ["invalid_request", "not_sent", message]);
    }
    assert.equal((await paid).content, "paid");
    assert.equal(fetch.requests.length, 0);
  });
}

test("an id that cannot be read fails its look-up", async () => {
  const error = await failureOf(() => new Minara({ ...BASE, fetch: mockFetch([]) }).chatStatus(revoked()));
  assert.deepEqual([error.code, error.outcome, error.field], ["invalid_request", "not_sent", "id"]);
});

test("what is changed after a call was made is sent as it was, of a stream too", async () => {
  for (const [act, answer] of [
    [(minara, ...args) => minara.chat(...args), ANSWER],
    [(minara, ...args) => minara.chatStream(...args).final(), { stream: ["gm"] }],
  ]) {
    const fetch = mockFetch([answer]);
    const minara = new Minara({ ...BASE, fetch });
    const message = { role: "user", content: "gm" };
    const meta = { chains: ["base"], of: { team: "desk" } };
    const settled = act(minara, { message }, { extraBody: { meta } });
    message.content = "other";
    meta.chains.push(new Date());
    meta.of.team = fault;
    await settled;
    const { body } = fetch.requests[0];
    assert.deepEqual([body.message.content, body.meta], ["gm", { chains: ["base"], of: { team: "desk" } }]);
  }
});

test("a draft that is revoked once its producer is done was read before", async () => {
  const fetch = mockFetch([ANSWER]);
  const { proxy, revoke } = Proxy.revocable({ chains: ["base"] }, {});
  const settled = new Minara({ ...BASE, fetch }).chat({ message: "gm" }, { extraBody: { filters: proxy } });
  revoke();
  assert.equal((await settled).content, "gm");
  assert.deepEqual(fetch.requests[0].body.filters, { chains: ["base"] });
});

test("a request that leads back to itself by many ways is refused at once", { timeout: 5_000 }, async () => {
  const message = { role: "user", content: "gm" };
  for (let way = 0; way < 9; way += 1) message[`way${way}`] = message;
  const error = await failureOf(() => new Minara({ ...BASE, fetch: mockFetch([]) }).chat({ message }));
  assert.equal(error.message, NO_JSON.replace("it holds something that JSON has no form for, such as a function", "it is nested too deeply"));
});
