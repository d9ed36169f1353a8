// Who may script the sandbox: programs of this machine, and no page of another site that its owner happens to look at.
import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";

import { PERP, post, sandboxFor } from "./sandbox.fixture.mjs";

const FAULT = JSON.stringify({ status: 503 });
const otherSite = "pages of other sites may not script the sandbox, unless it runs with cors (SANDBOX_CORS=1)";
const otherHost = "the sandbox is scripted under a name of this machine, such as localhost, or the host it was started for";

/**
 * One control request with headers of the test's choice, of which fetch would send some otherwise.
 * @returns {Promise<{ status: number, body: any }>}
 */
function control(sandbox, method, path, headers, body = "") {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port: sandbox.port, method, path: `/__sandbox${path}`, headers, agent: false };
    const outgoing = request(options, async (response) => {
      resolve({ status: response.statusCode, body: JSON.parse(Buffer.concat(await response.toArray()).toString()) });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

const refused = (message) => ({ status: 403, body: { statusCode: 403, error: "Forbidden", message } });

for (const [who, headers] of [
  ["a page that posts without asking first", { origin: "https://evil.example", "content-type": "text/plain", "sec-fetch-site": "cross-site" }],
  ["a page in a browser that says no more than the origin", { origin: "https://evil.example" }],
  ["a page on another port of this machine", { origin: "http://127.0.0.1:3000", "sec-fetch-site": "same-site" }],
  ["a page under another name of this machine", { origin: "http://localhost:8787" }],
  ["a page of no origin, such as a file", { origin: "null" }],
  ["a form or an image of another site", { "sec-fetch-site": "cross-site" }],
  ["a form or an image of another port", { "sec-fetch-site": "same-site" }],
]) {
  test(`${who} can neither script, read nor reset the sandbox`, async (t) => {
    const sandbox = await sandboxFor(t);
    await post(sandbox, PERP, { symbol: "BTC" });
    for (const [method, path, body] of [
      ["POST", "/faults", FAULT],
      ["DELETE", "/faults"],
      ["POST", "/reset"],
      ["GET", "/requests"],
      ["GET", "/counters"],
      ["GET", ""],
    ]) {
      assert.deepEqual(await control(sandbox, method, path, headers, body), refused(otherSite), `${method} ${path}`);
    }
    assert.deepEqual([sandbox.faults, sandbox.requests.length, sandbox.counters.charges], [[], 1, 1]);
  });
}

for (const host of [
  "rebound.example",
  "rebound.example:8788",
  "192.0.2.1",
  "notlocalhost",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "a@b@c",
]) {
  test(`a page whose name was rebound to this machine cannot script the sandbox as ${host}`, async (t) => {
    const sandbox = await sandboxFor(t);
    const headers = { host, origin: `http://${host}`, "sec-fetch-site": "same-origin" };
    assert.deepEqual(await control(sandbox, "POST", "/faults", headers, FAULT), refused(otherHost));
    assert.deepEqual(await control(sandbox, "GET", "/requests", { host }), refused(otherHost));
    assert.deepEqual(sandbox.faults, []);
  });
}

for (const [who, headersOf] of [
  ["a program that names no origin", () => ({})],
  ["a page of its own origin", ({ url }) => ({ origin: url, "sec-fetch-site": "same-origin" })],
  ["whoever types its address", () => ({ "sec-fetch-site": "none" })],
  ["a program that calls it localhost", ({ port }) => ({ host: `localhost:${port}` })],
  ["a program that calls it by a name below localhost", ({ port }) => ({ host: `sandbox.localhost:${port}` })],
  ["a program that calls it by IPv6", ({ port }) => ({ host: `[::1]:${port}` })],
]) {
  test(`${who} scripts the sandbox`, async (t) => {
    const sandbox = await sandboxFor(t);
    const { status } = await control(sandbox, "POST", "/faults", headersOf(sandbox), FAULT);
    assert.deepEqual([status, sandbox.faults], [200, [{ status: 503, times: 1 }]]);
  });
}

test("with cors pages of any site script it, under any name", async (t) => {
  const sandbox = await sandboxFor(t, { cors: true });
  const headers = { host: "sandbox.example", origin: "https://page.example", "sec-fetch-site": "cross-site" };
  assert.equal((await control(sandbox, "POST", "/faults", headers, FAULT)).status, 200);
});

test("the host that it was started for is a name of it", async (t) => {
  const sandbox = await sandboxFor(t, { host: "0.0.0.0" });
  const ask = (host) => control(sandbox, "GET", "/faults", { host: `${host}:${sandbox.port}` });
  assert.deepEqual(await ask("0.0.0.0"), { status: 200, body: [] });
  assert.deepEqual(await ask("rebound.example"), refused(otherHost));
});
