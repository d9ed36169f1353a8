// How many calls one budget object can book and settle in a second, with its database in memory and on a disk.
//
// node bench/overhead/budget.mjs [--count 5000] [--at-once 64]
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { buildWorker } from "../../scripts/build/worker.mjs";
import { runMain } from "../../scripts/process/main.mjs";
import { setUp } from "../../scripts/setup/index.mjs";
import { startWorkerd } from "../../tests/worker/workerd.mjs";

const options = { count: { type: "string", default: "5000" }, "at-once": { type: "string", default: "64" } };
const { values } = parseArgs({ options });
const [count, atOnce] = [Number(values.count), Number(values["at-once"])];
const share = Math.ceil(count / atOnce);

const settings = { MINARA_API_KEY: "sk-minara-benchmark", DAILY_BUDGET: "1000000000" };
const driver = `
export default {
  async fetch(request, { BUDGET }) {
    const { searchParams } = new URL(request.url);
    const first = Number(searchParams.get("first"));
    const budget = BUDGET.get(BUDGET.idFromName("budget"));
    const ask = async (question) => (await budget.fetch("https://budget/" + question)).text();
    for (let call = first; call < first + Number(searchParams.get("count")); call += 1) {
      const said = await ask("reserve?lease=" + call + "&caller=s" + (call % 50) + "&visitor=false&route=chat&cost=1&hash=&chat=");
      if (said !== '"reserved"') throw new Error(said);
      await ask("settle?lease=" + call + "&caller=s&spent=true&open=false&chat=chat_" + call + "&job=");
    }
    return new Response("ok");
  },
};`;

await runMain(async () => {
  await buildWorker(await setUp());
  if (existsSync("/dev/shm")) await report("memory", "/dev/shm");
  await report("disk", tmpdir());
});

/** @param {string} name @param {string} base  where its database is to lie */
async function report(name, base) {
  const state = mkdtempSync(join(base, "minara-budget-"));
  const worker = await startWorkerd({ settings, state, driver, quiet: true });
  try {
    await bookAll(worker.url, 0);
    const started = performance.now();
    await bookAll(worker.url, 1);
    const seconds = (performance.now() - started) / 1000;
    console.log(`${name}: ${((share * atOnce) / seconds).toFixed(0)} calls booked and settled per second, ${atOnce} at once`);
  } finally {
    await worker.stop();
    rmSync(state, { recursive: true, force: true });
  }
}

/** Books and settles all calls once, of which no other round has the ids. @param {string} url @param {number} round */
async function bookAll(url, round) {
  const parts = Array.from({ length: atOnce }, (_, part) => (round * atOnce + part) * share);
  const answers = await Promise.all(parts.map((first) => fetch(`${url}/?first=${first}&count=${share}`)));
  for (const answer of answers) if ((await answer.text()) !== "ok") throw new Error("the budget refused");
}
