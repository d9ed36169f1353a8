// npm test [-- suite…]: sets up, builds and runs every suite, or the named ones. The last line is the result.
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { buildPackage } from "./build/package.mjs";
import { buildPage } from "./build/page.mjs";
import { buildWorker } from "./build/worker.mjs";
import { Failure } from "./process/failure.mjs";
import { runMain } from "./process/main.mjs";
import { setUp } from "./setup/index.mjs";
import { root } from "./setup/paths.mjs";
import { closingLine } from "./test/counts.mjs";
import { runSuite } from "./test/run-suite.mjs";
import { suites } from "./test/suites.mjs";
import { webdriverSettings } from "./test/webdriver.mjs";

/** @typedef {import("./test/suites.mjs").Suite} Suite */

const logDir = join(root, "target", "test-logs");

await runMain(async () => {
  const chosen = chooseSuites(process.argv.slice(2));
  const env = await setUp({ forTests: true });
  await build(chosen, env);
  mkdirSync(logDir, { recursive: true });
  const total = { passed: 0, failed: 0 };
  for (const suite of chosen) {
    const { passed, failed } = await runSuite(suite, { ...env, ...webdriverSettings(env) }, logDir);
    total.passed += passed;
    total.failed += failed;
  }
  console.log(`\n${closingLine(total)}`);
  if (total.failed > 0) process.exitCode = 1;
});

/** @param {string[]} names */
function chooseSuites(names) {
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    throw new Failure(`no suite called ${unknown.join(", ")}; there are: ${suites.map(({ name }) => name).join(", ")}.`);
  }
  return names.length > 0 ? suites.filter(({ name }) => names.includes(name)) : suites;
}

/** @param {Suite[]} chosen @param {NodeJS.ProcessEnv} env */
async function build(chosen, env) {
  const needed = new Set(chosen.flatMap(({ needs = [] }) => needs));
  // The page holds the package.
  if (needed.has("package") || needed.has("page")) await buildPackage(env);
  if (needed.has("worker")) await buildWorker(env);
  if (needed.has("page")) await buildPage();
}
