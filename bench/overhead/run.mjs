// What the Worker costs: throughput, latency and processor time per call, beside a gateway of the same duties written
// with Hono and zod and beside no gateway at all. Bare workerd, loopback, rounds interleaved; ratios of medians.
//
// node bench/overhead/run.mjs [--rounds 7] [--count 3000] [--connections 16] [--json file]
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { buildWorker } from "../../scripts/build/worker.mjs";
import { runMain } from "../../scripts/process/main.mjs";
import { setUp } from "../../scripts/setup/index.mjs";

const options = { rounds: "7", count: "3000", connections: "16" };
const { values } = parseArgs({
  options: Object.fromEntries([...Object.keys(options), "json"].map((name) => [name, { type: "string" }])),
});
const [rounds, count, connections] = Object.entries(options).map(([name, usual]) => Number(values[name] ?? usual));

await runMain(async () => {
  const env = await setUp();
  await buildWorker(env);
  // In memory where that can be: how fast a disk confirms the budget's writes is no matter of the Worker's.
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "minara-overhead-"));
  try {
    // What it imports is there only once all is set up.
    const { measureAll } = await import("./measure.mjs");
    const results = await measureAll(folder, env, { rounds, count, connections });
    for (const [scenario, rows] of Object.entries(results)) print(scenario, rows);
    if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function print(scenario, rows) {
  console.log(`\n${scenario}: ${rounds} rounds of ${count} calls over ${connections} connections`);
  console.log("| | requests/s | to Hono | p50 ms | p99 ms | first byte ms | processor µs/call | to Hono |");
  console.log("| --- | --: | --: | --: | --: | --: | --: | --: |");
  for (const [name, row] of Object.entries(rows)) {
    const to = (figure) => (row[figure] / rows["Hono + zod"][figure]).toFixed(2);
    const cells = [row.perSecond.toFixed(0), to("perSecond"), ...["p50", "p99", "firstByte"].map((f) => row[f].toFixed(2))];
    console.log(`| ${[name, ...cells, row.processor.toFixed(0), to("processor")].join(" | ")} |`);
  }
}
