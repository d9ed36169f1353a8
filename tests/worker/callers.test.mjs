// Callers of one Worker, each with a session: whose a requestId, a job, a chat and a stream are.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";

import { bearer, bodies, freshToken, paths, startGateway, streamed } from "./gateway.mjs";
import { generous, settings } from "./sessions.fixture.mjs";

const chat = bodies[paths.chat];

describe("callers never meet", () => {
  /** @type {Awaited<ReturnType<typeof startGateway>>} */
  let gateway;
  before(async () => {
    gateway = await startGateway({ settings, limits: generous });
  });
  beforeEach(() => gateway.sandbox.reset());
  after(() => gateway.stop());

  const one = freshToken();
  const other = freshToken();
  const id = (token) => `s${Buffer.from(token.slice(4), "base64url").subarray(0, 16).toString("base64url")}.`;
  const ask = (token, path, body) => gateway.post(path, body, bearer(token));

  /** @param {string} token @param {AbortSignal} [signal] */
  const stream = (token, signal) => gateway.open(paths.chat, streamed, bearer(token), signal);

  test("the same requestId of two callers is two calls", async () => {
    const body = { ...chat, requestId: "same" };
    const answers = [await ask(one, paths.chat, body), await ask(other, paths.chat, body)];
    assert.deepEqual(answers.map(({ status }) => status), [200, 200]);
    assert.deepEqual(gateway.sandbox.requests.map(({ body }) => body.requestId), [`${id(one)}same`, `${id(other)}same`]);
    assert.equal(gateway.sandbox.counters.charges, 2);
  });

  test("a requestId comes back as it was sent, in an answer and in a look-up", async () => {
    const queued = await ask(one, paths.chat, { ...chat, background: true, requestId: "job-1" });
    assert.deepEqual([queued.status, queued.json.requestId], [202, "job-1"]);
    const job = await gateway.request(`${paths.chat}/requests/job-1`, { headers: bearer(one) });
    assert.deepEqual([job.status, job.json.requestId, job.json.id], [200, "job-1", queued.json.id]);
    for (const { text } of [queued, job]) assert.ok(!text.includes(id(one)));
  });

  test("a job is found by the caller who has it, under both its ids, and by nobody else", async () => {
    const { json } = await ask(one, paths.chat, { ...chat, background: true, requestId: "job-2" });
    for (const name of [json.id, "job-2"]) {
      const look = (token) => gateway.request(`${paths.chat}/requests/${name}`, { headers: bearer(token) });
      assert.equal((await look(one)).status, 200, name);
      const { status, error } = await look(other);
      assert.deepEqual([status, error.code], [404, "not_found"], name);
    }
    const guessed = await gateway.request(`${paths.chat}/requests/${id(one)}job-2`, { headers: bearer(other) });
    assert.equal(guessed.status, 404);
  });

  test("the longest requestId is looked up, and one that is too long with the caller's prefix is nowhere to be found", async () => {
    const look = (id) => gateway.request(`${paths.chat}/requests/${id}`, { headers: bearer(one) });
    const longest = "x".repeat(96);
    await ask(one, paths.chat, { ...chat, background: true, requestId: longest });
    assert.equal((await look(longest)).status, 200);
    for (const length of [97, 104, 105, 128]) assert.equal((await look("x".repeat(length))).status, 404, `${length}`);
    assert.equal(gateway.sandbox.requests.length, 2);
  });

  /** A call whose answer never came. */
  async function lose(requestId) {
    gateway.sandbox.script({ reset: "before-headers" });
    assert.equal((await ask(one, paths.chat, { ...chat, requestId })).error.code, "network");
  }

  test("what a look-up names is its caller's: who lost the first answer goes on with the chat", async () => {
    const chatId = `chat_${randomBytes(4).toString("hex")}`;
    const id = `bg_${randomBytes(4).toString("hex")}`;
    await lose("lost");
    gateway.sandbox.script({ body: { id, chatId, requestId: "lost", status: "completed" } });
    assert.equal((await gateway.request(`${paths.chat}/requests/lost`, { headers: bearer(one) })).status, 200);
    gateway.sandbox.script({ body: { chatId, content: "ok" } });
    assert.equal((await ask(one, paths.chat, { ...chat, chatId })).status, 200);
    assert.equal((await ask(other, paths.chat, { ...chat, chatId })).status, 404);
  });

  test("a chat goes on for the caller who began it, and for nobody else", async () => {
    const { json } = await ask(one, paths.chat);
    const more = { ...chat, chatId: json.chatId };
    assert.equal((await ask(one, paths.chat, more)).status, 200);
    const posts = gateway.posts;
    const { status, error } = await ask(other, paths.chat, more);
    assert.deepEqual([status, error.code, error.message], [404, "not_found", "There is no such chat."]);
    assert.equal(gateway.posts, posts);
  });

  for (const [name, raw] of [
    ["in its first event", undefined],
    ["after a comment", ': wait\n\ndata: {"chatId":"CHAT"}\n\ndata: [DONE]\n\n'],
    ["in its second event", 'data: {"choices":[{"delta":{"role":"assistant"}}]}\n\ndata: {"chatId":"CHAT"}\n\ndata: [DONE]\n\n'],
    ["after an event of another kind", 'event: ping\ndata: {}\n\ndata: {"chatId" : "CHAT"}\n\ndata: [DONE]\n\n'],
    ["after an event that has none yet", 'data: {"chatId":null,"note":"\\"chatId\\":\\"x\\""}\r\rdata: {"chatId":"CHAT"}\r\rdata: [DONE]\r\n\r\n'],
    ["beside its text in data", 'data: {"data":{"chatId":"CHAT","text":"gm"}}\n\ndata: [DONE]\n\n'],
    ["beside its text in a chunk", 'data: {"chunk":{"chatId":"CHAT","content":"gm"}}\n\ndata: [DONE]\n\n'],
    ["in bytes one by one", 'data: {"chatId":"CHAT"}\r\n\r\ndata: [DONE]\r\n\r\n'],
  ]) {
    test(`a chat that a stream names ${name} is its caller's`, async () => {
      const named = `chat_${randomBytes(4).toString("hex")}`;
      if (raw) gateway.sandbox.script({ raw: raw.replace("CHAT", named), split: 1 });
      const { text } = await ask(one, paths.chat, streamed);
      if (raw) assert.equal(text, raw.replace("CHAT", named), "and it passes byte for byte");
      const chatId = raw ? named : /"chatId":"(.+?)"/.exec(text)[1];
      assert.match(text, /data: \[DONE\]\r?\n\r?\n$/);
      assert.equal((await ask(other, paths.chat, { ...chat, chatId })).status, 404);
      if (raw) gateway.sandbox.script({ body: { chatId, content: "ok" } });
      assert.equal((await ask(one, paths.chat, { ...chat, chatId })).status, 200);
    });
  }

  test("a chat that a stream names, where none was asked for, is its caller's", async () => {
    const chatId = `chat_${randomBytes(4).toString("hex")}`;
    const raw = `data: {"chatId":"${chatId}"}\n\ndata: [DONE]\n\n`;
    gateway.sandbox.script({ raw });
    const { status, headers, text } = await ask(one, paths.chat);
    assert.deepEqual([status, headers.get("content-type"), text], [200, "text/event-stream", raw]);
    gateway.sandbox.script({ body: { chatId, content: "ok" } });
    assert.equal((await ask(one, paths.chat, { ...chat, chatId })).status, 200);
    assert.equal((await ask(other, paths.chat, { ...chat, chatId })).status, 404);
  });

  test("a chat that a stream names within its first 64 Ki characters is its caller's, and a long answer arrives whole", async () => {
    const chatId = `chat_${randomBytes(4).toString("hex")}`;
    const raw = `${'data: {"n":1}\n\n'.repeat(4_300)}data: {"chatId":"${chatId}"}\n\ndata: [DONE]\n\n`;
    gateway.sandbox.script({ raw });
    assert.equal((await ask(one, paths.chat, streamed)).text, raw);
    const content = "x".repeat(4_000_000);
    gateway.sandbox.script({ body: { chatId, content } });
    const { status, json } = await ask(one, paths.chat, { ...chat, chatId });
    assert.deepEqual([status, json?.content?.length], [200, content.length]);
  });

  test("a chat that only a job's result names is its caller's", async () => {
    const chatId = `chat_${randomBytes(4).toString("hex")}`;
    await lose("lost-2");
    gateway.sandbox.script({ body: { id: "bg_1", chatId: null, status: "completed", result: { chatId, content: "ok" } }, times: 2 });
    assert.equal((await gateway.request(`${paths.chat}/requests/lost-2`, { headers: bearer(one) })).json.result.chatId, chatId);
    assert.equal((await ask(other, paths.chat, { ...chat, chatId })).status, 404);
    assert.equal((await ask(one, paths.chat, { ...chat, chatId })).status, 200);
  });

  test("a chat that an answer names beside an id of another kind is its caller's", async () => {
    const chatId = `chat_${randomBytes(4).toString("hex")}`;
    gateway.sandbox.script({ body: { id: 7, chatId, content: "ok" }, times: 2 });
    assert.equal((await ask(one, paths.chat)).json.chatId, chatId);
    assert.equal((await ask(other, paths.chat, { ...chat, chatId })).status, 404);
    assert.equal((await ask(one, paths.chat, { ...chat, chatId })).status, 200);
  });

  test("a stream's deltas are not held back while its chat is learned", async () => {
    gateway.sandbox.script({ deltas: ["one", "two"], stall: 2 });
    const leaving = new AbortController();
    const response = await stream(one, leaving.signal);
    let text = "";
    for await (const chunk of response.body) {
      text += Buffer.from(chunk);
      if (text.includes('"one"')) break;
    }
    assert.ok(!text.includes('"two"'));
    leaving.abort();
  });

  test("a caller who leaves a stream ends the API's work, also after its chat was learned", async () => {
    // workerd notices that a caller has gone when it next writes to them.
    gateway.sandbox.script({ pace: 20, deltas: Array(500).fill("word ") });
    const leaving = new AbortController();
    const response = await stream(one, leaving.signal);
    await response.body.getReader().read();
    leaving.abort();
    await gateway.sandbox.until((sandbox) => sandbox.counters.closedByClient === 1);
  });

  test("a stream that the API cuts is cut for the caller, and does not look complete", async () => {
    gateway.sandbox.script({ deltas: ["one", "two", "three"], reset: 3 });
    const response = await stream(one);
    await assert.rejects(response.text());
  });
});
