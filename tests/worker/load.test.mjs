import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { bearer, bodies, freshToken, paths, sessionSecret, startGateway, streamed } from "./gateway.mjs";
import { amount } from "./length.mjs";

const admin = "the-administrator's-token-0123456789";
const settings = { SESSION_SECRET: sessionSecret, ADMIN_TOKEN: admin, DAILY_BUDGET: "1000000", SESSION_BUDGET: "1000000", SESSION_IN_FLIGHT: "1000" };
const limits = { caller: 1e9, address: 1e9, session: 1e9 };

/** Runs a task so many times, so many at once. */
async function run(count, atOnce, task) {
  let next = 0;
  const worker = async () => {
    while (next < count) await task((next += 1));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

describe("under load", () => {
  const calls = amount(1_000, 20_000);
  test(`${calls} mixed calls, 64 at once, meet no error and leave the memory as it was`, async () => {
    const gateway = await startGateway({ settings, limits });
    try {
      const tokens = Array.from({ length: 100 }, () => freshToken());
      const mix = [...Object.values(paths).map((path) => [path, bodies[path], 200]), [paths.chat, streamed, 200], [paths.perp, {}, 400]];
      const statuses = {};
      const task = async (index) => {
        const [path, body, expected] = mix[index % mix.length];
        const { status } = await gateway.post(path, body, bearer(tokens[index % tokens.length]));
        statuses[status] = (statuses[status] ?? 0) + 1;
        assert.equal(status, expected);
      };
      await run(Math.min(calls, 600), 64, task);
      const before = (await gateway.usage(admin)).memoryBytes;
      await run(calls, 64, task);
      const usage = await gateway.settled(admin, ({ underWay }) => underWay === 0);
      const grown = usage.memoryBytes - before;
      console.log(`${calls} calls: ${JSON.stringify(statuses)}; wasm memory ${before} bytes, grown by ${grown}`);
      assert.ok(grown <= 128 * 1024, `the memory grew by ${grown} bytes`);
      assert.equal(usage.charged, gateway.sandbox.counters.charges, "what is booked is what the API charged");
    } finally {
      await gateway.stop();
    }
  });

  const streams = amount(50, 500);
  test(`${streams} streams at once all arrive whole`, async () => {
    const gateway = await startGateway({ settings, limits, sandbox: { pace: 20 } });
    try {
      const token = bearer(freshToken());
      const before = (await gateway.usage(admin)).memoryBytes;
      const answers = await Promise.all(Array.from({ length: streams }, () => gateway.post(paths.chat, streamed, token)));
      for (const { status, text } of answers) assert.deepEqual([status, text.endsWith("data: [DONE]\n\n")], [200, true]);
      const usage = await gateway.settled(admin, ({ underWay }) => underWay === 0);
      console.log(`${streams} streams: wasm memory ${before} bytes, grown by ${usage.memoryBytes - before}`);
    } finally {
      await gateway.stop();
    }
  });

  test("streams go on while the Worker's memory is thrown away after a fault, and the next call is served", async () => {
    const gateway = await startGateway({ settings, limits, sandbox: { pace: 15 }, trap: true });
    try {
      const token = bearer(freshToken());
      const open = await Promise.all(Array.from({ length: 8 }, () => gateway.open(paths.chat, streamed, token)));
      const { status, text } = await gateway.post(paths.perp, undefined, { ...token, "x-test-trap": "1" });
      assert.deepEqual([status, text.includes("RuntimeError")], [500, false]);
      assert.equal((await gateway.post(paths.perp, undefined, token)).status, 200);
      for (const response of open) assert.match(await response.text(), /data: \[DONE\]\n\n$/);
      // Whoever was to settle them is gone with the memory: their charge stays, and their leases end by themselves.
      assert.ok((await gateway.usage(admin)).charged >= 9);
    } finally {
      await gateway.stop();
    }
  });
});
