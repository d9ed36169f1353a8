// A `fetch` that was given to the client may answer with anything: a clear error, no hang, and no harm to other calls.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

import { Minara } from "minara";

import { failureOf } from "./client.fixture.mjs";

const BASE = { baseUrl: "https://worker.example/api" };
const eventStream = { headers: { "content-type": "text/event-stream" } };
const encoder = new TextEncoder();
const delta = (content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
const streamOf = (...chunks) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

/** What a call fails with, beside a call of another client that must succeed all the same. */
async function failureBeside(answer, act) {
  const odd = new Minara({ ...BASE, fetch: async () => answer() });
  const good = new Minara({ ...BASE, fetch: async () => Response.json({ content: "gm" }) });
  const [error, other] = await Promise.all([failureOf(() => act(odd)), good.chat({ message: "gm" })]);
  assert.equal(other.content, "gm");
  return error;
}

const chat = (minara) => minara.chat({ message: "gm" });
const chatStream = (minara) => minara.chatStream({ message: "gm" }, { terminator: "optional" }).final();
const read = async (response) => {
  await response.text();
  return response;
};
const like = (members) => ({ status: 200, headers: new Headers(), ...members });

for (const [what, act, answer, code, status] of [
  ["an error whose body was read already", chat, () => read(new Response("{}", { status: 402 })), "payment_required", 402],
  ["an error whose body is no stream", chat, () => like({ status: 500, body: {} }), "upstream_error", 500],
  ["an error whose reader gives no promise", chat, () => like({ status: 500, body: { getReader: () => ({ read: () => 1 }) } }), "upstream_error", 500],
  ["a body that was read already", chat, () => read(Response.json({})), "network", undefined],
  ["a text that is none", chat, () => like({ text: async () => 42 }), "bad_response", 200],
  ["a text at once", chat, () => like({ text: () => "no JSON" }), "bad_response", 200],
  ["no way to the text", chat, () => like({}), "network", undefined],
  ["an answer that stands for a failed connection", chat, () => Response.error(), "network", undefined],
  ["no headers", chat, () => ({ status: 403, headers: {} }), "forbidden", 403],
  ["a stream without a body", chatStream, () => new Response(null, eventStream), "bad_response", 200],
  ["a stream that was read already", chatStream, () => read(new Response(delta("gm"), eventStream)), "bad_response", 200],
  ["a stream of strings", chatStream, () => new Response(streamOf(delta("gm")), eventStream), "bad_response", 200],
  ["a stream of buffers", chatStream, () => new Response(streamOf(encoder.encode(delta("gm")).buffer), eventStream), "bad_response", 200],
  ["neither a stream nor a content", chatStream, () => Response.json({}), "bad_response", 200],
  ["a job in place of a stream", chatStream, () => Response.json({ id: "bg_1", status: "queued" }, { status: 202 }), "bad_response", 202],
]) {
  test(`${what} fails the call with its reason, and no other call`, async () => {
    const error = await failureBeside(answer, act);
    assert.equal(error.code, code);
    assert.equal(error.status, status);
  });
}

test("a caller that aborts while the call's own limit ends it is told of the limit", async () => {
  const controller = new AbortController();
  const fetch = ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => {
        controller.abort("mine");
        reject(signal.reason);
      });
    });
  const minara = new Minara({ ...BASE, fetch, timeout: { total: 50 } });
  const error = await failureOf(() => minara.chat({ message: "gm" }, { signal: controller.signal }));
  assert.equal(error.code, "timeout");
  assert.equal((await new Minara({ ...BASE, fetch: async () => Response.json({ content: "gm" }) }).chat({ message: "gm" })).content, "gm");
});

for (const filler of [0, 60_000, 70_000, 200_000]) {
  test(`text before an error in one chunk is kept, with ${filler} bytes between them`, async () => {
    const body = `${delta("paid ").repeat(3)}:${" ".repeat(filler)}\n\ndata: {"error":{"message":"boom"}}\n\n`;
    const fetch = async () => new Response(streamOf(encoder.encode(body)), eventStream);
    const parts = [];
    const error = await failureOf(async () => {
      for await (const { text } of new Minara({ ...BASE, fetch }).chatStream({ message: "gm" })) parts.push(text);
    });
    assert.deepEqual(parts, ["paid paid paid "]);
    assert.equal(error.code, "stream_error");
    assert.equal(error.partial, "paid paid paid ");
  });
}

for (const before of ["", "paid "]) {
  test(`an error behind ${before ? "text" : "nothing"} is told though the connection stays open`, { timeout: 5_000 }, async () => {
    const event = `${before && delta(before)}data: {"error":{"message":"boom"}}\n\n`;
    const body = new ReadableStream({ start: (controller) => controller.enqueue(encoder.encode(event)) });
    const fetch = async () => new Response(body, eventStream);
    const error = await failureOf(() => new Minara({ ...BASE, fetch }).chatStream({ message: "gm" }).final());
    assert.deepEqual([error.code, error.partial ?? ""], ["stream_error", before]);
  });
}

test("bytes of another realm are bytes", async () => {
  const Bytes = runInNewContext("Uint8Array");
  const fetch = async () => new Response(streamOf(new Bytes(encoder.encode(`${delta("gm")}data: [DONE]\n\n`))), eventStream);
  assert.equal(await new Minara({ ...BASE, fetch }).chatStream({ message: "gm" }).text(), "gm");
});

test("a reader that cannot be cancelled does not hide why a stream failed", async () => {
  const reader = { read: async () => ({ done: false, value: "no bytes" }) };
  const fetch = async () => like({ headers: new Headers(eventStream.headers), body: { getReader: () => reader } });
  const error = await failureOf(() => new Minara({ ...BASE, fetch }).chatStream({ message: "gm" }).final());
  assert.equal(error.code, "bad_response");
});

test("a success without headers is a success all the same, of which no id is known", async () => {
  const fetch = async () => ({ status: 200, text: async () => '{"content":"gm"}' });
  const { data, status, requestId } = await new Minara({ ...BASE, fetch }).chat({ message: "gm" }).withResponse();
  assert.deepEqual([data.content, status, requestId], ["gm", 200, undefined]);
});

for (const [what, cancel] of [["cannot be cancelled", undefined], ["gives no promise when it is cancelled", () => undefined]]) {
  test(`a connection that stays open behind the answer is left, though its reader ${what}`, async () => {
    const bytes = new TextEncoder().encode('data: {"delta":"gm"}\n\ndata: [DONE]\n\n');
    const chunks = [{ done: false, value: bytes }];
    let late;
    const read = () => (chunks.length > 0 ? Promise.resolve(chunks.shift()) : new Promise((resolve) => (late = resolve)));
    const headers = new Headers(eventStream.headers);
    const fetch = async () => ({ status: 200, headers, body: { getReader: () => ({ read, cancel }) } });
    assert.equal(await new Minara({ baseUrl: "https://w.example/api", fetch }).chatStream({ message: "gm" }).text(), "gm");
    late({ done: false, value: bytes });
  });
}

test("of an error's body no more is received than is kept", async () => {
  const told = [];
  const body = new ReadableStream({
    pull(controller) {
      told.push("pull");
      if (told.length === 5) controller.close();
      else controller.enqueue(new Uint8Array(4096).fill(120));
    },
    cancel: () => void told.push("cancel"),
  }, { highWaterMark: 0 });
  const error = await failureOf(() => chat(new Minara({ ...BASE, fetch: async () => new Response(body, { status: 500 }) })));
  assert.equal(error.body, "x".repeat(8192));
  assert.deepEqual(told, ["pull", "pull", "cancel"]);
});

for (const [what, terms, expected] of [
  ["the call's limit", () => ({ timeout: { total: 40 } }), ({ code, status }) => code === "upstream_error" && status === 500],
  ["its caller", () => ({ signal: AbortSignal.timeout(40) }), ({ name }) => name === "TimeoutError"],
]) {
  test(`an error whose body does not end is given up by ${what}`, async () => {
    const body = () => new ReadableStream({ start: (controller) => controller.enqueue(encoder.encode("{")) });
    const minara = new Minara({ ...BASE, fetch: async () => new Response(body(), { status: 500 }) });
    await assert.rejects(minara.chat({ message: "gm" }, terms()), expected);
  });
}

for (const [limit, timeout] of [["total", { total: 60 }], ["firstByte", { firstByte: 60 }]]) {
  test(`a refusal whose body does not come within ${limit} is that refusal, and is not sent again under a requestId`, async () => {
    let sent = 0;
    const fetch = async () => {
      sent += 1;
      return new Response(new ReadableStream(), { status: 402 });
    };
    const stream = new Minara({ ...BASE, fetch }).chatStream({ message: "gm" }, { requestId: "a:1", timeout });
    const { code, outcome, status } = await failureOf(() => stream.final());
    assert.deepEqual([code, outcome, status, sent], ["payment_required", "refused", 402, 1]);
  });
}

test("an error whose body breaks off says what its status does, and what had come", async () => {
  const chunks = ["gate", "way"];
  const pull = (controller) => {
    const chunk = chunks.shift();
    if (chunk === undefined) controller.error(new TypeError("terminated"));
    else controller.enqueue(encoder.encode(chunk));
  };
  const fetch = async () => new Response(new ReadableStream({ pull }), { status: 502 });
  const { code, status, body } = await failureOf(() => chat(new Minara({ ...BASE, fetch })));
  assert.deepEqual([code, status, body], ["upstream_error", 502, "gateway"]);
});

test("an error's body of strings is none, and a reader that cannot be cancelled is no unhandled rejection", async (t) => {
  const unhandled = [];
  const note = (reason) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  t.after(() => process.off("unhandledRejection", note));
  const reader = { read: async () => ({ done: false, value: "gateway" }), cancel: () => Promise.reject(new Error("no")) };
  const fetch = async () => like({ status: 402, body: { getReader: () => reader } });
  const { code, status, body } = await failureOf(() => chat(new Minara({ ...BASE, fetch })));
  assert.deepEqual([code, status, body], ["payment_required", 402, undefined]);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(unhandled, []);
});

test("a stream is known by its media type, whatever its case and its parameters", async () => {
  const answer = (type) => new Response(`${delta("gm")}data: [DONE]\n\n`, { headers: { "content-type": type } });
  const minara = (type) => new Minara({ ...BASE, fetch: async () => answer(type) });
  assert.equal(await minara("Text/Event-Stream; charset=UTF-8").chatStream({ message: "gm" }).text(), "gm");
  assert.equal((await failureOf(() => chatStream(minara("text/event-streams")))).code, "bad_response");
});

test("an answer that is no stream has begun with its headers", async () => {
  const text = () => new Promise((resolve) => setTimeout(() => resolve('{"content":"gm"}'), 800));
  const fetch = async () => like({ text });
  const stream = new Minara({ ...BASE, fetch }).chatStream({ message: "gm" }, { timeout: { firstByte: 500 } });
  assert.equal(await stream.text(), "gm");
});

test("a stream that is first read when its limit has passed says so, though its fetch does not listen", { timeout: 5_000 }, async () => {
  const fetch = async () => new Response(new ReadableStream(), eventStream);
  const stream = new Minara({ ...BASE, fetch }).chatStream({ message: "gm" }, { timeout: { total: 500 } });
  await stream.withResponse();
  await new Promise((resolve) => setTimeout(resolve, 800));
  const error = await failureOf(() => stream.final());
  assert.deepEqual([error.code, error.status], ["timeout", 200]);
  assert.match(error.message, /timeout\.total/);
});

test("a call that has its answer is not aborted on the wire", async () => {
  const signals = [];
  const fetch = async (request) => {
    signals.push(request.signal);
    return Response.json({ content: "gm", side: "long" });
  };
  const minara = new Minara({ ...BASE, fetch });
  await minara.chat({ message: "gm" });
  await minara.perpTradingSuggestion({ symbol: "ETH" });
  await chatStream(minara);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(signals.map(({ aborted }) => aborted), [false, false, false]);
});

const PAID = ["done", "Count the call as billed; the body is kept in the error."];
const FREE = ["refused", "The look-up costs nothing: look again."];
for (const [what, act, answer, message, [outcome, advice] = PAID] of [
  ["a whole answer", chat, { content: 5 }, "content is a number and not a string"],
  ["a whole answer to a stream", chatStream, { content: "gm", chatId: 5 }, "chatId is a number and not a string"],
  ["a job", (minara) => minara.chatBackground({ message: "gm" }), { id: 5 }, "id is a number and not a string"],
  ["a look at a job", (minara) => minara.chatStatus("bg_1"), { result: [] }, "result is an array and not an object", FREE],
]) {
  test(`${what} of another shape is a bad response that keeps its status and its body`, async () => {
    const error = await failureBeside(() => Response.json(answer), act);
    assert.deepEqual([error.code, error.outcome, error.status], ["bad_response", outcome, 200]);
    assert.deepEqual(JSON.parse(error.body), answer);
    assert.equal(error.message, `The API answered success, but ${message}. ${advice}`);
  });
}

for (const [what, act, type] of [
  ["an answer", chat, "application/json"],
  ["a stream", chatStream, "text/event-stream"],
]) {
  test(`${what} that breaks off has been sent, whatever the fetch says of its connection`, async () => {
    const cause = Object.assign(new TypeError("terminated"), { cause: { code: "ECONNREFUSED" } });
    let sent = 0;
    const fetch = async () => {
      sent += 1;
      const body = new ReadableStream({ pull: (controller) => controller.error(cause) }, { highWaterMark: 0 });
      return new Response(body, { headers: { "content-type": type } });
    };
    const error = await failureOf(() => act(new Minara({ ...BASE, fetch })));
    assert.deepEqual([error.code, error.outcome, error.retryable, error.cause, sent], ["network", "unknown", false, cause, 1]);
  });
}
