// Calls that the API refuses: how many of a visitor's cost nothing, and what is said of one that repeats another.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";

import { admin, chat, withBudget } from "./budget.fixture.mjs";
import { bearer, bodies, freshToken, paths } from "./gateway.mjs";

const FREE = 16;
const refused = { ...bodies[paths.swap], chain: "nope" };
/** So many times one call after the other; gives statuses with codes. */
async function inTurn(count, ask) {
  const seen = [];
  for (let call = 0; call < count; call += 1) {
    const { status, error } = await ask(call);
    seen.push(`${status} ${error?.code ?? "ok"}`);
  }
  return seen;
}

describe("refused calls", () => {
  test("of a visitor cost nothing sixteen times a day; from then on each is charged, and the session's budget ends them", async () => {
    await withBudget({ SESSION_BUDGET: "3" }, async (gateway) => {
      const token = bearer(freshToken());
      const ask = () => gateway.post(paths.swap, refused, token);
      assert.deepEqual(await inTurn(FREE, ask), Array(FREE).fill("400 invalid_request"));
      assert.equal((await gateway.usage(admin)).charged, 0);
      const { error } = await ask();
      assert.deepEqual([error.outcome, error.message], ["refused", "The API refused the request. Nothing was billed."]);
      assert.equal((await gateway.usage(admin)).charged, 1, "the Worker's own books");
      const more = await inTurn(10, ask);
      assert.deepEqual(more, [...Array(2).fill("400 invalid_request"), ...Array(8).fill("429 budget_exhausted")]);
      assert.equal(gateway.posts, FREE + 3);
      const costs = gateway.worker.lines().filter(({ status }) => status === 400).map(({ cost }) => cost);
      assert.deepEqual(costs, [...Array(FREE).fill(0), 1, 1, 1]);
      assert.equal((await gateway.post(paths.swap, refused, bearer(freshToken()))).status, 400, "others go on");
      assert.equal((await gateway.usage(admin)).charged, 3);
    });
  });

  test("count under one requestId as under many", async () => {
    await withBudget({ SESSION_BUDGET: "1" }, async (gateway) => {
      const token = bearer(freshToken());
      gateway.sandbox.script({ status: 422, times: 100 });
      const seen = await inTurn(FREE + 1, () => gateway.post(paths.chat, { ...chat, requestId: "r" }, token));
      assert.deepEqual(seen, Array(FREE + 1).fill("400 invalid_request"));
      const { error } = await gateway.post(paths.chat, { ...chat, requestId: "s" }, token);
      assert.equal(error.code, "budget_exhausted");
      assert.equal(gateway.posts, FREE + 1);
    });
  });

  test("count on when the object begins again", async () => {
    const state = mkdtempSync(join(tmpdir(), "minara-refunds-"));
    const token = bearer(freshToken());
    const ask = (gateway) => () => gateway.post(paths.swap, refused, token);
    try {
      await withBudget({ SESSION_BUDGET: "1" }, (gateway) => inTurn(FREE - 1, ask(gateway)), { state });
      await withBudget({ SESSION_BUDGET: "1" }, async (gateway) => {
        assert.deepEqual(await inTurn(3, ask(gateway)), ["400 invalid_request", "400 invalid_request", "429 budget_exhausted"]);
      }, { state });
    } finally {
      rmSync(state, { recursive: true, force: true });
    }
  });

  test("of the owner's programs cost nothing, however many", async () => {
    const token = "a-client-token-of-the-owner";
    const CLIENT_TOKENS = `ci:${createHash("sha256").update(token).digest("hex")}`;
    await withBudget({ CLIENT_TOKENS, DAILY_BUDGET: "1" }, async (gateway) => {
      const seen = await inTurn(FREE + 4, () => gateway.post(paths.swap, refused, bearer(token)));
      assert.deepEqual(seen, Array(FREE + 4).fill("400 invalid_request"));
      assert.equal((await gateway.usage(admin)).charged, 0);
    });
  });
});

describe("the refusal of a repetition", () => {
  for (const [status, code, what] of [
    [400, "invalid_request", "The API refused the request."],
    [402, "payment_required", "The service has no credits left."],
    [403, "forbidden", "The API does not allow this call."],
    [409, "conflict", "The API does not take this requestId again."],
    [429, "rate_limited", "The API takes no more calls at the moment: wait before the next one."],
  ]) {
    test(`${status}: it does not say that nothing was billed`, async () => {
      await withBudget({}, async (gateway) => {
        const ask = () => gateway.post(paths.chat, { ...chat, requestId: "r" }, token);
        const token = bearer(freshToken());
        gateway.sandbox.script([{ status: 500, charge: true }, { status }]);
        assert.equal((await ask()).error.outcome, "unknown");
        const { error } = await ask();
        const note = "An earlier attempt under this requestId may have been billed: look it up, or send the call again under the same requestId. A new one may be charged a second time.";
        assert.deepEqual([error.code, error.outcome, error.message], [code, "unknown", `${what} ${note}`]);
        assert.equal((await gateway.usage(admin)).charged, 1);
      });
    });
  }
});

describe("a look-up", () => {
  test("of an id that its caller never used is answered without the API", async () => {
    await withBudget({}, async (gateway) => {
      const [one, other] = [bearer(freshToken()), bearer(freshToken())];
      const look = (id, token) => gateway.request(`${paths.chat}/requests/${id}`, { headers: token });
      const { json } = await gateway.post(paths.chat, { ...chat, background: true, requestId: "mine" }, one);
      for (const id of ["mine", json.id]) assert.equal((await look(id, one)).status, 200, id);
      const asked = gateway.sandbox.requests.length;
      for (const [id, token] of [["mine", other], [json.id, other], ["never", one], ["bg_0", one]]) {
        const { status, error } = await look(id, token);
        assert.deepEqual([status, error.code, error.message], [404, "not_found", "There is no such job."], id);
      }
      assert.equal(gateway.sandbox.requests.length, asked);
    });
  });
});
