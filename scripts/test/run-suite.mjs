import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

import { endGroup, exitOf, spawnGroup } from "../process/group.mjs";
import { seconds } from "../process/step.mjs";
import { root } from "../setup/paths.mjs";
import { closingLine, judge } from "./counts.mjs";

/** @typedef {import("./suites.mjs").Suite} Suite */

/** No suite takes this long, so one that does hangs. */
const limitMs = 30 * 60_000;

/**
 * Runs one suite in a process group of its own, prints its line, and all of its output when it failed.
 * @param {Suite} suite
 * @param {NodeJS.ProcessEnv} env
 * @param {string} logDir
 */
export async function runSuite(suite, env, logDir) {
  const log = join(logDir, `${suite.name}.log`);
  process.stdout.write(`${suite.name} … `);
  const started = performance.now();
  const exitCode = await runToLog(suite, { ...env, ...suite.env }, log);
  const output = readFileSync(log, "utf8");
  const result = judge(suite.count(output, exitCode), exitCode);
  const remark = result.remark ? `, ${result.remark}` : "";
  console.log(`${closingLine(result)}${remark} (${seconds(performance.now() - started)})`);
  if (result.failed > 0) console.log(`\n--- ${suite.command.join(" ")}\n${output.trimEnd()}\n--- end of ${suite.name}\n`);
  return result;
}

/**
 * @param {Suite} suite @param {NodeJS.ProcessEnv} env @param {string} log
 * @returns {Promise<number>} exit code
 */
async function runToLog({ command: [program, ...args] }, env, log) {
  const sink = openSync(log, "w");
  try {
    const child = spawnGroup(program, args, { cwd: root, env, stdio: ["ignore", sink, sink] });
    const timer = setTimeout(() => endGroup(child), limitMs);
    const exitCode = await exitOf(child).finally(() => clearTimeout(timer));
    // Whatever a test left running must not reach into the next suite.
    await endGroup(child);
    return exitCode;
  } finally {
    closeSync(sink);
  }
}
