// npm run bench:size: what a page loads of us and of peers, and how long our module takes to start.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { buildPackage } from "../../scripts/build/package.mjs";
import { runMain } from "../../scripts/process/main.mjs";
import { step } from "../../scripts/process/step.mjs";
import { setUp } from "../../scripts/setup/index.mjs";
import { installLocked } from "../../scripts/setup/locked-packages.mjs";
import { peers } from "./peers.mjs";

const own = fileURLToPath(new URL(".", import.meta.url));

await runMain(async () => {
  const env = await setUp({ forTests: true });
  await buildPackage(env);
  const folder = await step("peers", () => installLocked(own, "bench-size", env));
  const results = await measure(folder, env);
  writeFileSync(join(own, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
  printSizes(results);
  printStartUp(results.startUp);
});

/**
 * @param {string} folder  where the peers are installed
 * @param {NodeJS.ProcessEnv} env
 */
async function measure(folder, env) {
  // What these import is there only once all is set up.
  const { bundledBytes, measureOurPage, measureReaderPage } = await import("./bundle.mjs");
  const { measureStartUp } = await import("./startup.mjs");
  /** @type {Record<string, number>} */
  const theirs = {};
  for (const [name, source] of Object.entries(peers)) theirs[name] = await bundledBytes(source, folder);
  const [ours, reader] = [await measureOurPage(), await measureReaderPage()];
  return { ours, reader, peers: theirs, startUp: await measureStartUp(folder, env) };
}

/** @param {Awaited<ReturnType<typeof measure>>} results */
function printSizes({ ours, reader, peers }) {
  console.log(`\n| a streaming chat in a page | KB gzip |\n| --- | ---: |`);
  const rows = Object.entries({ "minara: client and SSE reader": ours.total, ...peers });
  for (const [name, bytes] of rows) console.log(`| ${name} | ${kilobytes(bytes)} |`);
  console.log(`\nours: ${kilobytes(ours.script)} of script, ${kilobytes(ours.wasm)} of WebAssembly`);
  console.log(`minara/sse alone: ${kilobytes(reader.script)} of script, ${kilobytes(reader.wasm)} of WebAssembly\n`);
}

/** @param {import("./startup.mjs").StartUp} startUp */
function printStartUp({ sizes, Node, Chromium }) {
  console.log("| compile and instantiate | KB | KB gzip | Node, median ms | ours to it | Chromium | ours to it |");
  console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
  for (const [name, { raw, gzip }] of Object.entries(sizes)) {
    const times = [Node, Chromium].flatMap((medians) => [medians[name], medians.ours / medians[name]]);
    const cells = [kilobytes(raw), kilobytes(gzip), ...times.map((time) => time.toFixed(2))];
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return (bytes / 1000).toFixed(1);
}
