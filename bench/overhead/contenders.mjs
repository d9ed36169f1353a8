// What is measured: the Worker, a gateway of the same duties written with Hono and zod, and the API without a gateway.
import { fork } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { step } from "../../scripts/process/step.mjs";
import { installLocked } from "../../scripts/setup/locked-packages.mjs";
import { sessionSecret } from "../../tests/worker/gateway.mjs";
import { startWorkerd } from "../../tests/worker/workerd.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

/** @typedef {{ port: number, pid: number, prefix: string }} Contender */

/** Limits that no call reaches. */
const limits = { caller: 1e9, address: 1e9, session: 1e9 };
const settings = {
  MINARA_API_KEY: "sk-minara-benchmark",
  SESSION_SECRET: sessionSecret,
  DAILY_BUDGET: "1000000000",
  SESSION_BUDGET: "1000000000",
  SESSION_IN_FLIGHT: "1000",
};

/**
 * Bundles the peers' code into the folder.
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Record<string, string | undefined>>} the folder of each worker's code; undefined is ours
 */
export async function buildWorkers(folder, env) {
  const peers = await step("peers", () => installLocked(here, "bench-overhead", env));
  const [hono, empty] = ["hono-code", "empty-code"].map((name) => join(folder, name));
  await build({
    entryPoints: [join(here, "hono", "worker.ts")],
    outfile: join(hono, "index.js"),
    nodePaths: [join(peers, "node_modules")],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    external: ["cloudflare:workers"],
  });
  mkdirSync(empty);
  const answer = "export default { fetch: () => Response.json({ status: 'ok' }) };";
  writeFileSync(join(empty, "index.js"), `export class Budget {}\n${answer}\n`);
  return { "an empty worker": empty, "minara-worker": undefined, "Hono + zod": hono };
}

/**
 * Starts the API and both gateways in front of it.
 * @param {string} folder  for the databases of their budgets
 * @param {Record<string, string | undefined>} code
 */
export async function startContenders(folder, code) {
  const upstream = fork(join(here, "upstream.mjs"));
  const { port } = await new Promise((resolve) => upstream.once("message", resolve));
  /** @type {Record<string, Contender>} */
  const contenders = { "no gateway": { port, pid: upstream.pid, prefix: "" } };
  const workers = [];
  for (const name of ["minara-worker", "Hono + zod"]) {
    const worker = await startWorker(join(folder, name), code[name], `http://127.0.0.1:${port}`);
    contenders[name] = { port: worker.port, pid: worker.pid, prefix: "/api" };
    workers.push(worker);
  }
  const stop = async () => {
    for (const worker of workers) await worker.stop();
    upstream.kill();
  };
  return { contenders, stop };
}

/**
 * @param {string} state  folder of its database
 * @param {string | undefined} code
 * @param {string} [api]  which what asks for the health alone does not need
 */
export function startWorker(state, code, api) {
  return startWorkerd({ settings: { ...settings, MINARA_BASE_URL: api }, limits, state, build: code, quiet: true });
}
