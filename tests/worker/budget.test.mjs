import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";

import { startApi } from "./api.mjs";
import { bearer, bodies, freshToken, paths, sessionSecret, startGateway, streamed } from "./gateway.mjs";

const admin = "the-administrator's-token-0123456789";
const limits = { caller: 100_000, address: 100_000, session: 100_000 };
const base = { SESSION_SECRET: sessionSecret, ADMIN_TOKEN: admin, DAILY_BUDGET: "1000", SESSION_BUDGET: "1000", SESSION_IN_FLIGHT: "1000" };
const chat = bodies[paths.chat];

/**
 * @param {Record<string, string>} settings
 * @param {(gateway: Awaited<ReturnType<typeof startGateway>>) => Promise<void>} body
 * @param {object} [options]
 */
async function withBudget(settings, body, options = {}) {
  const gateway = await startGateway({ settings: { ...base, ...settings }, limits, ...options });
  try {
    await body(gateway);
  } finally {
    await gateway.stop();
  }
}

/** The same against an API of which the test writes every answer. */
async function withApi(settings, body) {
  const api = await startApi();
  try {
    await withBudget({ MINARA_BASE_URL: api.url, ANSWER_TIMEOUT_MS: "20000", ...settings }, (gateway) => body(gateway, api));
  } finally {
    api.close();
  }
}

const secondsToMidnight = () => (86_400_000 - (Date.now() % 86_400_000)) / 1000;

describe("the budget", () => {
  test("of 200 calls at the same time against a budget of 50, exactly 50 reach the API", async () => {
    await withBudget({ DAILY_BUDGET: "50" }, async (gateway) => {
      const calls = Array.from({ length: 200 }, () => gateway.post(paths.perp, undefined, bearer(freshToken())));
      const answers = await Promise.all(calls);
      const codes = answers.map(({ status, error }) => `${status} ${error?.code ?? "ok"}`);
      assert.equal(codes.filter((code) => code === "200 ok").length, 50);
      assert.equal(codes.filter((code) => code === "429 budget_exhausted").length, 150);
      assert.deepEqual([gateway.posts, gateway.sandbox.counters.charges], [50, 50]);
      const { error, headers } = answers.find(({ status }) => status === 429);
      assert.ok(Math.abs(error.retryAfter - secondsToMidnight()) < 30, `${error.retryAfter}`);
      assert.equal(headers.get("retry-after"), String(error.retryAfter));
      assert.equal(error.message, "Today's budget is used up. Nothing was sent.");
    });
  });

  test("one session cannot spend another's share", async () => {
    await withBudget({ SESSION_BUDGET: "3" }, async (gateway) => {
      const greedy = bearer(freshToken());
      const ask = (mode) => gateway.post(paths.chat, { ...chat, mode }, greedy);
      assert.equal((await ask("fast")).status, 200);
      const { status, error } = await ask("expert");
      assert.deepEqual([status, error.code], [429, "budget_exhausted"]);
      assert.equal(error.message, "This session's budget is used up. Nothing was sent.");
      assert.ok(error.retryAfter > 86_300 && error.retryAfter <= 86_400, `${error.retryAfter}`);
      assert.equal((await ask("fast")).status, 200, "what is left can be spent");
      assert.equal((await gateway.post(paths.perp, undefined, bearer(freshToken()))).status, 200);
    });
  });

  test("calls cost what the owner says, and the books say what they cost", async () => {
    const COSTS = JSON.stringify({ "chat.expert": 30, "intent-to-swap-tx": 7, "prediction-market-ask.fast": 0 });
    await withBudget({ COSTS }, async (gateway) => {
      const token = freshToken();
      await gateway.post(paths.chat, { ...chat, mode: "expert" }, bearer(token));
      for (const path of [paths.swap, paths.perp, paths.prediction]) await gateway.post(path, undefined, bearer(token));
      const usage = await gateway.settled(admin, ({ underWay }) => underWay === 0);
      assert.deepEqual([usage.charged, usage.left, usage.dailyBudget], [38, 962, 1000]);
      assert.deepEqual(usage.routes, [
        { route: "chat", calls: 1, charged: 30 },
        { route: "intent-to-swap-tx", calls: 1, charged: 7 },
        { route: "perp-trading-suggestion", calls: 1, charged: 1 },
        { route: "prediction-market-ask", calls: 1, charged: 0 },
      ]);
      assert.deepEqual(usage.callers.map(({ calls, charged }) => [calls, charged]), [[4, 38]]);
    });
  });

  test("the books are shown to the administrator alone", async () => {
    await withBudget({}, async (gateway) => {
      for (const headers of [{}, bearer("x"), bearer("x".repeat(admin.length)), bearer(freshToken())]) {
        const { status, error } = await gateway.request("/api/admin/usage", { headers });
        assert.deepEqual([status, error.code], [401, "unauthorized"]);
      }
    });
  });

  test("a session has so many calls under way and no more, and streams count to their end", async () => {
    await withBudget({ SESSION_IN_FLIGHT: "2" }, async (gateway) => {
      const token = freshToken();
      gateway.sandbox.script({ times: 2, pace: 20, deltas: Array(1000).fill("word ") });
      const leaving = new AbortController();
      const headers = { "content-type": "application/json", ...bearer(token) };
      const init = { method: "POST", headers, body: JSON.stringify(streamed), signal: leaving.signal };
      const streams = [await fetch(gateway.url + paths.chat, init), await fetch(gateway.url + paths.chat, init)];
      for (const stream of streams) await stream.body.getReader().read();
      const { status, error } = await gateway.post(paths.perp, undefined, bearer(token));
      assert.deepEqual([status, error.code, error.retryAfter], [429, "rate_limited", 1]);
      leaving.abort();
      await gateway.settled(admin, ({ underWay }) => underWay === 0);
      assert.equal((await gateway.post(paths.perp, undefined, bearer(token))).status, 200);
    });
  });

  test("an answer keeps its place until it is here whole", async () => {
    await withApi({ SESSION_IN_FLIGHT: "1" }, async (gateway, api) => {
      for (const path of [paths.swap, paths.chat]) {
        const token = bearer(freshToken());
        const answer = gateway.post(path, undefined, token);
        const { response } = await api.next();
        response.writeHead(200, { "content-type": "application/json" }).write('{"amount":');
        const { status, error } = await gateway.post(path, undefined, token);
        assert.deepEqual([status, error?.code], [429, "rate_limited"]);
        response.end("0.10000000000000000001}");
        assert.equal((await answer).text, '{"amount":0.10000000000000000001}');
        await gateway.settled(admin, ({ underWay: open }) => open === 0);
      }
    });
  });

  for (const [where, settings] of [["with sessions", {}], ["in development", { SESSION_SECRET: undefined }]]) {
    test(`a stream keeps its place to its end, ${where}`, async () => {
      await withApi(settings, async (gateway, api) => {
        const headers = { "content-type": "application/json", ...bearer(freshToken()) };
        const asked = fetch(gateway.url + paths.chat, { method: "POST", headers, body: JSON.stringify(streamed) });
        const { response } = await api.next();
        response.writeHead(200, { "content-type": "text/event-stream" }).write("data: 1\n\n");
        const reader = (await asked).body.getReader();
        assert.equal(Buffer.from((await reader.read()).value).toString(), "data: 1\n\n");
        assert.deepEqual(await underWay(gateway), [1, 1]);
        response.end();
        assert.equal((await reader.read()).done, true);
        await gateway.settled(admin, ({ underWay: open }) => open === 0);
      });
    });
  }

  test("the session's limits do not bind the owner's programs", async () => {
    const token = "a-client-token-of-the-owner";
    const CLIENT_TOKENS = `ci:${createHash("sha256").update(token).digest("hex")}`;
    await withApi({ CLIENT_TOKENS, SESSION_BUDGET: "1", SESSION_IN_FLIGHT: "1" }, async (gateway, api) => {
      const answers = [1, 2, 3].map(() => gateway.post(paths.perp, undefined, bearer(token)));
      for (let call = 0; call < 3; call += 1) (await api.next()).answer(200);
      assert.deepEqual((await Promise.all(answers)).map(({ status }) => status), [200, 200, 200]);
    });
  });

  test("the kill switch stops every call of every caller", async () => {
    const token = "a-client-token-of-the-owner";
    const CLIENT_TOKENS = `ci:${createHash("sha256").update(token).digest("hex")}`;
    for (const KILL_SWITCH of ["on", "true", "1", true]) {
      await withBudget({ CLIENT_TOKENS, KILL_SWITCH }, async (gateway) => {
        for (const caller of [freshToken(), token]) {
          for (const [path, body] of [...Object.entries(bodies), [paths.chat, streamed], [paths.chat, { ...chat, background: true }]]) {
            assert.equal((await gateway.post(path, body, bearer(caller))).error?.code, "budget_exhausted", `${KILL_SWITCH} ${path}`);
          }
        }
        assert.equal(gateway.posts, 0);
      });
    }
  });

  test("the kill switch stops calls and nothing else", async () => {
    await withBudget({ KILL_SWITCH: "on" }, async (gateway) => {
      const { status, error } = await gateway.post(paths.perp, undefined, bearer(freshToken()));
      assert.deepEqual([status, error.code, error.retryAfter], [429, "budget_exhausted", 3600]);
      assert.equal(error.message, "The owner has switched calls off. Nothing was sent.");
      assert.equal((await gateway.post(paths.perp, {}, bearer(freshToken()))).status, 400);
      assert.equal((await gateway.request(`${paths.chat}/requests/none`, { headers: bearer(freshToken()) })).status, 404);
      assert.equal(gateway.posts, 0);
    });
  });

  for (const [name, budget] of [["is not there", "none"], ["fails", "failing"]]) {
    test(`while its object ${name}, nothing is sent`, async () => {
      await withBudget(
        {},
        async (gateway) => {
          for (const path of Object.values(paths)) {
            const { status, error } = await gateway.post(path, undefined, bearer(freshToken()));
            assert.deepEqual([status, error.code, error.outcome], [503, "not_configured", "refused"]);
            assert.equal(error.message, "The budget cannot be reached, so nothing was sent: try again later.");
          }
          const job = await gateway.request(`${paths.chat}/requests/bg_1`, { headers: bearer(freshToken()) });
          assert.equal(job.status, 503);
          assert.equal(gateway.sandbox.requests.length, 0);
        },
        { budget },
      );
    });
  }

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
          const headers = { "content-type": "application/json", ...busy };
          const stream = await fetch(gateway.url + paths.chat, { method: "POST", headers, body: JSON.stringify(streamed) });
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

describe("repetitions under a requestId", () => {
  const repeated = { ...chat, requestId: "r" };

  test("a call that is repeated is charged once, and another body is a conflict", async () => {
    await withBudget({}, async (gateway) => {
      const token = freshToken();
      const ask = (content) => {
        const body = { ...repeated, message: { role: "user", content } };
        return gateway.post(paths.chat, body, bearer(token));
      };
      const answers = await Promise.all([ask("one"), ask("one"), ask("one")]);
      for (const { status } of answers) assert.ok(status === 200 || status === 202, `${status}`);
      const { status, error } = await ask("two");
      assert.deepEqual([status, error.code], [409, "conflict"]);
      assert.equal(gateway.sandbox.counters.charges, 1);
      const usage = await gateway.settled(admin, ({ underWay }) => underWay === 0);
      assert.deepEqual(usage.routes, [{ route: "chat", calls: 3, charged: 1 }]);
    });
  });

  test("in development too a call that is repeated is charged once, another body is a conflict, and chats are not looked up", async () => {
    await withBudget({ SESSION_SECRET: undefined }, async (gateway) => {
      for (let call = 0; call < 2; call += 1) assert.ok((await gateway.post(paths.chat, repeated)).status < 300);
      assert.equal((await gateway.post(paths.chat, { ...repeated, mode: "expert" })).error?.code, "conflict");
      assert.equal((await gateway.usage(admin)).charged, 1);
      assert.equal(gateway.sandbox.requests[0].body.requestId, "r");
      gateway.sandbox.script({ body: { chatId: "chat_1", content: "ok" } });
      assert.equal((await gateway.post(paths.chat, { ...chat, chatId: "chat_1" })).status, 200);
    });
  });

  test("a repetition after a refusal is charged, because the refused call was not", async () => {
    await withBudget({ SESSION_BUDGET: "1" }, async (gateway) => {
      const token = bearer(freshToken());
      gateway.sandbox.script({ status: 429 });
      assert.equal((await gateway.post(paths.chat, repeated, token)).status, 429);
      assert.equal((await gateway.usage(admin)).charged, 0, "the cost came back before the refusal was answered");
      assert.equal((await gateway.post(paths.chat, repeated, token)).status, 200);
      assert.equal((await gateway.usage(admin)).charged, 1);
    });
  });

  test("a call that is refused while its repetition is under way stays charged: the repetition may be billed", async () => {
    await withApi({}, async (gateway, api) => {
      const token = bearer(freshToken());
      const first = gateway.post(paths.chat, repeated, token);
      const firstCall = await api.next();
      const second = gateway.post(paths.chat, repeated, token);
      const secondCall = await api.next();
      firstCall.answer(429);
      assert.equal((await first).status, 429);
      secondCall.answer(200, { chatId: "chat_1", content: "paid for" });
      assert.equal((await second).status, 200);
      const { charged, underWay: open } = await gateway.usage(admin);
      assert.deepEqual([charged, open], [1, 0]);
      assert.deepEqual(gateway.worker.lines().slice(0, 2).map(({ status, cost }) => [status, cost]), [[429, 1], [200, 0]]);
    });
  });

  test("of 50 at once in a session with one place, one reaches the API and the others are rate_limited", async () => {
    await withApi({ SESSION_IN_FLIGHT: "1" }, async (gateway, api) => {
      const token = bearer(freshToken());
      const codes = [];
      const calls = Array.from({ length: 50 }, async () => {
        const { status, error } = await gateway.post(paths.chat, repeated, token);
        codes.push(`${status} ${error?.code ?? "ok"}`);
        // The one that got through is answered when it is the only one left.
        if (codes.length === 49) (await api.next()).answer(200, { chatId: "chat_1" });
      });
      await Promise.all(calls);
      assert.deepEqual(codes, [...Array(49).fill("429 rate_limited"), "200 ok"]);
      assert.equal(api.calls.length, 1);
    });
  });

  test("a repetition has a place of its own, and its end frees no other", async () => {
    await withApi({ SESSION_IN_FLIGHT: "2" }, async (gateway, api) => {
      const token = bearer(freshToken());
      const first = gateway.post(paths.chat, repeated, token);
      const firstCall = await api.next();
      const again = gateway.post(paths.chat, repeated, token);
      const againCall = await api.next();
      assert.deepEqual(await underWay(gateway), [2, 1]);
      assert.equal((await gateway.post(paths.perp, undefined, token)).error.code, "rate_limited");
      againCall.answer(202, { id: "bg_1", status: "in_progress" });
      assert.equal((await again).status, 202);
      assert.deepEqual(await underWay(gateway), [1, 1], "the first one's place is still taken");
      firstCall.answer(200, { chatId: "chat_1" });
      assert.equal((await first).status, 200);
      assert.deepEqual(await underWay(gateway), [0, 1]);
    });
  });

  test("eight repetitions cost nothing; from then on each costs what a new call does, within the budget", async () => {
    await withBudget({ SESSION_BUDGET: "2" }, async (gateway) => {
      const token = bearer(freshToken());
      const ask = () => gateway.post(paths.chat, repeated, token);
      gateway.sandbox.script([{ status: 500, times: 9 }, { status: 429 }, { status: 500 }]);
      const statuses = [];
      for (let call = 0; call < 11; call += 1) statuses.push((await ask()).status);
      assert.deepEqual(statuses, [...Array(9).fill(502), 429, 502]);
      const { error } = await ask();
      assert.deepEqual([error.code, error.message], ["budget_exhausted", "This session's budget is used up. Nothing was sent."]);
      assert.equal(gateway.posts, 11);
      const { charged, routes } = await gateway.settled(admin, ({ underWay: open }) => open === 0);
      assert.deepEqual([charged, routes], [2, [{ route: "chat", calls: 11, charged: 2 }]]);
      const costs = gateway.worker.lines().slice(0, 11).map(({ cost }) => cost);
      assert.deepEqual(costs, [1, ...Array(8).fill(0), 0, 1], "the tenth was refused, so its cost came back");
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

async function underWay(gateway) {
  const usage = await gateway.usage(admin);
  return [usage.underWay, usage.charged];
}
