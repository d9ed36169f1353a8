import assert from "node:assert/strict";
import { test } from "node:test";

import { Minara } from "minara";
import { mockFetch } from "minara/testing";

import { failureOf, readAll } from "./client.fixture.mjs";

const client = (script) => {
  const fetch = mockFetch(script);
  return { fetch, minara: new Minara({ baseUrl: "https://worker.example/api", fetch }) };
};

test("mockFetch answers in the order of its script and remembers what it was asked", async () => {
  const { fetch, minara } = client([
    { json: { content: "gm", chatId: "chat_1" } },
    { stream: ["SOL ", "is up"], chatId: "chat_2", usage: { totalTokens: 7 } },
  ]);
  assert.deepEqual(await minara.chat({ message: "gm" }), { content: "gm", chatId: "chat_1" });
  const stream = minara.chatStream({ message: "SOL?" });
  assert.deepEqual((await readAll(stream)).parts, ["SOL ", "is up"]);
  assert.deepEqual(await stream.final(), {
    content: "SOL is up",
    chatId: "chat_2",
    messageId: "msg_mock",
    finishReason: "stop",
    usage: { totalTokens: 7 },
  });
  assert.deepEqual(
    fetch.requests.map(({ method, url, body }) => [method, url, body.stream]),
    [
      ["POST", "https://worker.example/api/v1/developer/chat", false],
      ["POST", "https://worker.example/api/v1/developer/chat", true],
    ],
  );
  assert.equal(fetch.requests[1].headers.accept, "text/event-stream");
});

test("a scripted status, body or failure becomes the error that it would be", async () => {
  const { minara } = client([
    { status: 502, body: "<html>bad gateway</html>" },
    { status: 429, json: { message: "slow down" }, headers: { "Retry-After": "999" } },
    { error: new TypeError("fetch failed") },
    { stream: ["SOL "], isCut: true },
  ]);
  const page = await failureOf(() => minara.chat({ message: "gm" }));
  assert.deepEqual([page.code, page.status, page.body], ["upstream_error", 502, "<html>bad gateway</html>"]);
  const limited = await failureOf(() => minara.chat({ message: "gm" }));
  assert.deepEqual([limited.code, limited.retryAfter], ["rate_limited", 999]);
  assert.equal((await failureOf(() => minara.chat({ message: "gm" }))).code, "network");
  const { error } = await readAll(minara.chatStream({ message: "gm" }));
  assert.deepEqual([error.code, error.partial], ["stream_truncated", "SOL "]);
});

test("a scripted stream may name another reason for its end", async () => {
  const { minara } = client([{ stream: ["SOL "], finishReason: "length" }]);
  assert.equal((await minara.chatStream({ message: "SOL?" }).final()).finishReason, "length");
});

test("a member of a scripted answer that is undefined is as if it were not there", async () => {
  const { minara } = client([{ json: { content: "gm" }, body: undefined, usage: undefined }]);
  assert.equal((await minara.chat({ message: "gm" })).content, "gm");
});

test("a call beyond the script says so", async () => {
  const { minara } = client([]);
  const { code, cause } = await failureOf(() => minara.chat({ message: "gm" }));
  assert.equal(code, "network");
  assert.equal(
    cause.message,
    "mockFetch has no answer left for call 1 (https://worker.example/api/v1/developer/chat).",
  );
});
