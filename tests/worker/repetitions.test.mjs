// The same chat again under its requestId: what it costs, and which places it takes.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { admin, chat, underWay, withApi, withBudget } from "./budget.fixture.mjs";
import { bearer, freshToken, paths } from "./gateway.mjs";

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
