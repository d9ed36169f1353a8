import assert from "node:assert/strict";
import { test } from "node:test";

import { Minara, MinaraError } from "minara";
import { mockFetch } from "minara/testing";

import { clientFor, failureOf } from "./client.fixture.mjs";
import { BASE } from "./client-stream.fixture.mjs";

test("a MinaraError is an Error of its class, with a name, and only the members that it has", () => {
  const cause = new TypeError("beneath");
  const error = new MinaraError("What happened.", { code: "network", outcome: "not_sent", retryable: true, cause });
  assert.ok(error instanceof MinaraError && error instanceof Error);
  assert.equal(String(error), "MinaraError: What happened.");
  assert.equal(error.cause, cause);
  assert.deepEqual({ ...error }, { code: "network", outcome: "not_sent", retryable: true });
  assert.equal("cause" in new MinaraError("x", { code: "internal", outcome: "unknown" }), false);
});

test("a MinaraError survives structuredClone, and comes back whole from its JSON", async (t) => {
  const { minara, sandbox } = await clientFor(t);
  sandbox.script({ cut: "after-headers" });
  const error = await failureOf(() => minara.chatStream({ message: "gm" }).final());
  assert.ok(error.cause instanceof Error);
  assert.equal(structuredClone(error).message, error.message);
  const json = JSON.parse(JSON.stringify(error));
  const again = new MinaraError(json.message, json);
  assert.deepEqual(again.toJSON(), json);
  assert.equal(again.code, "network");
});

test("all violations are listed, and nothing is sent", async (t) => {
  const { minara, sandbox } = await clientFor(t);
  const error = await failureOf(() =>
    minara.perpTradingSuggestion({ symbol: "", marginUSD: -1, leverage: 41, stlye: "x" }),
  );
  assert.equal(error.code, "invalid_request");
  assert.equal(error.outcome, "not_sent");
  assert.equal(error.retryable, false);
  assert.deepEqual(error.violations, [
    { field: "stlye", message: 'is not a known field (did you mean "style"?)' },
    { field: "symbol", message: "must be a string of 1 to 64 characters; it is empty" },
    { field: "marginUSD", message: "must be a number greater than 0, not -1" },
    { field: "leverage", message: "must be a number from 1 to 40, not 41" },
  ]);
  assert.equal(error.field, "stlye");
  assert.equal(sandbox.requests.length, 0);
});

test("a custom fetch that rejects is a network error with its cause, sent once", async () => {
  const cause = new TypeError("fetch failed");
  const fetch = mockFetch([{ error: cause }]);
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch });
  const error = await failureOf(() => minara.chat({ message: "gm" }));
  assert.equal(error.code, "network");
  assert.equal(error.outcome, "unknown");
  assert.equal(error.cause, cause);
  assert.equal(fetch.requests.length, 1);
});

test("a MinaraError that a caller aborts with comes back as it is, of a stream and of a wait too", async (t) => {
  const { minara } = await clientFor(t, { sandbox: { queueMs: 300 } });
  const reason = new MinaraError("mine", { code: "internal", outcome: "unknown" });
  const controller = new AbortController();
  const stream = minara.chatStream({ message: "gm" }, { signal: controller.signal });
  const reading = (async () => {
    for await (const _ of stream) controller.abort(reason);
  })();
  await assert.rejects(reading, (error) => error === reason);
  const waiting = (await minara.chatBackground({ message: "gm" })).wait({ signal: AbortSignal.abort(reason) });
  await assert.rejects(waiting, (error) => error === reason);
});

test("a caller's abort rejects with the signal's reason", async (t) => {
  const { minara, sandbox } = await clientFor(t);
  sandbox.script({ stall: "before-headers" });
  const controller = new AbortController();
  const reason = new Error("the user left");
  const call = minara.chat({ message: "gm" }, { signal: controller.signal });
  await sandbox.until(({ requests }) => requests.length === 1);
  controller.abort(reason);
  await assert.rejects(call, (error) => error === reason);
  await sandbox.until(({ counters }) => counters.closedByClient === 1);
});

test("the name of an error can be changed and stands in no list of its members, as that of any error", () => {
  const { value, ...kind } = Object.getOwnPropertyDescriptor(MinaraError.prototype, "name");
  const { value: _, ...usual } = Object.getOwnPropertyDescriptor(TypeError.prototype, "name");
  assert.equal(value, "MinaraError");
  assert.deepEqual(kind, usual);
});
test("a fetch that was given hears the reason with which its caller aborts", async () => {
  const controller = new AbortController();
  const reason = new Error("the user left");
  const heard = [];
  const fetch = ({ signal }) =>
    new Promise(() => {
      signal.addEventListener("abort", () => heard.push(signal.reason));
      controller.abort(reason);
    });
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch });
  await assert.rejects(minara.chat({ message: "gm" }, { signal: controller.signal }), (error) => error === reason);
  assert.deepEqual(heard, [reason]);
});

for (const [what, details, outcome] of [
  ["names its code itself, as Bun has it", { code: "ConnectionRefused" }, "not_sent"],
  ["names its code in its cause, as Node has it", { cause: { code: "ECONNREFUSED" } }, "not_sent"],
  ["lost its route while it was made", { cause: { code: "EHOSTUNREACH", syscall: "connect" } }, "not_sent"],
  ["lost its route later", { cause: { code: "EHOSTUNREACH", syscall: "read" } }, "unknown"],
  ["was reset", { cause: { code: "ECONNRESET", syscall: "connect" } }, "unknown"],
]) {
  test(`a connection that ${what} is ${outcome}`, async () => {
    const cause = Object.assign(new TypeError("fetch failed"), details);
    const minara = new Minara({ baseUrl: "https://worker.example/api", fetch: mockFetch([{ error: cause }]), maxRetries: 0 });
    const error = await failureOf(() => minara.chat({ message: "gm" }));
    assert.deepEqual([error.code, error.outcome, error.retryable], ["network", outcome, outcome === "not_sent"]);
    assert.equal(error.cause, cause);
  });
}

test("a date in Retry-After counts from now", async (t) => {
  t.mock.method(Date, "now", () => Date.UTC(2026, 10, 20, 12));
  const headers = { "retry-after": "Fri, 20 Nov 2026 12:02:00 GMT" };
  const fetch = mockFetch([{ status: 429, json: {}, headers }]);
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch });
  const { code, retryAfter } = await failureOf(() => minara.chat({ message: "gm" }));
  assert.deepEqual([code, retryAfter], ["rate_limited", 120]);
  assert.equal(fetch.requests.length, 1);
});

for (const outcome of ["not_sent", "refused", "done"]) {
  test(`a 504 may have been worked on, though its body says ${outcome}`, async () => {
    const json = { error: { code: "network", message: "No answer.", requestId: "r-1", outcome } };
    const fetch = mockFetch([{ status: 504, json }]);
    const minara = new Minara({ baseUrl: "https://worker.example/api", fetch });
    const error = await failureOf(() => minara.chat({ message: "gm" }));
    assert.deepEqual([error.code, error.outcome, error.retryable], ["network", "unknown", false]);
    assert.equal(fetch.requests.length, 1);
  });
}

for (const [what, last, message] of [
  [
    "never left",
    { error: Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } }) },
    "The connection failed. Nothing was sent; check the address and the network.",
  ],
  [
    "was refused by the Worker's budget",
    { status: 429, json: { error: { code: "budget_exhausted", message: "Today's budget is used up. Nothing was sent.", requestId: "r" } } },
    "Today's budget is used up. Nothing was sent.",
  ],
]) {
  test(`an attempt that ${what} behind one that may have been billed tells of that one`, async () => {
    const lost = { error: Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNRESET" } }) };
    const minara = new Minara({ ...BASE, fetch: mockFetch([lost, last]), maxRetries: 1 });
    const error = await failureOf(() => minara.chat({ message: "gm" }, { requestId: "a:1" }));
    assert.equal(
      error.message,
      `${message} An earlier attempt may have been billed: send the call again only under the requestId that it had, or ` +
        "if a second charge is acceptable.",
    );
    assert.equal(error.outcome, "unknown");
  });
}

test("a limit that passes while a refused call rests says that nothing was billed", async (t) => {
  const now = performance.now.bind(performance);
  let passed = 0;
  t.mock.method(performance, "now", () => now() + passed);
  const script = mockFetch([{ status: 429, headers: { "retry-after": "0.05" }, body: "" }]);
  const fetch = async (request) => {
    const answer = await script(request);
    // As in a page in the background, whose timers are late.
    setTimeout(() => (passed = 60_000), 20);
    return answer;
  };
  const error = await failureOf(() => new Minara({ ...BASE, fetch, timeout: { total: 1500 } }).chat({ message: "gm" }));
  assert.equal(error.message, "Timed out: the call was not finished within 1500 ms (timeout.total). Nothing was billed.");
  assert.deepEqual([error.code, error.outcome, script.requests.length], ["timeout", "not_sent", 1]);
});
