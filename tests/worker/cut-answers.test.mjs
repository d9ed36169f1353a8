// A JSON answer that does not arrive whole at the Worker: what the caller is told, and that the package's client gets
// it all the same where it may ask for it again.
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Minara } from "minara";

import { admin, withBudget } from "./budget.fixture.mjs";
import { bearer, bodies, freshToken, paths } from "./gateway.mjs";

const broken = {
  status: 502,
  code: "network",
  outcome: "unknown",
  message: "The API's answer did not arrive whole. The call may have been billed.",
};
const late = {
  status: 504,
  code: "timeout",
  outcome: "unknown",
  message: "The API began to answer but did not finish within 1.5 seconds. The call may have been billed.",
};
const tooLarge = { status: 502, code: "bad_response", outcome: "done", message: "The API's answer is too long to be one." };

/** What the API does to one answer, which it has charged by then and, under a `requestId`, stored. */
const passing = [
  { fault: "is reset after its headers", script: { reset: "after-headers" }, told: broken },
  { fault: "is reset in its middle", script: { reset: 20 }, told: broken },
  { fault: "ends before its end", script: { cut: 20 }, told: broken },
  { fault: "falls silent", script: { stall: 20 }, told: late },
];
const final = {
  fault: "is over 4 MiB",
  script: { bodySize: 4 * 1024 * 1024 + 1, contentType: "application/json", charge: true },
  told: tooLarge,
};

/** A Worker that waits for an answer's body no longer than the tests do. */
const withWorker = (body, options) => withBudget({ TOTAL_TIMEOUT_MS: "1500" }, body, options);

/** What the API was asked and has charged, and what the books say of it. */
async function bill(gateway) {
  const { charged } = await gateway.settled(admin, ({ underWay }) => underWay === 0);
  return { posts: gateway.posts, charges: gateway.sandbox.counters.charges, booked: charged };
}

/** What the package's client makes of one call under such options. */
async function ask(gateway, options) {
  const minara = new Minara({ baseUrl: `${gateway.url}/api`, apiKey: freshToken(), fetch: gateway.fetch });
  const answer = minara.chat({ message: "Why did SOL rise today?" }, options);
  return answer.then(({ content }) => content, ({ status, code, outcome, message }) => ({ status, code, outcome, message }));
}

describe("an answer that does not arrive whole", () => {
  for (const { fault, script, told } of [...passing, final]) {
    test(`because it ${fault} is ${told.code} to who called, and charged`, () =>
      withWorker(async (gateway) => {
        gateway.sandbox.script({ ...script, times: 2 });
        const calls = [paths.chat, paths.perp].map((path) => gateway.post(path, bodies[path], bearer(freshToken())));
        for (const { status, error } of await Promise.all(calls)) {
          const { code, outcome, message } = error;
          assert.deepEqual({ status, code, outcome, message }, told);
        }
        assert.deepEqual(await bill(gateway), { posts: 2, charges: 2, booked: 2 });
      }));

    test(`because it ${fault} is ${told.code} to who looks up a job, and costs nothing`, () =>
      withWorker(async (gateway) => {
        const headers = bearer(freshToken());
        const { json: job } = await gateway.post(paths.chat, { ...bodies[paths.chat], background: true }, headers);
        gateway.sandbox.script({ ...script, charge: false });
        const { status, error } = await gateway.request(`${paths.chat}/requests/${job.id}`, { headers });
        const message = told.message.replace("The call may have been billed.", "The look-up costs nothing: look again.");
        assert.deepEqual([status, error.code, error.outcome, error.message], [told.status, told.code, "refused", message]);
        assert.deepEqual(await bill(gateway), { posts: 1, charges: 1, booked: 1 });
      }));

    test(`because it ${fault} fails the client's call without a requestId, which it does not repeat`, () =>
      withWorker(async (gateway) => {
        gateway.sandbox.script(script);
        assert.deepEqual(await ask(gateway), told);
        assert.deepEqual(await bill(gateway), { posts: 1, charges: 1, booked: 1 });
      }));
  }

  test("because it is over 4 MiB fails the client's call under a requestId too: it would be so again", () =>
    withWorker(async (gateway) => {
      gateway.sandbox.script(final.script);
      assert.deepEqual(await ask(gateway, { requestId: "report-7" }), tooLarge);
      assert.deepEqual(await bill(gateway), { posts: 1, charges: 1, booked: 1 });
    }));
});

for (const replay of ["job", "answer"]) {
  describe(`under a requestId, from an API that repeats an answer as the ${replay}`, () => {
    for (const { fault, script } of passing) {
      test(`the client gets an answer that ${fault} by asking once more, and it is billed once`, () =>
        withWorker(
          async (gateway) => {
            gateway.sandbox.script({ ...script, content: "SOL is up" });
            assert.equal(await ask(gateway, { requestId: "report-7" }), "SOL is up");
            assert.deepEqual(await bill(gateway), { posts: 2, charges: 1, booked: 1 });
            const [first, second] = gateway.sandbox.requests.map(({ body }) => body);
            assert.deepEqual(second, first, "the repetition is the same call, under the same id");
          },
          { sandbox: { replay } },
        ));
    }
  });
}
