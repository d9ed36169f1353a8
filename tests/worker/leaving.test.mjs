// Callers who leave, as the runtime tells of them where it knows at once: through a binding between Workers. Then it drops
// the handler, and only what it was told to wait for goes on.
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { admin, base, limits } from "./budget.fixture.mjs";
import { bearer, bodies, freshToken, paths, startGateway, streamed } from "./gateway.mjs";
import { build } from "./workerd.mjs";

/** Calls the Worker, and goes after so many milliseconds where it is told to. */
const driver = `export default {
  async fetch(request, env) {
    const after = request.headers.get("x-leave-after");
    if (after === null) return env.GATEWAY.fetch(request);
    const leaving = new AbortController();
    setTimeout(() => leaving.abort(), Number(after));
    try {
      const answer = await env.GATEWAY.fetch(request, { signal: leaving.signal });
      return new Response(await answer.text(), answer);
    } catch {
      return new Response("gone", { status: 299 });
    }
  },
};`;

/** How long a question to the budget object takes, as from another continent, and when a caller goes, in milliseconds. */
const FAR = 600;
const DURING_RESERVATION = 250;
const AFTER_RESERVATION = 1_300;

describe("a caller who leaves", () => {
  /** @type {Awaited<ReturnType<typeof startGateway>>} */
  let gateway;
  const folder = mkdtempSync(join(tmpdir(), "minara-far-"));
  before(async () => {
    slowDown(folder);
    gateway = await startGateway({ settings: { ...base, SESSION_IN_FLIGHT: "1" }, limits, driver, build: folder });
  });
  after(async () => {
    await gateway.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const chat = bodies[paths.chat];
  for (const [moment, path, body, script, leaves, sent, charged, line] of [
    ["during the reservation", paths.perp, undefined, undefined, DURING_RESERVATION, 0, 0, { status: 502, cost: 0, reject: "network" }],
    ["during a chat's reservation", paths.chat, { ...chat, requestId: "r" }, undefined, DURING_RESERVATION, 0, 0, { status: 502, cost: 0, reject: "network" }],
    ["while the API works", paths.perp, undefined, { stall: "before-headers" }, AFTER_RESERVATION, 1, 1, { status: 502, cost: 1, reject: "network" }],
    ["while the API works on a chat", paths.chat, chat, { stall: "before-headers" }, AFTER_RESERVATION, 1, 1, { status: 502, cost: 1, reject: "network" }],
    ["before a stream's headers", paths.chat, streamed, { stall: "before-headers" }, AFTER_RESERVATION, 1, 1, { status: 502, cost: 1, reject: "network" }],
    ["in the middle of a trade's JSON", paths.perp, undefined, { stall: "after-headers" }, AFTER_RESERVATION, 1, 1, { status: 502, cost: 1, reject: "network" }],
    ["in the middle of a chat's JSON", paths.chat, chat, { stall: "after-headers" }, AFTER_RESERVATION, 1, 1, { status: 502, cost: 1, reject: "network" }],
    ["in a stream", paths.chat, streamed, { pace: 20, deltas: Array(500).fill("word ") }, AFTER_RESERVATION, 1, 1, { status: 200, cost: 1 }],
  ]) {
    test(`${moment}: ${sent} sent, ${charged} charged, and the place is free`, async () => {
      const token = bearer(freshToken());
      const [before, posts, lines] = [await gateway.usage(admin), gateway.posts, gateway.worker.lines().length];
      if (script) gateway.sandbox.script(script);
      assert.equal((await gateway.post(path, body, { ...token, "x-leave-after": String(leaves) })).status, 299);
      await gateway.sandbox.until(({ counters }) => counters.openRequests === 0);
      const { charged: sum } = await gateway.settled(admin, ({ underWay }) => underWay === 0);
      assert.deepEqual([gateway.posts - posts, sum - before.charged], [sent, charged]);
      const { status, cost, reject } = gateway.worker.lines().slice(lines).find(({ route }) => route !== "usage");
      assert.deepEqual({ status, cost, ...(reject && { reject }) }, line);
      assert.equal((await gateway.post(paths.swap, undefined, token)).status, 200, "the session's one place");
    });
  }
});

/** A copy of the bundle whose way to the budget object is a long one. */
function slowDown(folder) {
  const source = readFileSync(join(build, "index.js"), "utf8");
  const asked = /await ([^;]{1,40}\.fetch\(`https:\/\/budget\/\$\{\w+\}`\))/;
  const slow = source.replace(asked, `await (async(answer)=>{await new Promise((far)=>setTimeout(far,${FAR}));return answer})(await $1)`);
  if (slow === source) throw new Error("the bundle has no such place any more");
  writeFileSync(join(folder, "index.js"), slow);
  copyFileSync(join(build, "index_bg.wasm"), join(folder, "index_bg.wasm"));
}
