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
    assert.equal(await new Minara({ baseUrl: "https://w.example/api", fetch }).chat({ message: "gm" }).catch(({ code }) => code), "bad_response");
  });
}
