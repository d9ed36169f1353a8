import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, beforeEach, describe, test } from "node:test";

import { bodies, canary, paths, startGateway, streamed } from "./gateway.mjs";

const { requests: printed } = JSON.parse(readFileSync(new URL("../vectors/seed-requests.json", import.meta.url), "utf8"));

describe("calls through the Worker", () => {
  /** @type {Awaited<ReturnType<typeof startGateway>>} */
  let gateway;
  before(async () => {
    gateway = await startGateway();
  });
  beforeEach(() => gateway.sandbox.reset());
  after(() => gateway.stop());

  /** @param {AbortSignal} [signal] */
  const stream = (signal) => gateway.open(paths.chat, streamed, {}, signal);

  for (const [name, path] of Object.entries(paths)) {
    test(`${name} answers 200 with the API's JSON`, async () => {
      const { status, headers, json } = await gateway.post(path);
      assert.equal(status, 200);
      assert.equal(headers.get("content-type"), "application/json");
      const member = { chat: "content", swap: "unsignedTx", perp: "confidence", prediction: "predictions" }[name];
      assert.ok(member in json, `${member} in ${Object.keys(json)}`);
    });
  }

  for (const { language, path, body, canonical } of printed) {
    test(`the ${language} page's example for ${path} reaches the API as canonical English`, async () => {
      assert.equal((await gateway.post(`/api${path}`, body)).status, 200);
      assert.deepEqual(gateway.sandbox.requests[0].body, canonical);
      assert.deepEqual(gateway.sandbox.requests[0].unknownFields, []);
    });
  }

  test("the API gets the key and nothing of the caller's headers", async () => {
    await gateway.post(paths.chat, undefined, {
      authorization: "Bearer visitor",
      cookie: "session=1",
      "x-forwarded-for": "192.0.2.1",
      "x-api-key": "mine",
      "user-agent": "test",
    });
    const [{ headers }] = gateway.sandbox.requests;
    assert.deepEqual(Object.keys(headers).sort(), [
      "accept",
      "authorization",
      "content-length",
      "content-type",
      "host",
    ]);
    assert.equal(headers.accept, "application/json");
    assert.equal(gateway.sandbox.counters.unauthorized, 0);
  });

  test("the caller gets headers of the Worker's own and none of the API's", async () => {
    gateway.sandbox.script({ headers: { "x-internal": "1", "set-cookie": "a=b", "x-powered-by": "api" } });
    const { headers } = await gateway.post(paths.perp);
    const names = [...headers.keys()].filter((name) => !["date", "connection", "keep-alive", "transfer-encoding"].includes(name));
    assert.deepEqual(names.sort(), [
      "cache-control",
      "content-length",
      "content-type",
      "server-timing",
      "vary",
      "x-content-type-options",
      "x-request-id",
    ]);
    assert.equal(headers.get("cache-control"), "no-store, no-transform");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.match(headers.get("x-request-id"), /^w-[0-9a-f]{14}-[0-9a-f]+$/);
    assert.match(headers.get("server-timing"), /^check;dur=\d+, upstream;dur=\d+$/);
  });

  test("an answer that is compressed on its way from the API arrives readable", async () => {
    gateway.sandbox.script({ gzip: true });
    const { status, headers, json } = await gateway.post(paths.swap);
    assert.equal(status, 200);
    assert.equal(headers.get("content-encoding"), null);
    assert.equal(json.intent.chain, "base");
  });

  test("each delta of a stream arrives before the API writes the next", async () => {
    const deltas = ["one", "two", "three"];
    // The first event carries the role; after each delta in turn the API falls silent.
    for (const [index, delta] of deltas.entries()) {
      gateway.sandbox.script({ deltas, stall: index + 2 });
      const leaving = new AbortController();
      const response = await stream(leaving.signal);
      assert.equal(response.headers.get("content-type"), "text/event-stream");
      assert.equal(response.headers.get("content-encoding"), null);
      let text = "";
      for await (const chunk of response.body) {
        text += Buffer.from(chunk);
        if (text.includes(`"${delta}"`)) break;
      }
      assert.ok(!text.includes("[DONE]"));
      leaving.abort();
    }
    assert.equal(gateway.sandbox.requests[0].headers["accept-encoding"], "identity");
  });

  test("a stream arrives whole and byte for byte as the API wrote it", async () => {
    const raw = 'data: {"chatId":"chat_1","choices":[{"delta":{"content":"héllo 😀"}}]}\r\n\r\n: wait\n\ndata: [DONE]\n\n';
    gateway.sandbox.script({ raw, split: 1 });
    assert.equal(await (await stream()).text(), raw);
  });

  test("a caller who leaves ends the API's work", async () => {
    gateway.sandbox.script({ pace: 20, deltas: Array(500).fill("word ") });
    const leaving = new AbortController();
    const response = await stream(leaving.signal);
    await response.body.getReader().read();
    leaving.abort();
    await gateway.sandbox.until((sandbox) => sandbox.counters.closedByClient === 1);
    assert.ok(gateway.sandbox.requests[0].events < 500);
  });

  test("a job that was asked for in the background is looked up under its id and under the caller's", async () => {
    const body = { ...bodies[paths.chat], background: true, requestId: "mine-1" };
    const queued = await gateway.post(paths.chat, body);
    assert.equal(queued.status, 202);
    for (const id of [queued.json.id, "mine-1"]) {
      const job = await gateway.request(`${paths.chat}/requests/${id}`);
      assert.deepEqual([job.status, job.json.requestId, job.json.chatId], [200, "mine-1", queued.json.chatId]);
    }
    assert.equal((await gateway.request(`${paths.chat}/requests/bg_unknown`)).error.code, "not_found");
  });

  test("health says what is behind the Worker, without asking it", async () => {
    const { status, json } = await gateway.request("/api/health");
    assert.deepEqual([status, json], [200, { status: "ok", upstream: "sandbox" }]);
    assert.equal(gateway.sandbox.requests.length, 0);
  });

  test("each request is one line in the log, without a word of what was asked", async () => {
    const before = gateway.worker.lines().length;
    const { headers } = await gateway.post(paths.swap);
    const [line, ...more] = gateway.worker.lines().slice(before);
    assert.deepEqual(more, []);
    assert.deepEqual(Object.keys(line), ["id", "route", "status", "ms", "cost", "upstream"]);
    assert.deepEqual([line.id, line.route, line.status, line.cost], [headers.get("x-request-id"), "intent-to-swap-tx", 200, 1]);
    const log = gateway.worker.log.join("\n");
    for (const secret of [canary, "0x742d35cc", "0.1 ETH", "SOL rise", "192.0.2.1"]) assert.ok(!log.includes(secret), secret);
  });
});

test("where Analytics Engine is bound, a request is a data point of the same few fields", async () => {
  const gateway = await startGateway({ metrics: true });
  try {
    await gateway.post(paths.perp, {});
    const [point] = gateway.worker.log.filter((line) => line.startsWith("data point "));
    const { indexes, blobs, doubles } = JSON.parse(point.slice(11));
    assert.deepEqual([indexes, blobs], [["perp-trading-suggestion"], ["perp-trading-suggestion", "invalid_request"]]);
    assert.deepEqual([doubles[0], doubles[2], doubles.length], [400, 0, 3]);
  } finally {
    await gateway.stop();
  }
});

test("no two isolates give out the same request ids", async () => {
  const ids = new Set();
  for (let count = 0; count < 2; count += 1) {
    const gateway = await startGateway();
    try {
      const health = await gateway.request("/api/health");
      ids.add(health.headers.get("x-request-id"));
    } finally {
      await gateway.stop();
    }
  }
  assert.equal(ids.size, 2);
});
