import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startSandbox } from "../../sandbox/server.mjs";
import { ask, CHAT, PERP, post, question, sandboxFor } from "./sandbox.fixture.mjs";

const control = async (sandbox, method, path, body) => {
  const response = await fetch(`${sandbox.url}/__sandbox${path}`, { method, body: body && JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
};

test("faults, requests, counters and reset are there over HTTP", async (t) => {
  const sandbox = await sandboxFor(t);
  const fault = { match: { path: PERP }, status: 503, headers: { "retry-after": "1" } };
  assert.deepEqual(await control(sandbox, "POST", "/faults", [fault]), { status: 200, body: [{ ...fault, times: 1 }] });
  assert.deepEqual((await control(sandbox, "GET", "/faults")).body, [{ ...fault, times: 1 }]);
  assert.equal((await post(sandbox, PERP, { symbol: "BTC" })).status, 503);
  await post(sandbox, PERP, { symbol: "BTC", extra: 1 });
  const { body: requests } = await control(sandbox, "GET", "/requests");
  assert.deepEqual(
    requests.map(({ id, method, path, body, status, completed, unknownFields, fault: met }) => ({ id, method, path, body, status, completed, unknownFields, met })),
    [
      { id: 1, method: "POST", path: PERP, body: { symbol: "BTC" }, status: 503, completed: true, unknownFields: [], met: "status headers" },
      { id: 2, method: "POST", path: PERP, body: { symbol: "BTC", extra: 1 }, status: 200, completed: true, unknownFields: ["extra"], met: undefined },
    ],
  );
  const { body: counters } = await control(sandbox, "GET", "/counters");
  assert.deepEqual([counters.posts, counters.charges, counters.faults], [{ [PERP]: 2 }, 1, 1]);
  await control(sandbox, "POST", "/faults", fault);
  assert.deepEqual((await control(sandbox, "DELETE", "/faults")).body, []);
  const { body: cleared } = await control(sandbox, "POST", "/reset");
  assert.deepEqual([cleared.posts, cleared.charges, sandbox.requests], [{}, 0, []]);
});

test("control tells what it does not understand", async (t) => {
  const sandbox = await sandboxFor(t);
  const wrong = await control(sandbox, "POST", "/faults", { colour: 1 });
  assert.equal(wrong.status, 400);
  assert.match(wrong.body.message, /^fault\.colour is not known/);
  assert.equal((await control(sandbox, "GET", "/nothing")).status, 404);
  assert.equal(sandbox.requests.length, 0, "control requests are not recorded");
});

test("reset forgets jobs, chats, faults and counters, not open connections", async (t) => {
  const sandbox = await sandboxFor(t);
  const { body } = await ask(sandbox, CHAT, question("hi", { requestId: "r" }));
  sandbox.script({ status: 500 });
  sandbox.reset();
  assert.deepEqual([sandbox.faults, sandbox.requests, sandbox.counters.charges], [[], [], 0]);
  assert.ok(sandbox.counters.openConnections > 0);
  assert.equal((await ask(sandbox, CHAT, question("hi", { chatId: body.chatId }))).status, 404);
  assert.equal((await ask(sandbox, CHAT, question("other", { requestId: "r" }))).status, 200);
});

test("records are capped, counters are not", async (t) => {
  const sandbox = await sandboxFor(t);
  for (let round = 0; round < 11; round += 1) {
    await Promise.all(Array.from({ length: 100 }, async () => (await post(sandbox, PERP, "{}")).text()));
  }
  assert.deepEqual([sandbox.requests.length, sandbox.requests[0].id, sandbox.counters.posts[PERP]], [1000, 101, 1100]);
  await post(sandbox, CHAT, question("x".repeat(200_000)));
  assert.match(sandbox.requests.at(-1).body, /^\[200\d+ characters\]$/);
});

test("until resolves on the change it waits for, and says what it saw when it gives up", async (t) => {
  const sandbox = await sandboxFor(t);
  const seen = sandbox.until(({ counters }) => counters.charges === 1);
  await post(sandbox, PERP, { symbol: "BTC" });
  await seen;
  await assert.rejects(sandbox.until(() => false, { timeout: 1 }), /^Error: not seen within 1 ms; counters: \{"posts"/);
  await assert.rejects(sandbox.until(() => null.x), TypeError);
});

test("pages of other origins are not answered unless cors is on", async (t) => {
  const closed = await sandboxFor(t);
  const plain = await post(closed, PERP, { symbol: "BTC" });
  assert.equal(plain.headers.get("access-control-allow-origin"), null);
  assert.equal((await fetch(closed.url + PERP, { method: "OPTIONS" })).status, 405);

  const open = await sandboxFor(t, { cors: true });
  const preflight = await fetch(open.url + PERP, {
    method: "OPTIONS",
    headers: { origin: "http://page.example", "access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type" },
  });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
  assert.equal(preflight.headers.get("access-control-allow-headers"), "authorization,content-type");
  assert.deepEqual([open.requests, open.counters.posts], [[], {}], "a preflight is no request of the API");
  open.script({ status: 429, headers: { "retry-after": "1" } });
  for (const status of [429, 200]) {
    const response = await post(open, PERP, { symbol: "BTC" });
    assert.equal(response.status, status);
    assert.match(response.headers.get("access-control-expose-headers"), /X-Request-Id, Retry-After/);
  }
});

test("close ends open streams at once and frees the port", async () => {
  const sandbox = await startSandbox({ pace: 3_600_000 });
  const response = await post(sandbox, CHAT, question("hi", { stream: true }));
  await sandbox.close();
  await assert.rejects(response.text());
  const next = await startSandbox({ port: sandbox.port });
  await next.close();
});

test("a port in use is an error of the start", async (t) => {
  const sandbox = await sandboxFor(t);
  await assert.rejects(startSandbox({ port: sandbox.port }), { code: "EADDRINUSE" });
});

function runMain(t, env) {
  const file = fileURLToPath(new URL("../../sandbox/main.mjs", import.meta.url));
  const child = spawn(process.execPath, [file], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  const exited = once(child, "exit");
  const line = (stream) => once(createInterface(child[stream]), "line").then(([text]) => text);
  return { child, exited, line };
}

test("the command prints one line with its URL and goes at once on SIGTERM and SIGINT", async (t) => {
  for (const signal of ["SIGTERM", "SIGINT"]) {
    const { child, exited, line } = runMain(t, { SANDBOX_PORT: "0", SANDBOX_KEY: "sk-cli", SANDBOX_PACE: "3600000" });
    const [, url] = /^Minara API sandbox \(example data\) on (http:\/\/127\.0\.0\.1:\d+)$/.exec(await line("stdout"));
    const response = await post({ url, key: "sk-cli" }, CHAT, question("hi", { stream: true }));
    assert.equal(response.status, 200);
    child.kill(signal);
    assert.deepEqual(await exited, [0, null]);
    await assert.rejects(response.text());
    const probe = createServer();
    probe.listen(new URL(url).port, "127.0.0.1");
    await once(probe, "listening");
    probe.close();
  }
});

test("the command explains a bad setting and a taken port", async (t) => {
  const bad = runMain(t, { SANDBOX_PORT: "http" });
  assert.equal(await bad.line("stderr"), 'SANDBOX_PORT must be a whole number of at least 0, not "http"');
  assert.deepEqual(await bad.exited, [2, null]);
  const sandbox = await sandboxFor(t);
  const taken = runMain(t, { SANDBOX_PORT: String(sandbox.port) });
  assert.equal(await taken.line("stderr"), `Port ${sandbox.port} is in use; set SANDBOX_PORT to another one.`);
  assert.deepEqual(await taken.exited, [1, null]);
});
