// How the sandbox's faults are scripted, what they answer with, and where they end an answer.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { FIELDS } from "../../sandbox/faults.mjs";
import { ask, CHAT, events, PERP, post, postRaw, question, sandboxFor, STREAM, streamUnder, UNARY } from "./sandbox.fixture.mjs";

/** Data and reset read in one go look like an end to libuv: what counts is that the body is not whole. */
const LOST = ["reset", "end"];

test("a fault meets only what it matches, as often as it says, in the order of the script", async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.script([
    { match: { path: PERP }, status: 500 },
    { match: { contains: "SOL" }, times: 2, status: 503 },
    { match: { path: "/v1/*", method: "POST" }, times: 0, status: 418 },
  ]);
  const statuses = [];
  for (const [path, body] of [[CHAT, UNARY], [PERP, { symbol: "SOL" }], [PERP, { symbol: "SOL" }], [PERP, { symbol: "SOL" }], [CHAT, question("hi")]]) {
    statuses.push((await post(sandbox, path, body)).status);
  }
  assert.deepEqual(statuses, [503, 500, 503, 418, 418]);
  assert.deepEqual(sandbox.faults, [{ match: { path: "/v1/*", method: "POST" }, times: 0, status: 418 }]);
  assert.equal(sandbox.counters.faults, 5);
  assert.equal(sandbox.counters.charges, 0);
});

test("a mistake in a script is an error and scripts nothing", async (t) => {
  const sandbox = await sandboxFor(t);
  const cases = [
    [{ stauts: 500 }, /^fault\.stauts is not known; known are name, match, times, status, /],
    [{ status: "500" }, /^fault\.status cannot be "500"$/],
    [{ match: { url: "/" } }, /^fault\.match\.url is not known; known are method, path, contains$/],
    [{ stall: "later" }, /^fault\.stall cannot be "later"$/],
    [{ stall: 1, reset: 2 }, /^a fault ends in one way only, not stall and reset$/],
    [{ midEvent: true }, /^midEvent needs stall, reset, cut or end with a number of events$/],
    ["x", /^a fault must be an object$/],
  ];
  for (const [fault, message] of cases) {
    assert.throws(() => sandbox.script([{ status: 500 }, fault]), (error) => error instanceof TypeError && message.test(error.message));
  }
  assert.deepEqual(sandbox.faults, []);
});

test("the README explains every field of a fault", () => {
  const text = readFileSync(new URL("../../sandbox/README.md", import.meta.url), "utf8");
  const [, tables] = text.split("## Faults");
  for (const name of Object.keys(FIELDS)) assert.match(tables, new RegExp(`^\\|.*\`${name}[\`:]`, "mu"), name);
});

test("a request that the API refuses is refused whatever is scripted", async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.script({ status: 500 });
  assert.equal((await post(sandbox, PERP, {})).status, 400);
  assert.equal((await post(sandbox, PERP, { symbol: "BTC" }, { headers: { authorization: "x" } })).status, 401);
  assert.equal((await post(sandbox, PERP, { symbol: "BTC" })).status, 500);
});

test("a path that the API does not have can be scripted, without a key", async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.script({ match: { path: "/sse" }, raw: "data: hi\n\n" });
  const response = await fetch(`${sandbox.url}/sse`);
  assert.deepEqual([response.headers.get("content-type"), await response.text()], ["text/event-stream", "data: hi\n\n"]);
});

test("replies with any status, headers and body", async (t) => {
  const sandbox = await sandboxFor(t);
  const reply = async (fault) => {
    sandbox.script(fault);
    const response = await post(sandbox, PERP, { symbol: "BTC" }, { redirect: "manual" });
    return [response.status, response.headers, await response.text()];
  };
  const [status, headers, body] = await reply({ status: 429, headers: { "Retry-After": "120" }, body: { message: ["slow", "down"] } });
  assert.deepEqual([status, headers.get("retry-after"), headers.get("content-type"), body], [429, "120", "application/json", '{"message":["slow","down"]}']);
  const html = await reply({ status: 502, body: "<h1>Bad</h1>", contentType: "text/html" });
  assert.deepEqual([html[0], html[1].get("content-type"), html[2]], [502, "text/html", "<h1>Bad</h1>"]);
  const empty = await reply({ status: 204 });
  assert.deepEqual([empty[0], empty[1].get("content-length"), empty[2]], [204, null, ""]);
  const moved = await reply({ location: "https://elsewhere.example/v1" });
  assert.deepEqual([moved[0], moved[1].get("location")], [307, "https://elsewhere.example/v1"]);
  const same = await reply({ status: 301, location: "/v1/other" });
  assert.deepEqual([same[0], same[1].get("location")], [301, "/v1/other"]);
  const bytes = await reply({ raw: { base64: Buffer.from([0xff, 0x00, 0xfe]).toString("base64") }, contentType: "application/octet-stream" });
  assert.equal(bytes[1].get("content-length"), "3");
  assert.equal(sandbox.counters.charges, 0);
});

test("a scripted reply is charged only when it says so", async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.script({ status: 500, charge: true });
  await post(sandbox, PERP, { symbol: "BTC" });
  assert.equal(sandbox.counters.charges, 1);
});

test("the received Authorization header can be echoed, to prove that errors leave it out", async (t) => {
  const sandbox = await sandboxFor(t, { key: "sk-minara-canary" });
  sandbox.script({ status: 500, echoAuthorization: true });
  const { body } = await ask(sandbox, PERP, { symbol: "BTC" });
  assert.equal(body.message, "invalid credentials: Bearer sk-minara-canary");
  assert.equal(sandbox.requests[0].headers.authorization, "Bearer …nary");
});

test("bodies of many megabytes are made while they are sent", async (t) => {
  const sandbox = await sandboxFor(t);
  for (const bodySize of [0, 1, 5 * 1024 * 1024, 50 * 1024 * 1024]) {
    sandbox.script({ status: 502, bodySize });
    const response = await post(sandbox, PERP, { symbol: "BTC" });
    let size = 0;
    for await (const piece of response.body) size += piece.length;
    assert.deepEqual([response.headers.get("content-type"), size], ["text/html; charset=utf-8", bodySize]);
  }
});

test("delayMs waits before the headers, and a client need not wait for it", async (t) => {
  const sandbox = await sandboxFor(t);
  sandbox.script([{ delayMs: 5 }, { delayMs: 3_600_000 }]);
  assert.equal((await post(sandbox, CHAT, UNARY)).status, 200);
  const stop = new AbortController();
  const pending = post(sandbox, CHAT, UNARY, { signal: stop.signal });
  await sandbox.until(({ counters }) => counters.charges === 2);
  stop.abort();
  await assert.rejects(pending, { name: "AbortError" });
  await sandbox.until(({ counters }) => counters.closedByClient === 1);
});

test("a reset before the headers answers nothing", async (t) => {
  const { head, ending, sandbox } = await streamUnder(t, { reset: "before-headers" });
  assert.deepEqual([head, ending], ["", "reset"]);
  assert.deepEqual([sandbox.counters.charges, sandbox.counters.closedByClient], [1, 0]);
});

test("a reset after the headers leaves an empty body", async (t) => {
  const { head, text, ending, whole } = await streamUnder(t, { reset: "after-headers" });
  assert.match(head, /^HTTP\/1\.1 200 OK/);
  assert.equal(text, "");
  assert.ok(LOST.includes(ending) && !whole);
});

test("a reset, a cut and an end come after exactly as many events as scripted", async (t) => {
  const cases = [
    ["reset", LOST, false],
    ["cut", ["end"], false],
    ["end", ["end"], true],
  ];
  for (const [kind, endings, whole] of cases) {
    const seen = await streamUnder(t, { [kind]: 4 });
    assert.equal(events(seen.text).length, 4, kind);
    assert.ok(seen.text.endsWith("\n\n"), kind);
    assert.ok(endings.includes(seen.ending), `${kind}: ${seen.ending}`);
    assert.deepEqual([seen.whole, seen.record.events], [whole, 4], kind);
    assert.equal(seen.record.closed, false, kind);
  }
});

test("midEvent ends in the middle of the next event", async (t) => {
  for (const [kind, whole] of [["reset", false], ["cut", false], ["end", true]]) {
    const seen = await streamUnder(t, { [kind]: 2, midEvent: true });
    const all = seen.text.split("\n\n");
    assert.equal(all.length, 3, kind);
    assert.match(all[2], /^data: \{"chatId".*[^}]$/u);
    assert.equal(seen.whole, whole, kind);
  }
});

test("a cut JSON body keeps its promised length and loses its end", async (t) => {
  const seen = await streamUnder(t, { cut: 20 }, UNARY);
  assert.match(seen.head, /content-length: \d{3,}/i);
  assert.deepEqual([seen.body.length, seen.ending], [20, "end"]);
  const reset = await streamUnder(t, { reset: 20 }, UNARY);
  assert.equal(reset.body.length, 20);
  assert.ok(LOST.includes(reset.ending), reset.ending);
});

test("a stall before the headers, after them, or after events keeps the connection open", async (t) => {
  for (const [position, count] of [["before-headers", -1], ["after-headers", 0], [3, 3]]) {
    const sandbox = await sandboxFor(t);
    sandbox.script({ stall: position });
    const arrived = Promise.withResolvers?.() ?? deferred();
    const ended = postRaw(sandbox, CHAT, STREAM, {
      onData: (text, socket) => {
        const body = text.split("\r\n\r\n").slice(1).join("");
        if ((body.match(/data: /g) ?? []).length === count) arrived.resolve(socket);
      },
    });
    if (count === -1) await sandbox.until(({ counters }) => counters.openRequests === 1);
    else await arrived.promise;
    assert.deepEqual([sandbox.counters.openRequests, sandbox.requests[0].completed], [1, false], position);
    await sandbox.close();
    await ended;
    assert.equal(sandbox.counters.openRequests, 0);
  }
});

function deferred() {
  let resolve;
  const promise = new Promise((settle) => (resolve = settle));
  return { promise, resolve };
}

test("a record names the fault that met its request", async (t) => {
  const { record } = await streamUnder(t, { name: "the third kind", noDone: true });
  assert.equal(record.fault, "the third kind");
  assert.equal((await streamUnder(t, { noDone: true, split: 9 })).record.fault, "noDone split");
});
