// What the Worker costs: throughput, latency and processor time per call, beside a gateway of the same duties written
// with Hono and zod and beside no gateway at all. Bare workerd, loopback, rounds interleaved; ratios of medians.
//
// node bench/overhead/run.mjs [--rounds 7] [--count 3000] [--connections 16] [--json file]
import { execFileSync, fork } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { build } from "esbuild";

import { buildWorker } from "../../scripts/build/worker.mjs";
import { setUp } from "../../scripts/setup/index.mjs";
import { freshToken, sessionSecret } from "../../tests/worker/gateway.mjs";
import { startWorkerd } from "../../tests/worker/workerd.mjs";
import { load, quantile } from "./load.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const options = { rounds: "7", count: "3000", connections: "16" };
const { values } = parseArgs({
  options: Object.fromEntries([...Object.keys(options), "json"].map((name) => [name, { type: "string" }])),
});
const [rounds, count, connections] = Object.entries(options).map(([name, usual]) => Number(values[name] ?? usual));

const scenarios = {
  "chat, JSON": ["chat", { mode: "fast", stream: false, message: { role: "user", content: "Why did SOL rise today?" } }],
  "perp, JSON": ["perp-trading-suggestion", { symbol: "BTC", style: "day-trading", marginUSD: 1000, leverage: 10 }],
  "chat, stream": ["chat", { mode: "fast", stream: true, message: { role: "user", content: "Why did SOL rise today?" } }],
};

/** Processor seconds of a process so far. */
function processor(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").replace(/^.*\) /, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}
const ticks = Number(execFileSync("getconf", ["CLK_TCK"]));

/** A request under a session of its own now and then, as visitors come and go. */
function requests(prefix, path, body) {
  const text = JSON.stringify(body);
  const tokens = Array.from({ length: 50 }, () => freshToken());
  let at = 0;
  return () =>
    `POST ${prefix}/v1/developer/${path} HTTP/1.1\r\nhost: localhost\r\norigin: http://localhost\r\n` +
    `sec-fetch-site: same-origin\r\ncf-connecting-ip: 192.0.2.1\r\naccept: application/json\r\n` +
    `content-type: application/json\r\nauthorization: Bearer ${tokens[at++ % tokens.length]}\r\n` +
    `content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

const env = await setUp();
await buildWorker(env);

// In memory where that can be: how fast a disk confirms the budget's writes is no matter of the Worker's.
const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "minara-overhead-"));
if (!existsSync(join(here, "node_modules", "hono"))) {
  execFileSync("npm", ["ci", "--silent", "--no-audit", "--no-fund"], { cwd: here, stdio: "inherit" });
}
await build({
  entryPoints: [join(here, "hono", "worker.ts")],
  outfile: join(folder, "index.js"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  external: ["cloudflare:workers"],
});

const upstream = fork(join(here, "upstream.mjs"));
const { port } = await new Promise((resolve) => upstream.once("message", resolve));
const settings = {
  MINARA_API_KEY: "sk-minara-benchmark",
  MINARA_BASE_URL: `http://127.0.0.1:${port}`,
  SESSION_SECRET: sessionSecret,
  DAILY_BUDGET: "1000000000",
  SESSION_BUDGET: "1000000000",
  SESSION_IN_FLIGHT: "1000",
};
const limits = { caller: 1e9, address: 1e9, session: 1e9 };
const minara = await startWorkerd({ settings, limits, state: join(folder, "minara"), quiet: true });
const hono = await startWorkerd({ settings, limits, state: join(folder, "hono"), build: folder, quiet: true });
const contenders = {
  "no gateway": { port, pid: upstream.pid, prefix: "" },
  "minara-worker": { port: minara.port, pid: minara.pid, prefix: "/api" },
  "Hono + zod": { port: hono.port, pid: hono.pid, prefix: "/api" },
};

const median = (numbers) => quantile(numbers, 0.5);

/** Processor milliseconds from a new workerd to its first answer. */
async function startup(build) {
  const worker = await startWorkerd({ settings, limits, state: join(folder, "startup"), build, quiet: true });
  await (await fetch(`http://127.0.0.1:${worker.port}/api/health`)).text();
  const spent = processor(worker.pid) * 1000;
  await worker.stop();
  return spent;
}
const empty = join(folder, "empty");
mkdirSync(empty);
writeFileSync(
  join(empty, "index.js"),
  "export class Budget {}\nexport default { fetch: () => Response.json({ status: 'ok' }) };\n",
);
const startups = { "an empty worker": empty, "minara-worker": undefined, "Hono + zod": folder };
console.log("\nstart-up: processor time from a new workerd to its first answer, median of 9");
for (const [name, code] of Object.entries(startups)) {
  const spent = [];
  for (let round = 0; round < 9; round += 1) spent.push(await startup(code));
  console.log(`  ${name}: ${median(spent).toFixed(0)} ms`);
}
const results = {};
for (const [scenario, [path, body]] of Object.entries(scenarios)) {
  const rows = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, { port, pid, prefix }] of Object.entries(contenders)) {
      const before = processor(pid);
      const seen = await load({ port, request: requests(prefix, path, body), connections, count });
      const spent = processor(pid) - before;
      if (seen.statuses["200"] !== count) throw new Error(`${name}: ${JSON.stringify(seen.statuses)}`);
      if (round < 0) continue; // The first round warms up.
      rows[name].push({
        perSecond: count / seen.seconds,
        p50: quantile(seen.latencies, 0.5),
        p99: quantile(seen.latencies, 0.99),
        firstByte: quantile(seen.firstBytes, 0.5),
        processor: (spent / count) * 1e6,
      });
    }
  }
  results[scenario] = Object.fromEntries(
    Object.entries(rows).map(([name, row]) => [
      name,
      Object.fromEntries(Object.keys(row[0]).map((figure) => [figure, median(row.map((one) => one[figure]))])),
    ]),
  );
}
for (const { stop } of [minara, hono]) await stop();
upstream.kill();
rmSync(folder, { recursive: true, force: true });

for (const [scenario, rows] of Object.entries(results)) {
  console.log(`\n${scenario}: ${rounds} rounds of ${count} calls over ${connections} connections`);
  console.log("| | requests/s | to Hono | p50 ms | p99 ms | first byte ms | processor µs/call | to Hono |");
  console.log("| --- | --: | --: | --: | --: | --: | --: | --: |");
  for (const [name, row] of Object.entries(rows)) {
    const to = (figure) => (row[figure] / rows["Hono + zod"][figure]).toFixed(2);
    const cells = [row.perSecond.toFixed(0), to("perSecond"), ...["p50", "p99", "firstByte"].map((f) => row[f].toFixed(2))];
    console.log(`| ${[name, ...cells, row.processor.toFixed(0), to("processor")].join(" | ")} |`);
  }
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
