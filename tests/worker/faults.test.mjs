import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";

import { bearer, bodies, canary, freshToken, paths, sessionSecret, startGateway, streamed } from "./gateway.mjs";

const admin = "the-administrator's-token-0123456789";
const chat = bodies[paths.chat];

const swap = { raw: '{"quote":{"toTokenAmount":"194058559"}}' };

/**
 * What the API did; and then what the caller saw, what the API saw and what was charged.
 * `body` is sent to `path`; `saw` is a status with a code, or a predicate over the whole exchange.
 */
const rows = [
  { fault: "400", script: { status: 400, body: { message: "bad" } }, saw: [400, "invalid_request", "refused"], charged: 0 },
  { fault: "401 with the key echoed", script: { status: 401, echoAuthorization: true }, saw: [502, "upstream_error", "refused"], charged: 0 },
  { fault: "402", script: { status: 402, body: "credits" }, saw: [402, "payment_required", "refused"], charged: 0 },
  { fault: "403 with the key echoed", script: { status: 403, echoAuthorization: true }, saw: [403, "forbidden", "refused"], charged: 0 },
  { fault: "404", script: { status: 404 }, saw: [404, "not_found", "refused"], charged: 0 },
  { fault: "408", script: { status: 408, body: { message: "Request Timeout" } }, saw: [502, "upstream_error", "unknown"], charged: 1 },
  { fault: "409", script: { status: 409 }, saw: [409, "conflict", "refused"], charged: 0 },
  { fault: "429 with Retry-After", script: { status: 429, headers: { "retry-after": "7" } }, saw: [429, "rate_limited", "refused", 7], charged: 0 },
  { fault: "429 with a date in Retry-After", script: { status: 429, headers: { "retry-after": new Date(Date.now() + 9 * 864e5).toUTCString() } }, saw: [429, "rate_limited", "refused", 86_400], charged: 0 },
  { fault: "429 with retryAfter in its body", script: { status: 429, body: { retryAfter: 9 } }, saw: [429, "rate_limited", "refused", 9], charged: 0 },
  { fault: "429 with a word in Retry-After", script: { status: 429, headers: { "retry-after": "soon" } }, saw: [429, "rate_limited", "refused", undefined], charged: 0 },
  { fault: "425", script: { status: 425 }, saw: [502, "upstream_error", "unknown"], charged: 1 },
  { fault: "503 with retryAfter in its body alone", script: { status: 503, body: { retryAfter: 9 } }, saw: [502, "upstream_error", "unknown", undefined], charged: 1 },
  { fault: "499", script: { status: 499 }, saw: [502, "upstream_error", "unknown"], charged: 1 },
  { fault: "429 with a wait of years in its body", script: { status: 429, body: { retryAfter: 1e8 } }, saw: [429, "rate_limited", "refused", 86_400], charged: 0 },
  { fault: "429 with a wait beyond all reason in its body", script: { status: 429, body: { retryAfter: 1e300 } }, saw: [429, "rate_limited", "refused", undefined], charged: 0 },
  { fault: "429 with a wait of years in Retry-After", script: { status: 429, headers: { "retry-after": "999999999" } }, saw: [429, "rate_limited", "refused", 86_400], charged: 0 },
  { fault: "500 with the key echoed", script: { status: 500, echoAuthorization: true }, saw: [502, "upstream_error", "unknown"], charged: 1 },
  { fault: "503 with Retry-After", script: { status: 503, headers: { "retry-after": "3" } }, saw: [502, "upstream_error", "unknown", 3], charged: 1 },
  { fault: "a redirect to the same origin", script: { location: "/v1/developer/other" }, saw: [502, "upstream_error", "unknown"], charged: 1 },
  { fault: "a redirect to another origin", script: { location: "https://evil.example/" }, saw: [502, "upstream_error", "unknown"], charged: 1 },
  { fault: "HTML", script: { body: "<html>", contentType: "text/html" }, saw: [502, "bad_response", "done"], charged: 1 },
  { fault: "50 MB of HTML", script: { bodySize: 50_000_000 }, saw: [502, "bad_response", "done"], charged: 1 },
  { fault: "50 MB of JSON for a chat", path: paths.chat, script: { bodySize: 50_000_000, contentType: "application/json" }, saw: [502, "bad_response", "done"], charged: 1 },
  { fault: "no headers in time", script: { stall: "before-headers" }, saw: [504, "timeout", "unknown"], charged: 1 },
  { fault: "a reset before the headers", script: { reset: "before-headers" }, saw: [502, "network", "unknown"], charged: 1 },
  { fault: "a reset in the middle of a chat's JSON", path: paths.chat, script: { reset: "after-headers" }, saw: [502, "network", "unknown"], charged: 1 },
  { fault: "a reset in the middle of a prediction's JSON", path: paths.prediction, script: { reset: "after-headers" }, saw: [502, "network", "unknown"], charged: 1 },
  { fault: "JSON that falls silent", script: { stall: "after-headers" }, saw: [504, "timeout", "unknown"], charged: 1 },
  { fault: "JSON that never ends", path: paths.swap, script: { bodySize: 10, contentType: "application/json", stall: 1, heartbeatMs: 20 }, saw: [504, "timeout", "unknown"], charged: 1 },
  { fault: "JSON that is shorter than it says", path: paths.swap, script: { headers: { "content-length": "100000" }, body: {}, end: 1 }, saw: [504, "timeout", "unknown"], charged: 1 },
  { fault: "50 MB of JSON for a swap", path: paths.swap, script: { bodySize: 50_000_000, contentType: "application/json" }, saw: [502, "bad_response", "done"], charged: 1 },
  { fault: "JSON of no bytes", path: paths.chat, script: { raw: "", contentType: "application/json", headers: { "content-length": "0" } }, saw: [502, "bad_response", "done"], charged: 1 },
  { fault: "JSON of white space", script: { raw: " \n", contentType: "application/json" }, saw: [502, "bad_response", "done"], charged: 1 },
  { fault: "gzip", script: { gzip: true }, saw: [200], charged: 1 },
  { fault: "bytes one by one", path: paths.chat, script: { split: 1, content: "short" }, saw: [200], charged: 1 },
  { fault: "a stream of bytes one by one", path: paths.chat, body: streamed, script: { split: 1, content: "short" }, saw: whole, charged: 1 },
  { fault: "a stream that is reset", path: paths.chat, body: streamed, script: { reset: 3 }, saw: broken, charged: 1 },
  { fault: "a stream that ends cleanly before its answer does", path: paths.chat, body: streamed, script: { end: 3 }, saw: unfinished, charged: 1 },
  { fault: "a stream that falls silent", path: paths.chat, body: streamed, script: { stall: 3 }, saw: broken, charged: 1 },
  { fault: "a stream without an event", path: paths.chat, body: streamed, script: { raw: "" }, saw: unfinished, charged: 1 },
  { fault: "a stream of status 204", path: paths.chat, body: streamed, script: { status: 204, contentType: "text/event-stream" }, saw: [502, "bad_response", "done"], charged: 1 },
  { fault: "a stream of status 205", path: paths.chat, body: streamed, script: { status: 205, contentType: "text/event-stream" }, saw: [502, "bad_response", "done"], charged: 1 },
  { fault: "JSON of status 204", path: paths.chat, script: { status: 204, contentType: "application/json" }, saw: [502, "bad_response", "done"], charged: 1 },
  { fault: "JSON of status 205", script: { status: 205, contentType: "application/json" }, saw: [502, "bad_response", "done"], charged: 1 },
  { fault: "JSON of status 205 with a body", script: { status: 205, body: {} }, saw: [502, "bad_response", "done"], charged: 1 },
  { fault: "JSON in place of a stream", path: paths.chat, body: streamed, script: { as: "json" }, saw: [200], charged: 1 },
  { fault: "a stream in place of JSON", path: paths.chat, script: { as: "stream" }, saw: whole, charged: 1 },
  { fault: "a stream in place of a swap's JSON", path: paths.swap, script: { raw: "data: {}\n\n", contentType: "text/event-stream" }, saw: [502, "bad_response", "done"], charged: 1 },
  ...["text/plain", "application/vnd.api+json", "application/octet-stream", ""].flatMap((contentType) => [
    { fault: `JSON as "${contentType}" for a swap`, path: paths.swap, script: { ...swap, headers: { "content-type": contentType } }, saw: theSwap, charged: 1 },
    { fault: `JSON as "${contentType}" in place of a stream`, path: paths.chat, body: streamed, script: { ...swap, headers: { "content-type": contentType } }, saw: theSwap, charged: 1 },
  ]),
  { fault: "a text as application/json", script: { body: "done", contentType: "application/json" }, saw: [502, "bad_response", "done"], charged: 1 },
  { fault: "JSON that is cut off whole", script: { raw: '{"quote":', contentType: "application/json" }, saw: [502, "bad_response", "done"], charged: 1 },
];

function whole({ status, text }) {
  return status === 200 && text.endsWith("data: [DONE]\n\n");
}

function theSwap({ status, text }) {
  return status === 200 && text === swap.raw;
}

function unfinished({ status, text, fault }) {
  return status === 200 && fault === undefined && !text.includes("[DONE]");
}

function broken({ status, text, fault }) {
  return status === 200 && fault !== undefined && !text.includes("[DONE]");
}

describe("what the API can do to the Worker", () => {
  /** @type {Awaited<ReturnType<typeof startGateway>>} */
  let gateway;
  let charged;
  before(async () => {
    gateway = await startGateway({
      settings: {
        SESSION_SECRET: sessionSecret,
        ADMIN_TOKEN: admin,
        DAILY_BUDGET: "100000",
        FIRST_BYTE_TIMEOUT_MS: "700",
        ANSWER_TIMEOUT_MS: "700",
        TOTAL_TIMEOUT_MS: "1500",
      },
      limits: { caller: 1e6, address: 1e6, session: 1e6 },
    });
  });
  beforeEach(async () => {
    gateway.sandbox.reset();
    ({ charged } = await gateway.usage(admin));
  });
  after(async () => {
    await gateway.stop();
    console.log(table.join("\n"));
  });
  const table = ["", "| the API | the caller saw | the API saw | charged |", "| --- | --- | --- | --- |"];

  for (const { fault, path = paths.perp, body = bodies[path], script, saw, charged: cost } of rows) {
    test(`${fault}: ${typeof saw === "function" ? saw.name : saw.slice(0, 2).join(" ")}, charged ${cost}`, async () => {
      gateway.sandbox.script(script);
      const seen = await exchange(path, body);
      if (typeof saw === "function") {
        assert.ok(saw(seen), JSON.stringify({ ...seen, text: seen.text.slice(-200) }));
      } else {
        const [status, code, outcome, retryAfter] = saw;
        assert.deepEqual([seen.status, seen.error?.code, seen.error?.outcome], [status, code, outcome], seen.text.slice(0, 300));
        assert.equal(seen.error?.retryAfter, retryAfter);
      }
      assert.equal(gateway.posts, 1, "the API was asked once");
      const usage = await gateway.settled(admin, ({ underWay }) => underWay === 0);
      assert.equal(usage.charged - charged, cost);
      assert.ok(!seen.text.includes(canary));
      const outcome = typeof saw === "function" ? `200, ${saw.name}` : saw.slice(0, 3).join(" ");
      table.push(`| ${fault} | ${outcome} | 1 call | ${cost} |`);
    });
  }

  /** One call; a body that breaks off is kept as far as it came. */
  async function exchange(path, body) {
    const response = await gateway.open(path, body, bearer(freshToken()));
    let text = "";
    let fault;
    try {
      for await (const chunk of response.body) text += Buffer.from(chunk).toString("latin1");
    } catch (error) {
      fault = error;
    }
    let error;
    if (response.headers.get("content-type") === "application/json" && response.status !== 200) error = JSON.parse(text).error;
    return { status: response.status, text, fault, error };
  }

  test("a caller who leaves before the headers is charged, and the API's work ends by the deadline", async () => {
    gateway.sandbox.script({ stall: "before-headers" });
    const leaving = new AbortController();
    const asked = gateway.open(paths.chat, chat, bearer(freshToken()), leaving.signal);
    await gateway.sandbox.until((sandbox) => sandbox.counters.openRequests === 1);
    leaving.abort();
    await assert.rejects(asked);
    await gateway.sandbox.until((sandbox) => sandbox.counters.openRequests === 0);
    await gateway.settled(admin, ({ charged: sum }) => sum === charged + 1);
  });

  test("a key that is refused gives way to the next one, and every other answer is final", async () => {
    const next = "sk-minara-canary-next-5510";
    const rotating = await startGateway({ settings: { MINARA_API_KEY_NEXT: next }, sandbox: { key: [next] } });
    try {
      assert.equal((await rotating.post(paths.perp)).status, 200);
      assert.deepEqual([rotating.posts, rotating.sandbox.counters.unauthorized], [2, 1]);
      rotating.sandbox.reset();
      rotating.sandbox.script({ status: 500 });
      assert.equal((await rotating.post(paths.perp)).status, 502);
      assert.equal(rotating.posts, 2, "the first key is refused, the second one's failure stands");
      assert.ok(!rotating.worker.log.join("").includes(next));
    } finally {
      await rotating.stop();
    }
  });

  for (const [name, script, code] of [
    ["403", { status: 403 }, "forbidden"],
    ["429", { status: 429 }, "rate_limited"],
    ["503", { status: 503 }, "upstream_error"],
    ["a reset before the headers", { reset: "before-headers" }, "network"],
    ["no headers in time", { stall: "before-headers" }, "timeout"],
  ]) {
    test(`after ${name} the call is not sent again under the next key`, async () => {
      const settings = { MINARA_API_KEY_NEXT: "sk-minara-canary-next-5510", ANSWER_TIMEOUT_MS: "300" };
      const rotating = await startGateway({ settings });
      try {
        rotating.sandbox.script({ ...script, times: 2 });
        assert.equal((await rotating.post(paths.perp)).error.code, code);
        assert.equal(rotating.posts, 1);
      } finally {
        await rotating.stop();
      }
    });
  }

  test("a stream has to begin within its own deadline, and any other answer within its own", async () => {
    const own = await startGateway({ settings: { FIRST_BYTE_TIMEOUT_MS: "200", ANSWER_TIMEOUT_MS: "400" } });
    try {
      own.sandbox.script({ stall: "before-headers", times: 2 });
      for (const [body, seconds] of [[streamed, 0.2], [chat, 0.4]]) {
        const { error } = await own.post(paths.chat, body);
        assert.equal(error.message, `The API did not begin to answer within ${seconds} seconds. The call may have been billed.`);
      }
    } finally {
      await own.stop();
    }
  });

  test("an API that is down is network, nobody waits for it, and the log names the code", async () => {
    const gone = await startGateway();
    await gone.sandbox.close();
    const { status, error } = await gone.post(paths.perp);
    assert.deepEqual([status, error.code, error.outcome], [502, "network", "unknown"]);
    assert.equal(gone.worker.lines().at(-1).reject, "network");
    await gone.stop();
  });
});

test("a refusal whose body never ends is answered soon, without a wait", { timeout: 60_000 }, async () => {
  // Its answer's own deadline is five minutes.
  const gateway = await startGateway();
  try {
    for (const [status, answered] of [[429, 429], [503, 502]]) {
      gateway.sandbox.script({ status, bodySize: 10, contentType: "application/json", stall: 1 });
      const answer = await gateway.post(paths.perp);
      assert.deepEqual([answer.status, answer.error.retryAfter], [answered, undefined]);
    }
  } finally {
    await gateway.stop();
  }
});

describe("what the API can do to a Worker in development", () => {
  /** @type {Awaited<ReturnType<typeof startGateway>>} */
  let gateway;
  before(async () => {
    gateway = await startGateway({ settings: { ADMIN_TOKEN: admin, TOTAL_TIMEOUT_MS: "1500" } });
  });
  beforeEach(() => gateway.sandbox.reset());
  after(() => gateway.stop());

  test("an answer that falls silent ends by the deadline, and so does a look-up's", async () => {
    const { json: job } = await gateway.post(paths.chat, { ...chat, background: true });
    gateway.sandbox.script({ stall: "after-headers", times: 3 });
    const lookUp = gateway.request(`${paths.chat}/requests/${job.id}`);
    const answers = await Promise.all([gateway.post(paths.perp), gateway.post(paths.chat), lookUp]);
    const late = "The API began to answer but did not finish within 1.5 seconds.";
    const paid = `${late} The call may have been billed.`;
    const told = answers.map(({ status, error }) => [status, error.code, error.outcome, error.message]);
    assert.deepEqual(told, [
      [504, "timeout", "unknown", paid],
      [504, "timeout", "unknown", paid],
      [504, "timeout", "refused", `${late} The look-up costs nothing: look again.`],
    ]);
    await gateway.settled(admin, ({ underWay, charged }) => underWay === 0 && charged === 3);
  });

  test("a stream that falls silent is cut by the deadline", async () => {
    gateway.sandbox.script({ stall: 3 });
    const response = await gateway.open(paths.chat, streamed);
    await assert.rejects(response.text());
    await gateway.settled(admin, ({ underWay }) => underWay === 0);
    await gateway.sandbox.until((sandbox) => sandbox.counters.openRequests === 0);
  });
});
