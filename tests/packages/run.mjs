// npm run test:packages [-- name…]: the packed package in real projects, built and run. The last line is the result.
import { startSandbox } from "../../sandbox/server.mjs";
import { buildPackage } from "../../scripts/build/package.mjs";
import { runMain } from "../../scripts/process/main.mjs";
import { seconds, step } from "../../scripts/process/step.mjs";
import { setUp } from "../../scripts/setup/index.mjs";
import { closingLine } from "../../scripts/test/counts.mjs";
import { launchChromium } from "../chromium.mjs";
import { bundlers } from "./cases/bundlers.mjs";
import { nextjs } from "./cases/next.mjs";
import { runtimes } from "./cases/runtimes.mjs";
import { openWorkspace } from "./workspace.mjs";

/**
 * @typedef {object} Context
 * @property {import("./workspace.mjs").Workspace} workspace
 * @property {import("playwright-core").Browser} browser
 * @property {Awaited<ReturnType<typeof startSandbox>>} pages    a sandbox that takes callers without a key
 * @property {Awaited<ReturnType<typeof startSandbox>>} servers  one that wants its key
 */

const cases = [...runtimes, ...bundlers, ...nextjs];

await runMain(async () => {
  const names = process.argv.slice(2);
  const chosen = cases.filter(([name]) => names.length === 0 || names.some((part) => name.includes(part)));
  const env = await setUp({ forTests: true });
  await buildPackage(env);
  const total = await withContext(env, (context) => runAll(chosen, context));
  console.log(`\n${closingLine(total)}`);
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
});

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {(context: Context) => Promise<{ passed: number, failed: number }>} task
 */
async function withContext(env, task) {
  let workspace;
  await step("consumers' tools and the packed package", async () => (workspace = await openWorkspace(env)));
  const [browser, pages, servers] = await Promise.all([
    launchChromium(env),
    startSandbox({ key: null, cors: true }),
    startSandbox({ key: "sk-minara-consumer" }),
  ]);
  try {
    return await task({ workspace, browser, pages, servers });
  } finally {
    await Promise.all([browser.close(), pages.close(), servers.close()]);
    workspace.close();
  }
}

/** @param {typeof cases} chosen @param {Context} context */
async function runAll(chosen, context) {
  const total = { passed: 0, failed: 0 };
  for (const [name, check] of chosen) {
    const started = performance.now();
    try {
      await check(context);
      total.passed += 1;
      console.log(`${name} … ok (${seconds(performance.now() - started)})`);
    } catch (error) {
      total.failed += 1;
      console.log(`${name} … failed (${seconds(performance.now() - started)})\n${error.stack}`);
    }
  }
  return total;
}
