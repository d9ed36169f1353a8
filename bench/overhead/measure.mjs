// Calls in rounds, each of which every contender has in turn, and what they cost.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { freshToken } from "../../tests/worker/gateway.mjs";
import { median, quantile } from "../statistics.mjs";
import { buildWorkers, startContenders, startWorker } from "./contenders.mjs";
import { load } from "./load.mjs";

/** @typedef {{ rounds: number, count: number, connections: number }} Amount */

const ticks = Number(execFileSync("getconf", ["CLK_TCK"]));

const question = { mode: "fast", message: { role: "user", content: "Why did SOL rise today?" } };
const scenarios = {
  "chat, JSON": ["chat", { ...question, stream: false }],
  "perp, JSON": ["perp-trading-suggestion", { symbol: "BTC", style: "day-trading", marginUSD: 1000, leverage: 10 }],
  "chat, stream": ["chat", { ...question, stream: true }],
};

/**
 * The medians of each contender in each scenario.
 * @param {string} folder  for what is built, and for databases
 * @param {NodeJS.ProcessEnv} env
 * @param {Amount} amount
 */
export async function measureAll(folder, env, amount) {
  const code = await buildWorkers(folder, env);
  const { contenders, stop } = await startContenders(folder, code);
  try {
    await measureStartUps(folder, code);
    const results = {};
    for (const [scenario, call] of Object.entries(scenarios)) results[scenario] = await measureCalls(contenders, call, amount);
    return results;
  } finally {
    await stop();
  }
}

async function measureStartUps(folder, code) {
  console.log("\nstart-up: processor time from a new workerd to its first answer, median of 9");
  for (const [name, build] of Object.entries(code)) {
    const spent = [];
    for (let round = 0; round < 9; round += 1) spent.push(await startUp(join(folder, "startup"), build));
    console.log(`  ${name}: ${median(spent).toFixed(0)} ms`);
  }
}

/** Processor milliseconds from a new workerd to its first answer. */
async function startUp(state, build) {
  const worker = await startWorker(state, build);
  await (await fetch(`${worker.url}/api/health`)).text();
  const spent = processor(worker.pid) * 1000;
  await worker.stop();
  return spent;
}

/**
 * @param {Record<string, import("./contenders.mjs").Contender>} contenders
 * @param {Amount} amount
 */
async function measureCalls(contenders, [path, body], { rounds, ...amount }) {
  const rows = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, contender] of Object.entries(contenders)) {
      const row = await measureRound(name, contender, { path, body, ...amount });
      // The first one warms up.
      if (round >= 0) rows[name].push(row);
    }
  }
  return Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, medians(row)]));
}

async function measureRound(name, { port, pid, prefix }, { path, body, count, connections }) {
  const before = processor(pid);
  const seen = await load({ port, request: requests(prefix, path, body), connections, count });
  const spent = processor(pid) - before;
  if (seen.statuses["200"] !== count) throw new Error(`${name}: ${JSON.stringify(seen.statuses)}`);
  return {
    perSecond: count / seen.seconds,
    p50: quantile(seen.latencies, 0.5),
    p99: quantile(seen.latencies, 0.99),
    firstByte: quantile(seen.firstBytes, 0.5),
    processor: (spent / count) * 1e6,
  };
}

/** @param {Record<string, number>[]} rows */
function medians(rows) {
  return Object.fromEntries(Object.keys(rows[0]).map((figure) => [figure, median(rows.map((row) => row[figure]))]));
}

/** Processor seconds of a process so far. @param {number} pid */
function processor(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").replace(/^.*\) /, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

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
