// What the hooks hear of an attempt, whatever becomes of it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Minara } from "minara";

import { failureOf } from "./client.fixture.mjs";

const CHAT = "/v1/developer/chat";

test("a hook hears of each attempt once, with the time that it took itself", async (t) => {
  let clock = 1000;
  t.mock.method(performance, "now", () => clock);
  const refused = () => Response.json({}, { status: 429, headers: { "retry-after": "0" } });
  const broken = () =>
    new Response(new ReadableStream({ pull: (controller) => controller.error(new TypeError("terminated")) }));
  const heard = [];
  const onResponse = ({ attempt, status, milliseconds }) => heard.push([attempt, status, milliseconds]);
  const answers = [refused, () => Promise.reject(new TypeError("reset")), broken];
  const fetch = async () => {
    clock += 20;
    return answers.shift()();
  };
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch, onResponse });
  assert.equal((await failureOf(() => minara.chat({ message: "gm" }))).code, "network");
  assert.deepEqual(heard.splice(0), [[1, 429, 20], [2, undefined, 20]]);
  assert.equal((await failureOf(() => minara.chat({ message: "gm" }))).code, "network");
  assert.deepEqual(heard, [[1, 200, 20]]);
});

test("a hook hears of an attempt that the caller has given up", async () => {
  const controller = new AbortController();
  const heard = [];
  const onResponse = ({ milliseconds, ...info }) => heard.push(info);
  const fetch = () => new Promise(() => controller.abort("left"));
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch, onResponse });
  await assert.rejects(minara.chat({ message: "gm" }, { signal: controller.signal }), (reason) => reason === "left");
  assert.deepEqual(heard, [{ method: "POST", path: CHAT, attempt: 1 }]);
});

test("a caller that aborts when it hears of an attempt sends nothing", async () => {
  const controller = new AbortController();
  let sent = 0;
  const fetch = async () => {
    sent += 1;
    return Response.json({}, { status: 429, headers: { "retry-after": "0" } });
  };
  const heard = [];
  const onRequest = ({ attempt }) => attempt === 2 && controller.abort("left");
  const onResponse = ({ attempt, status }) => heard.push([attempt, status]);
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch, onRequest, onResponse });
  await assert.rejects(minara.chat({ message: "gm" }, { signal: controller.signal }), (reason) => reason === "left");
  assert.equal(sent, 1);
  assert.deepEqual(heard, [[1, 429], [2, undefined]]);
});
