import assert from "node:assert/strict";
import { test } from "node:test";

import { Minara } from "minara";
import { mockFetch } from "minara/testing";

import { clientFor, failureOf } from "./client.fixture.mjs";

const CANARY = "sk-minara-canary-5e1f9c0d7b";

test("the key stands in no error, and in nothing that the client shows of itself", async (t) => {
  const { minara, sandbox } = await clientFor(t, { sandbox: { key: CANARY } });
  sandbox.script([
    { status: 500, echoAuthorization: true },
    { status: 200, body: `no JSON, but Bearer ${CANARY}` },
  ]);
  for (let call = 0; call < 2; call += 1) {
    const error = await failureOf(() => minara.chat({ message: "gm" }));
    assert.ok(!`${error.stack}${JSON.stringify(error)}`.includes(CANARY), error.code);
  }
  const { inspect } = await import("node:util");
  assert.ok(!inspect(minara, { depth: 10, showHidden: true }).includes(CANARY));
  assert.ok(!JSON.stringify(minara).includes(CANARY));
});

for (const [what, walletAddress, found] of [
  ["a private key", `0x${"4c0883a69102937d".repeat(4)}`, "it has 66 bytes"],
  ["the words of one", "legal winner thank year wave sausage worth useful legal winner thank yellow", "it has 75 bytes"],
]) {
  test(`${what} in place of an address is not repeated`, async () => {
    const minara = new Minara({ baseUrl: "https://w.example/api", fetch: mockFetch([]) });
    const error = await failureOf(() => minara.intentToSwap({ intent: "swap 1 ETH to USDC", walletAddress }));
    assert.deepEqual(error.violations, [
      {
        field: "walletAddress",
        message: `must be a wallet address: 0x and 40 hexadecimal digits; ${found}`,
      },
    ]);
  });
}

// Of a form that nothing but itself tells as a secret.
const PLAIN_KEY = "plainkey0123456789abcdef";

const TOKEN = "sessionToken0123456789";
const eventStream = { "content-type": "text/event-stream" };
const broken = (secret) => `data: {"error":{"message":"bad ${secret}"}}\n\n`;
/** An event of whose 8 KiB that are kept the secret's first half is the end. */
const brokenOff = (secret) => {
  const before = '{"error":{"message":"bad"},"of":"';
  return `data: ${before}${"x".repeat(8192 - before.length - secret.length / 2)}${secret}"}\n\n`;
};
for (const [what, script, act] of [
  ["a refusal", [{ status: 403, json: { message: `bad ${PLAIN_KEY}` } }], (minara) => minara.chat({ message: "gm" })],
  ["an event", [{ body: broken(PLAIN_KEY), headers: eventStream }], (minara) => minara.chatStream({ message: "gm" }).final()],
  [
    "an event in capital letters",
    [{ body: broken(PLAIN_KEY.toUpperCase()), headers: eventStream }],
    (minara) => minara.chatStream({ message: "gm" }).final(),
  ],
  [
    "an event of which only the beginning is kept",
    [{ body: brokenOff(PLAIN_KEY), headers: eventStream }],
    (minara) => minara.chatStream({ message: "gm" }).final(),
  ],
  [
    "a correlation id",
    [{ body: "data: gm\n\n", headers: { ...eventStream, "x-request-id": PLAIN_KEY } }],
    (minara) => minara.chatStream({ message: "gm" }).final(),
  ],
  [
    "the correlation id of an answer that cannot be read",
    [{ body: "<html>", headers: { "content-type": "text/html", "x-request-id": PLAIN_KEY } }],
    (minara) => minara.chat({ message: "gm" }),
  ],
  [
    "the correlation id of a stream where none was asked for",
    [{ body: "data: gm\n\n", headers: { ...eventStream, "x-request-id": PLAIN_KEY } }],
    (minara) => minara.chat({ message: "gm" }),
  ],
  [
    "the correlation id of a job's look-up",
    [{ status: 202, json: { id: "bg_1" } }, { json: { id: "bg_1", status: "failed" }, headers: { "x-request-id": PLAIN_KEY } }],
    (minara) => minara.chatBackground({ message: "gm" }).wait(),
  ],
  [
    "a job",
    [{ status: 202, json: { id: "bg_1" } }, { json: { id: "bg_1", status: "failed", error: { message: `bad ${PLAIN_KEY}` } } }],
    (minara) => minara.chatBackground({ message: "gm" }).wait(),
  ],
]) {
  test(`a key of whichever form that ${what} repeats is in no error`, async () => {
    const minara = new Minara({ apiKey: PLAIN_KEY, fetch: mockFetch(script) });
    const error = await failureOf(() => act(minara));
    const text = `${error.stack}${JSON.stringify(error)}`;
    assert.ok(!text.toLowerCase().includes(PLAIN_KEY.slice(0, 12)), text);
    assert.ok(text.includes("[redacted]"), text);
  });
}

test("a key that a correlation id repeats reaches no hook", async () => {
  const headers = { "x-request-id": `of ${PLAIN_KEY}` };
  const fetch = mockFetch([{ status: 429, json: {}, headers: { ...headers, "retry-after": "0" } }, { json: {}, headers }]);
  const heard = [];
  const onResponse = ({ status, requestId }) => heard.push([status, requestId]);
  await new Minara({ apiKey: PLAIN_KEY, fetch, onResponse }).chat({ message: "gm" });
  assert.deepEqual(heard, [[429, "of [redacted]"], [200, "of [redacted]"]]);
});

test("a key of the API's form reaches no hook of a client that has none", async () => {
  const headers = { "x-request-id": `of ${CANARY}` };
  const heard = [];
  const onResponse = ({ requestId }) => heard.push(requestId);
  const fetch = mockFetch([{ json: {}, headers }]);
  await new Minara({ baseUrl: "https://w.example/api", fetch, onResponse }).chat({ message: "gm" });
  assert.deepEqual(heard, ["of [redacted]"]);
});

for (const [what, refusal, act] of [
  ["a refusal", { status: 403, json: { message: `bad ${TOKEN}` } }, (minara) => minara.chat({ message: "gm" })],
  ["an event", { body: broken(TOKEN), headers: eventStream }, (minara) => minara.chatStream({ message: "gm" }).final()],
]) {
  test(`a session's token that ${what} repeats is in no error`, async () => {
    const demand = { status: 401, json: { error: { code: "session_required", message: "x", requestId: "r-1" } } };
    const fetch = mockFetch([demand, { json: { token: TOKEN } }, refusal]);
    const minara = new Minara({ baseUrl: "https://w.example/api", fetch, session: async () => "turnstile" });
    const error = await failureOf(() => act(minara));
    const text = `${error.stack}${JSON.stringify(error)}`;
    assert.ok(!text.includes(TOKEN), text);
    assert.ok(text.includes("[redacted]"), text);
  });
}

test("the token that a stream was opened with is in no error of it, though another has taken its place", async () => {
  const refusal = (code) => ({ status: 401, json: { error: { code, message: "x", requestId: "r-1" } } });
  let body;
  const open = async () =>
    new Response(
      new ReadableStream({
        start(controller) {
          body = controller;
          controller.enqueue(new TextEncoder().encode('data: {"delta":"SOL "}\n\n'));
        },
      }),
      { headers: eventStream },
    );
  const script = mockFetch([
    refusal("session_required"),
    { json: { token: TOKEN } },
    refusal("unauthorized"),
    { json: { token: "anotherToken0123456789" } },
    { json: { content: "gm" } },
  ]);
  let asked = 0;
  const fetch = (request) => ((asked += 1) === 3 ? open() : script(request));
  const minara = new Minara({ baseUrl: "https://w.example/api", fetch, session: async () => "turnstile" });
  const parts = minara.chatStream({ message: "gm" })[Symbol.asyncIterator]();
  await parts.next();
  await minara.chat({ message: "gm" });
  body.enqueue(new TextEncoder().encode(broken(TOKEN)));
  const error = await failureOf(() => parts.next());
  assert.equal(error.message, "The API reported an error within the stream: bad [redacted]");
  assert.equal(error.body, '{"error":{"message":"bad [redacted]"}}');
});

test("a key that a stream repeats in its text is in no error, and what cut the stream still is", async () => {
  const cause = new TypeError("reset");
  const chunks = [`data: {"delta":"key ${PLAIN_KEY} "}\n\n`];
  const body = new ReadableStream(
    {
      pull(controller) {
        if (chunks.length > 0) controller.enqueue(new TextEncoder().encode(chunks.shift()));
        else controller.error(cause);
      },
    },
    { highWaterMark: 0 },
  );
  const fetch = async () => new Response(body, { headers: eventStream });
  const error = await failureOf(() => new Minara({ apiKey: PLAIN_KEY, fetch }).chatStream({ message: "gm" }).final());
  assert.equal(error.partial, "key [redacted] ");
  assert.deepEqual([error.code, error.outcome, error.status], ["network", "unknown", 200]);
  assert.equal(error.cause, cause);
});
