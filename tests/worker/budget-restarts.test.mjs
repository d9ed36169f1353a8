// What the budget's books keep when its object begins again, what the alarm ends, and what time takes from them.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";

import { admin, chat, underWay, withBudget } from "./budget.fixture.mjs";
import { bearer, freshToken, paths, streamed } from "./gateway.mjs";

describe("the budget over restarts and alarms", () => {
  test("a lease that nobody settles ends when its time is over and stays charged, also over a restart", async () => {
    const settings = { LEASE_MS: "1500" };
    await withState(async (state) => {
      await withBudget(
        settings,
        async (gateway) => {
          gateway.sandbox.script({ stall: "before-headers", times: 3 });
          for (let call = 0; call < 3; call += 1) gateway.post(paths.perp, undefined, bearer(freshToken())).catch(() => {});
          await gateway.sandbox.until((sandbox) => sandbox.counters.openRequests === 3);
          assert.deepEqual(await underWay(gateway), [3, 3]);
        },
        { state },
      );
      await withBudget(
        settings,
        async (gateway) => {
          assert.equal((await gateway.usage(admin)).charged, 3, "the books survive");
          await gateway.settled(admin, ({ underWay: open }) => open === 0);
          assert.deepEqual(await underWay(gateway), [0, 3]);
        },
        { state },
      );
    });
  });

  test("a lease that nobody settles ends while the object lives, and its place is free again", async () => {
    await withState(async (state) => {
      await withBudget({ LEASE_MS: "3000", SESSION_IN_FLIGHT: "1" }, async (gateway) => {
        const token = bearer(freshToken());
        gateway.sandbox.script({ stall: "before-headers" });
        gateway.post(paths.perp, undefined, token).catch(() => {});
        await gateway.sandbox.until((sandbox) => sandbox.counters.openRequests === 1);
        const ask = () => gateway.post(paths.perp, undefined, token);
        assert.equal((await ask()).error?.code, "rate_limited");
        while ((await ask()).status !== 200) await new Promise((resolve) => setTimeout(resolve, 100));
        await gateway.settled(admin, ({ underWay: open, charged }) => open === 0 && charged === 2);
      }, { state });
      inBooks(state, (books) => assert.deepEqual({ ...books.prepare("SELECT MIN(state) AS least FROM lease").get() }, { least: 2 }));
    });
  });

  test("what was charged, given back and is under way outlives the object", async () => {
    const settings = { SESSION_BUDGET: "3", SESSION_IN_FLIGHT: "1" };
    const [spent, busy] = [bearer(freshToken()), bearer(freshToken())];
    const repeated = { ...chat, requestId: "r" };
    await withState(async (state) => {
      await withBudget(
        settings,
        async (gateway) => {
          gateway.sandbox.script([{ status: 429, times: 2 }, { status: 500 }]);
          assert.equal((await gateway.post(paths.perp, undefined, spent)).status, 429);
          assert.equal((await gateway.post(paths.chat, repeated, spent)).status, 429);
          assert.equal((await gateway.post(paths.chat, repeated, spent)).status, 502, "booked anew");
          assert.equal((await gateway.post(paths.perp, undefined, spent)).status, 200);
          assert.equal((await gateway.post(paths.chat, streamed, bearer(freshToken()))).status, 200);
          await gateway.settled(admin, ({ underWay: open }) => open === 0);
          gateway.sandbox.script({ pace: 50, deltas: Array(1000).fill("word ") });
          const stream = await gateway.open(paths.chat, streamed, busy);
          await stream.body.getReader().read();
          assert.deepEqual(await underWay(gateway), [1, 4]);
          await new Promise((resolve) => setTimeout(resolve, 100));
        },
        { state },
      );
      await withBudget(
        settings,
        async (gateway) => {
          assert.deepEqual(await underWay(gateway), [1, 4]);
          assert.equal((await gateway.post(paths.perp, undefined, busy)).error?.code, "rate_limited", "its stream is under way");
          assert.equal((await gateway.post(paths.perp, undefined, spent)).status, 200, "one of three is left");
          assert.equal((await gateway.post(paths.perp, undefined, spent)).error?.code, "budget_exhausted");
        },
        { state },
      );
    });
  });

  test("charges count for their day and their session, however long ago they were, and are forgotten after two days", async () => {
    const hour = 3_600_000;
    for (const [name, ago, day, charged, rows] of [
      ["23 hours ago, today", 23 * hour, 0, 1, 2],
      ["23 hours ago, yesterday", 23 * hour, 1, 0, 2],
      ["47 hours ago, yesterday", 47 * hour, 1, 0, 2],
      ["49 hours ago, two days ago", 49 * hour, 2, 0, 1],
    ]) {
      const token = bearer(freshToken());
      await withState(async (state) => {
        await withBudget({}, async (gateway) => {
          assert.equal((await gateway.post(paths.perp, undefined, token)).status, 200);
          await gateway.settled(admin, ({ underWay: open }) => open === 0);
        }, { state });
        inBooks(state, (books) => books.prepare("UPDATE lease SET created = created - ?, day = day - ?").run(ago, day));
        await withBudget({ LEASE_MS: "200", SESSION_BUDGET: "1" }, async (gateway) => {
          await haveAlarmCome(gateway, state);
          assert.deepEqual(await underWay(gateway), [0, charged + 1], name);
          const again = await gateway.post(paths.perp, undefined, token);
          assert.equal(again.error?.code ?? "ok", ago < 24 * hour ? "budget_exhausted" : "ok", name);
          if (ago < 24 * hour) inBooks(state, (books) => assert.equal(books.prepare("SELECT COUNT(*) AS rows FROM lease").get().rows, rows, name));
        }, { state });
      });
    }
  });

  test("of the callers of a day, those who call again are read and no others", async () => {
    await withState(async (state) => {
      const token = bearer(freshToken());
      const settings = { SESSION_BUDGET: "1", DAILY_BUDGET: "100000000" };
      const spent = (gateway) => gateway.post(paths.perp, undefined, token);
      await withBudget(settings, async (gateway) => assert.equal((await spent(gateway)).status, 200), { state });
      inBooks(state, (books) => books.exec(`WITH RECURSIVE other(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM other WHERE n < 50000)
        INSERT INTO lease SELECT 'w-0-' || n, 'sanother-session-' || n, route, hash, 1, day, created, expires, 2 FROM other, lease`));
      await withBudget(settings, async (gateway) => {
        assert.equal((await spent(gateway)).error?.code, "budget_exhausted");
        const { charged, memoryBytes } = await gateway.usage(admin);
        assert.equal(charged, 50_001);
        assert.ok(memoryBytes < 3_000_000, `${memoryBytes} bytes of wasm memory`);
      }, { state });
    });
  });

  test("a chat is its caller's for thirty days after it was last seen", async () => {
    const day = 86_400_000;
    for (const [days, status] of [[0, 200], [29, 200], [31, 404]]) {
      const token = bearer(freshToken());
      await withState(async (state) => {
        let chatId;
        await withBudget({}, async (gateway) => {
          ({ chatId } = (await gateway.post(paths.chat, undefined, token)).json);
        }, { state });
        inBooks(state, (books) => books.prepare("UPDATE own SET seen = seen - ?").run(days * day));
        await withBudget({ LEASE_MS: "200" }, async (gateway) => {
          await haveAlarmCome(gateway, state);
          gateway.sandbox.script({ body: { chatId, content: "ok" } });
          assert.equal((await gateway.post(paths.chat, { ...chat, chatId }, token)).status, status, `${days} days`);
        }, { state });
      });
    }
  });

  test("a lease whose alarm never comes ends with the first question after its time", async () => {
    const settings = { LEASE_MS: "300" };
    await withState(async (state) => {
      await withBudget(
        settings,
        async (gateway) => {
          gateway.sandbox.script({ stall: "before-headers" });
          gateway.post(paths.perp, undefined, bearer(freshToken())).catch(() => {});
          await gateway.sandbox.until((sandbox) => sandbox.counters.openRequests === 1);
        },
        { state },
      );
      // The runtime keeps its alarms apart from the tables.
      const alarms = readdirSync(state, { recursive: true, encoding: "utf8" }).filter((name) => name.includes("metadata"));
      assert.notEqual(alarms.length, 0, `no alarms among ${readdirSync(state, { recursive: true })}`);
      for (const name of alarms) rmSync(join(state, name));
      await new Promise((resolve) => setTimeout(resolve, 300));
      await withBudget(settings, async (gateway) => assert.deepEqual(await underWay(gateway), [0, 1]), { state });
    });
  });
});

/** A folder in which a runtime's books outlive it, for as long as the test runs. */
async function withState(act) {
  const state = mkdtempSync(join(tmpdir(), "minara-budget-"));
  try {
    await act(state);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

/** Looks into the books' database, or changes what time alone could. */
function inBooks(state, act) {
  const files = readdirSync(state, { recursive: true, encoding: "utf8" }).filter((name) => /[0-9a-f]{64}\.sqlite$/.test(name));
  assert.equal(files.length, 1, `${readdirSync(state, { recursive: true })}`);
  const database = new DatabaseSync(join(state, files[0]), { timeout: 5000 });
  try {
    act(database);
  } finally {
    database.close();
  }
}

/**
 * Has the alarm come, by a lease that nobody settles: what is old is forgotten then, and the books are read again by the
 * next question. An id from long ago shows that it has come.
 */
async function haveAlarmCome(gateway, state) {
  inBooks(state, (books) => books.exec("INSERT INTO own VALUES ('nobody', 'old', 0)"));
  gateway.sandbox.script({ stall: "before-headers" });
  gateway.post(paths.perp, undefined, bearer(freshToken())).catch(() => {});
  for (let left = 1; left > 0; ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    inBooks(state, (books) => {
      left = books.prepare("SELECT COUNT(*) AS rows FROM own WHERE caller = 'nobody'").get().rows;
    });
  }
}
