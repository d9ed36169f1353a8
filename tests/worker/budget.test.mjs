// What is let through: a day's budget, a session's share of it and its places, and the switch that stops all calls.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";

import { admin, chat, underWay, withApi, withBudget } from "./budget.fixture.mjs";
import { bearer, bodies, freshToken, paths, streamed } from "./gateway.mjs";

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
      const open = () => gateway.open(paths.chat, streamed, bearer(token), leaving.signal);
      const streams = [await open(), await open()];
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
        const asked = gateway.open(paths.chat, streamed, bearer(freshToken()));
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

  test("limits are those of the Worker that asks, not those with which the object was made", async () => {
    // A question after the mark goes to the object as it is.
    const driver = `export default {
      fetch(request, { BUDGET, GATEWAY }) {
        const question = request.url.split("/object/")[1];
        return question ? BUDGET.get(BUDGET.idFromName("budget")).fetch("https://budget/" + question) : GATEWAY.fetch(request);
      },
    };`;
    await withBudget({ DAILY_BUDGET: "2" }, async (gateway) => {
      const ask = async (question) => (await gateway.request(`/object/${question}`)).json;
      const reserve = (lease, limits) => ask(`reserve?lease=${lease}&caller=a&visitor=true&route=chat&cost=1&hash=&chat=&attempt=${limits}`);
      assert.equal(await reserve("w-1", "&day=9&session=1&in_flight=9&lease_ms=60000"), "reserved");
      assert.equal(await reserve("w-2", "&day=9&session=1&in_flight=9&lease_ms=60000"), "session_spent");
      assert.equal(await reserve("w-2", "&day=9&session=9&in_flight=1&lease_ms=60000"), "busy");
      assert.ok("day_spent" in (await reserve("w-2", "&day=1&session=9&in_flight=9&lease_ms=60000")));
      assert.equal(await reserve("w-2", "&day=3&session=9&in_flight=9&lease_ms=60000"), "reserved");
      assert.ok("day_spent" in (await reserve("w-3", "")), "an older Worker sends none: then the object's own hold");
      assert.equal((await ask("usage?day=7&session=9&in_flight=9&lease_ms=60000")).left, 5);
      const { dailyBudget, left, charged } = await gateway.usage(admin);
      assert.deepEqual([dailyBudget, left, charged], [2, 0, 2]);
    }, { driver });
  });

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
});
