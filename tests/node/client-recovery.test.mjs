import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";

import { Minara } from "minara";
import { mockFetch } from "minara/testing";

import { failureOf, readAll } from "./client.fixture.mjs";
import { BASE, QUESTION, TEXT, delta, held, streaming } from "./client-stream.fixture.mjs";

for (const [what, fault] of [
  ["cut", { cut: 3 }],
  ["ended early", { end: 3 }],
  ["reset before its headers", { reset: "before-headers" }],
]) {
  test(`under a requestId a stream that is ${what} is completed, charged once, with no text twice`, async (t) => {
    const { minara, sandbox } = await streaming(t, fault);
    const stream = minara.chatStream(QUESTION, { requestId: true });
    const { text, error } = await readAll(stream);
    assert.equal(error, undefined);
    assert.equal(text, TEXT);
    const { content, chatId } = await stream.final();
    assert.equal(content, TEXT);
    assert.match(chatId, /^chat_/);
    assert.equal(sandbox.counters.charges, 1);
  });
}

test("under a requestId a stream that stalls is completed after its idle limit", async (t) => {
  const { minara, sandbox } = await streaming(t, { stall: 3 });
  const stream = minara.chatStream({ ...QUESTION, requestId: "stalled-1" }, { timeout: { idle: 60 } });
  assert.equal((await readAll(stream)).text, TEXT);
  assert.equal(sandbox.counters.posts["/v1/developer/chat"], 1);
});

test("a stream that is completed keeps the ids that it had said and the stored answer leaves out", async () => {
  const result = { content: "SOL is up", chatId: null, usage: { totalTokens: 7 } };
  const job = { status: "completed", result };
  const fetch = mockFetch([{ stream: ["SOL "], isCut: true }, { json: job }]);
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch });
  const stream = minara.chatStream(QUESTION, { requestId: "a:1" });
  const ids = { chatId: "chat_mock", messageId: "msg_mock" };
  assert.deepEqual(await stream.final(), { ...ids, content: "SOL is up", usage: { totalTokens: 7 } });
  assert.equal(stream.chatId, "chat_mock");
});

test("a job that failed is the last word on a stream that was cut", async (t) => {
  const { minara } = await streaming(t, {
    cut: 3,
    job: { status: "failed", error: { code: "processing_error", message: "no data" } },
  });
  const { error, text } = await readAll(minara.chatStream(QUESTION, { requestId: "failed-1" }));
  assert.equal(error.code, "stream_error");
  assert.match(error.message, /processing_error: no data/);
  assert.equal(error.partial, "SOL is ");
  assert.equal(text, "SOL is ");
});

test("where the answer cannot be looked up, what cut the stream is told", async (t) => {
  const { minara, sandbox } = await streaming(t, { cut: 3 });
  sandbox.script({ match: { method: "GET" }, status: 404, times: 0 });
  const { error } = await readAll(minara.chatStream(QUESTION, { requestId: "gone-1" }));
  assert.equal(error.code, "network");
  assert.equal(error.partial, "SOL is ");
});

test("a signal ends the look-ups for a stream whose sending failed, and no listener is left", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const fetch = async (request) => {
    if (request.method === "POST") throw new TypeError("fetch failed");
    controller.abort("enough");
    return Response.json({ id: "bg_1", status: "in_progress" });
  };
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch, maxRetries: 0 });
  const stream = minara.chatStream(QUESTION, { requestId: "a:1", signal });
  await assert.rejects(stream.final(), (reason) => reason === "enough");
  assert.deepEqual(getEventListeners(signal, "abort"), []);
  const unread = new AbortController();
  const failing = new Minara({ baseUrl: "https://worker.example/api", fetch: mockFetch([]), maxRetries: 0 });
  await failureOf(() => failing.chatStream(QUESTION, { signal: unread.signal }).withResponse());
  assert.deepEqual(getEventListeners(unread.signal, "abort"), []);
});

test("a stream that never left is not looked up: there is nothing to find", async () => {
  const error = Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } });
  const fetch = mockFetch([{ error }]);
  const stream = new Minara({ ...BASE, fetch, maxRetries: 0 }).chatStream(QUESTION, { requestId: "a:1" });
  const { code, outcome, retryable } = await failureOf(() => stream.final());
  assert.deepEqual([code, outcome, retryable], ["network", "not_sent", true]);
  assert.equal(fetch.requests.length, 1);
});

test("a stored answer is looked up on the terms of its call", async () => {
  const cut = { stream: ["SOL "], isCut: true };
  const stored = { json: { status: "completed", result: { content: "SOL is up" } } };
  const look = async (answer, options) => {
    const fetch = mockFetch([cut, answer, stored]);
    const stream = new Minara({ ...BASE, fetch }).chatStream(QUESTION, { requestId: "a:1", ...options });
    const outcome = await stream.final().then(({ content }) => content, ({ code }) => code);
    return { outcome, lookUps: fetch.requests.slice(1) };
  };
  const named = await look(stored, { headers: { "X-Team": "desk" } });
  assert.equal(named.lookUps[0].headers["x-team"], "desk");
  const unrepeated = await look({ status: 502, json: {} }, { maxRetries: 0 });
  assert.deepEqual([unrepeated.outcome, unrepeated.lookUps.length], ["stream_truncated", 1]);
  const impatient = await look({ status: 429, json: {}, headers: { "retry-after": "1" } }, { maxRetryAfter: 0.5 });
  assert.deepEqual([impatient.outcome, impatient.lookUps.length], ["stream_truncated", 1]);
});

for (const [what, answer, message, facts] of [
  [
    "does not begin with the text so far is told with that, under the look-up's own id",
    { json: { status: "completed", result: { content: "ETH" } } },
    "The paid answer could not be fetched: the stored answer does not begin with the text that was streamed.",
    ["bad_response", "done", "look-1", "SOL "],
  ],
  [
    "could not be read leaves the word to what cut the stream",
    { body: "<html>", headers: { "content-type": "text/html" } },
    "The stream ended before the answer did: neither [DONE] nor a finish reason came.",
    ["stream_truncated", "unknown", "stream-1", "SOL "],
  ],
]) {
  test(`a stored answer that ${what}`, async () => {
    const fetch = mockFetch([
      { stream: ["SOL "], isCut: true, headers: { "x-request-id": "stream-1" } },
      { ...answer, headers: { ...answer.headers, "x-request-id": "look-1" } },
    ]);
    const stream = new Minara({ ...BASE, fetch }).chatStream(QUESTION, { requestId: "a:1" });
    const error = await failureOf(() => stream.final());
    assert.equal(error.message, message);
    assert.deepEqual([error.code, error.outcome, error.requestId, error.partial], facts);
  });
}

test("under a requestId a stream without text in a known place is completed from the stored answer", async () => {
  const fetch = mockFetch([
    { body: 'data: {"said":"SOL is up"}\n\ndata: [DONE]\n\n', headers: { "content-type": "text/event-stream" } },
    { json: { status: "completed", result: { content: "SOL is up" } } },
  ]);
  const stream = new Minara({ ...BASE, fetch }).chatStream(QUESTION, { requestId: "a:1" });
  assert.deepEqual(await stream.final(), { content: "SOL is up" });
  assert.deepEqual(fetch.requests.map(({ method }) => method), ["POST", "GET"]);
});

test("under a requestId an event over the limit ends no answer that is kept", async () => {
  const fetch = mockFetch([{ stream: ["SOL is up"] }, { json: { status: "completed", result: { content: "SOL is up" } } }]);
  const stream = new Minara({ ...BASE, fetch }).chatStream(QUESTION, { requestId: "a:1", maxEventBytes: 8 });
  assert.equal(await stream.text(), "SOL is up");
  assert.deepEqual(fetch.requests.map(({ method }) => method), ["POST", "GET"]);
});

test("a stream without text in a known place is a bad response, with its first event as the body", async () => {
  const body = 'data: {"said":"SOL is up"}\n\ndata: [DONE]\n\n';
  const fetch = mockFetch([{ body, headers: { "content-type": "text/event-stream" } }]);
  const error = await failureOf(() => new Minara({ ...BASE, fetch }).chatStream(QUESTION).final());
  assert.deepEqual([error.code, error.outcome, error.body], ["bad_response", "done", '{"said":"SOL is up"}']);
  assert.equal(
    error.message,
    "The answer is complete, but its stream held no text in a known place. Count the call as billed.",
  );
});

for (const [what, answer, message] of [
  [
    "whose connection breaks",
    { error: new TypeError("fetch failed") },
    "The connection failed. The look-up costs nothing: look again.",
  ],
  ["that the API fails", { status: 500, json: {} }, "The API failed (HTTP 500). The look-up costs nothing: look again."],
  [
    "whose answer is no JSON",
    { body: "<html>", headers: { "content-type": "text/html" } },
    "The API answered success, but its body (text/html) is not JSON. The look-up costs nothing: look again.",
  ],
]) {
  test(`a look-up ${what} was not billed, and says so`, async () => {
    const minara = new Minara({ ...BASE, fetch: mockFetch([answer]), maxRetries: 0 });
    const error = await failureOf(() => minara.chatStatus("bg_1"));
    assert.deepEqual([error.message, error.outcome], [message, "refused"]);
    assert.equal(error.retryable, error.code === "network");
  });
}

test("a chat that is answered with an event stream is read as one", async () => {
  const fetch = mockFetch([{ stream: ["g", "m"] }]);
  const answer = await new Minara({ ...BASE, fetch }).chat({ message: "gm" });
  assert.equal(answer.content, "gm");
});

test("a chat that is answered with an event stream that is cut is the stream's error, with all that came", async () => {
  const body = 'data: {"delta":{"content":"g"}}\n\n';
  const fetch = async () => new Response(body, { headers: { "content-type": "text/event-stream" } });
  const error = await failureOf(() => new Minara({ ...BASE, fetch }).chat({ message: "gm" }));
  assert.deepEqual(
    [error.code, error.outcome, error.partial, error.body, error.status],
    ["stream_truncated", "unknown", "g", body, 200],
  );
});

test("an event stream in place of any other answer is no JSON, and is kept", async () => {
  const body = 'data: {"delta":{"content":"gm"}}\n\ndata: [DONE]\n\n';
  const fetch = async () => new Response(body, { headers: { "content-type": "text/event-stream" } });
  const minara = new Minara({ ...BASE, fetch });
  for (const call of [() => minara.perpTradingSuggestion({ symbol: "ETH" }), () => minara.chatBackground(QUESTION)]) {
    const error = await failureOf(call);
    assert.equal(
      error.message,
      "The API answered success, but its body (text/event-stream) is not JSON. Count the call as billed; the body is " +
        "kept in the error.",
    );
    assert.deepEqual([error.code, error.outcome, error.body], ["bad_response", "done", body]);
  }
});

test("withResponse() beside a reading whose sending failed leaves the signal to the look-ups", async () => {
  const controller = new AbortController();
  const fetch = async (request) => {
    if (request.method === "POST") throw new TypeError("fetch failed");
    controller.abort("enough");
    return Response.json({ id: "bg_1", status: "in_progress" });
  };
  const minara = new Minara({ ...BASE, fetch, maxRetries: 0, timeout: { total: 3_000 } });
  const stream = minara.chatStream(QUESTION, { requestId: "a:1", signal: controller.signal });
  const first = stream[Symbol.asyncIterator]().next();
  assert.equal((await failureOf(() => stream.withResponse())).code, "network");
  await assert.rejects(first, (reason) => reason === "enough");
});

test("under a requestId a stream whose first byte does not come in time is sent again", async () => {
  const body = 'data: {"choices":[{"delta":{"content":"gm"}}]}\n\ndata: [DONE]\n\n';
  const sent = [];
  const fetch = async (request) => {
    sent.push(request.method);
    if (sent.length === 1) return new Promise(() => {});
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch, timeout: { firstByte: 500 } });
  assert.equal(await minara.chatStream(QUESTION, { requestId: "a:1" }).text(), "gm");
  assert.deepEqual(sent, ["POST", "POST"]);
});

test("a caller's abort is heard while the answer of a stream that stalled is looked for", async () => {
  const controller = new AbortController();
  const fetch = async (request) => {
    if (request.method === "POST") return held(delta("SOL ")).fetch();
    controller.abort("left");
    return new Promise((_, reject) => request.signal.addEventListener("abort", () => reject(request.signal.reason)));
  };
  const stream = new Minara({ ...BASE, fetch }).chatStream(QUESTION, {
    requestId: "a:1",
    signal: controller.signal,
    timeout: { idle: 40 },
  });
  assert.equal((await readAll(stream)).error, "left");
});

test("a look-up is a request that no memory of the last one answers", async () => {
  const requests = [];
  const script = mockFetch([{ json: { status: "queued" } }, { json: { content: "gm" } }]);
  const fetch = (request) => {
    requests.push([request.method, request.keepalive]);
    return script(request);
  };
  const minara = new Minara({ ...BASE, fetch });
  await minara.chatStatus("bg_1");
  await minara.chat(QUESTION);
  assert.deepEqual(requests, [["GET", true], ["POST", false]]);
});

test("an attempt to look a job up says nothing of the one before it, which cost nothing either", async () => {
  const lost = { error: Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNRESET" } }) };
  const minara = new Minara({ ...BASE, fetch: mockFetch([lost, { status: 401, body: "" }]) });
  const { message, outcome } = await failureOf(() => minara.chatStatus("bg_1"));
  assert.equal(message, "The API key was not accepted (HTTP 401). Check that the key is complete and not deleted.");
  assert.equal(outcome, "refused");
});
