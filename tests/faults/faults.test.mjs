// Every row of the table over the real transport, in Node and in Chromium: what the caller sees, and how many POSTs
// the API receives. One POST more than the table allows is a second charge for someone.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { after, before, describe, test } from "node:test";

import { Minara, MinaraError } from "minara";

import { startSandbox } from "../../sandbox/server.mjs";
import { openPage } from "./page.mjs";
import { abortRow, REASON, runMany, runRow } from "./run-row.mjs";
import { rows } from "./rows.mjs";

const KEY = "sk-minara-canary-0123456789abcdef";
const ODD_KEY = "odd:canary!0123456789";
const MANY = 200;

const lost = [];
process.on("unhandledRejection", (reason) => lost.push(reason));

/** A port that was free a moment ago, and on which no one listens. */
async function closedPort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const runtimes = {
  node: {
    sandbox: { key: [KEY, ODD_KEY] },
    async open({ url }) {
      const config = (at) => ({ baseUrl: at ?? url, apiKey: KEY });
      return {
        run: (row, at) => runRow(row, { Minara, MinaraError, config: config(at), lost }),
        abort: abortRow,
        many: () => runMany(MANY, { Minara, config: config() }),
        close: async () => {},
      };
    },
  },
  chromium: {
    sandbox: { key: null, cors: true },
    async open({ url }) {
      const { page, close } = await openPage();
      return {
        run: ({ body: _, inPage: __, ...row }, at) =>
          page.evaluate(([row, config]) => runRow(row, config), [row, { baseUrl: at ?? freshHost(url) }]),
        abort: () => page.evaluate("abortRow()"),
        many: () => page.evaluate(([count, config]) => runMany(count, config), [MANY, { baseUrl: url }]),
        close,
      };
    },
  },
};

let hosts = 0;
/** Each name of this machine has connections of its own: what a row meets does not depend on the rows before it. */
const freshHost = (url) => url.replace("127.0.0.1", `row-${++hosts}.localhost`);

for (const [runtime, { sandbox: settings, open }] of Object.entries(runtimes)) {
  describe(`faults in ${runtime}`, () => {
    let sandbox;
    let caller;
    let nowhere;
    const table = rows.map((row) => (runtime === "chromium" ? { ...row, ...row.inPage } : row));

    before(async () => {
      nowhere = `http://127.0.0.1:${await closedPort()}`;
      sandbox = await startSandbox(settings);
      caller = await open(sandbox);
    });
    after(async () => {
      await caller?.close();
      await sandbox?.close();
    });

    /** Gives up for the caller once its request, or its look-up, has reached the server. */
    async function abortOnArrival({ abort }, earlier) {
      if (abort?.at !== "arrival" && abort?.at !== "look-up") return;
      const count = abort.at === "arrival" ? "posts" : "lookups";
      await sandbox.until(() => totals(sandbox)[count] > earlier[count]);
      await caller.abort();
    }

    for (const row of table) {
      test(row.name, async (t) => {
        t.after(() => fetch(`${sandbox.url}/__sandbox/faults`, { method: "DELETE" }));
        const { faults = [], posts = 1, charges = posts, lookups = 0 } = row;
        const earlier = totals(sandbox);
        sandbox.script(faults);
        const running = caller.run(row, row.at === "closed" ? nowhere : undefined);
        await abortOnArrival(row, earlier);
        const saw = await running;
        if (row.leaves) await sandbox.until(() => totals(sandbox).left > earlier.left);
        const now = totals(sandbox);
        report(runtime, row, saw, now.posts - earlier.posts);
        checkSight(row, saw);
        assert.deepEqual(
          { posts: now.posts - earlier.posts, charges: now.charges - earlier.charges, lookups: now.lookups - earlier.lookups },
          { posts, charges, lookups },
        );
        assert.equal(saw.attempts, row.attempts ?? posts + lookups, "requests that the hooks saw");
        assert.deepEqual(sandbox.faults, [], "faults that no request met");
        assert.deepEqual(saw.lost, [], "rejections that no one handled");
        assert.equal(saw.listeners, 0, "listeners left on the caller's signal");
        checkSecrets(saw);
      });
    }

    test(`${MANY} streams at once`, async () => {
      const earlier = totals(sandbox);
      sandbox.script({ content: "all of it", split: 50, times: MANY });
      assert.deepEqual(await caller.many(), { read: MANY, texts: ["all of it"] });
      assert.equal(totals(sandbox).posts - earlier.posts, MANY);
    });

    test("the API received as many POSTs as the table allows, and no connection is left in use", async () => {
      const allowed = table.reduce((sum, { posts = 1 }) => sum + posts, MANY);
      assert.equal(totals(sandbox).posts, allowed);
      await sandbox.until(({ counters }) => counters.openRequests === 0);
      console.log(`${runtime}: ${table.length + 1} rows, ${allowed} POSTs, as many as the table allows`);
    });
  });
}

function totals({ counters }) {
  const posts = Object.values(counters.posts).reduce((sum, count) => sum + count, 0);
  return { posts, charges: counters.charges, lookups: counters.statusLookups, left: counters.closedByClient };
}

function checkSight(row, saw) {
  if (row.thrown) return assert.equal(saw.thrown, REASON);
  if (!row.error) return assert.deepEqual({ answer: saw.answer, error: saw.error }, { answer: row.answer, error: undefined }, saw.message ?? String(saw.thrown));
  const told = { ...saw.error };
  const error = { ...row.error };
  for (const name of row.loose ?? []) delete told[name];
  if (error.code === "network" && error.partial !== undefined) {
    assert.ok(error.partial.startsWith(told.partial ?? ""), told.partial);
    delete told.partial;
    delete error.partial;
  }
  assert.deepEqual(told, error, `${saw.message ?? saw.thrown ?? JSON.stringify(saw.answer)}`);
  if (row.message) assert.ok(saw.message.includes(row.message), saw.message);
  if (row.body) assert.ok(row.body(saw.body), `body: ${saw.body?.slice(0, 200)} (${saw.body?.length})`);
}

/** No key, neither its own form nor any part of it, in anything that hangs on an error. */
function checkSecrets({ everything = "", thrown }) {
  const text = `${everything}${thrown}`.toLowerCase();
  for (const secret of ["canary-0123", "canary0123456789", "canary!0123"]) {
    assert.ok(!text.includes(secret), `a secret in ${text}`);
  }
}

function report(runtime, row, { answer, error, thrown, message }, posts) {
  const told = error && [error.code, error.status, error.outcome, error.partial && `partial ${JSON.stringify(error.partial)}`];
  const words = told ? told.filter(Boolean).join(" · ") : thrown ? `rejects with ${JSON.stringify(String(thrown))}` : `gives ${JSON.stringify(answer)}`;
  console.log(`${runtime.padEnd(8)} | ${row.name} | ${words} | ${posts} POST | ${message ?? ""}`);
}
