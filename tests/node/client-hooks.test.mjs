// What the hooks hear of an attempt, whatever becomes of it, and that no call comes to harm by them.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Minara } from "minara";
import { mockFetch } from "minara/testing";

import { clientFor, failureOf } from "./client.fixture.mjs";

const CHAT = "/v1/developer/chat";

test("hooks see each attempt, and neither the key nor the body", async (t) => {
  const seen = [];
  const hooks = {
    onRequest: (info) => seen.push(["request", info]),
    onResponse: (info) => seen.push(["response", info]),
  };
  const { minara, sandbox } = await clientFor(t, hooks);
  sandbox.script({ status: 429, headers: { "Retry-After": "0" } });
  await minara.chat({ message: "canary question" });
  const attempts = seen.map(([kind, { milliseconds, requestId, ...info }]) => {
    if (kind === "response") assert.ok(milliseconds >= 0);
    return [kind, info];
  });
  const sent = { method: "POST", path: CHAT };
  assert.deepEqual(attempts, [
    ["request", { ...sent, attempt: 1 }],
    ["response", { ...sent, attempt: 1, status: 429 }],
    ["request", { ...sent, attempt: 2 }],
    ["response", { ...sent, attempt: 2, status: 200 }],
  ]);
  const text = JSON.stringify(seen);
  assert.ok(!text.includes(sandbox.key) && !text.includes("canary question"));
});

test("a hook hears how long the headers took, also where the body of an error takes longer", async (t) => {
  let clock = 1000;
  t.mock.method(performance, "now", () => clock);
  const body = new ReadableStream({
    pull(controller) {
      clock += 9000;
      controller.close();
    },
  }, { highWaterMark: 0 });
  const fetch = async () => {
    clock += 20;
    return new Response(body, { status: 500 });
  };
  const heard = [];
  const onResponse = ({ status, milliseconds }) => heard.push([status, milliseconds]);
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch, onResponse });
  await failureOf(() => minara.chat({ message: "gm" }));
  assert.deepEqual(heard, [[500, 20]]);
  assert.equal(clock, 10_020);
});

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

test("a hook whose promise rejects harms nothing", async (t) => {
  const unhandled = [];
  const note = (reason) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  t.after(() => process.off("unhandledRejection", note));
  const fail = async () => Promise.reject(new Error("the log is down"));
  const fetch = mockFetch([{ json: { content: "gm" } }]);
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch, onRequest: fail, onResponse: fail });
  assert.equal((await minara.chat({ message: "gm" })).content, "gm");
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(unhandled, []);
});

test("a hook that throws does not turn a paid answer into an error", async (t) => {
  const fail = () => {
    throw new Error("hook");
  };
  const { minara } = await clientFor(t, { onRequest: fail, onResponse: fail });
  assert.match((await minara.chat({ message: "gm" })).content, /Sandbox/);
});
