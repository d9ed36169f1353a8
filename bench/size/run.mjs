// npm run bench:size: what a page loads of us and of peers, and how long our module takes to start.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { buildPackage } from "../../scripts/build/package.mjs";
import { runMain } from "../../scripts/process/main.mjs";
import { step } from "../../scripts/process/step.mjs";
import { setUp } from "../../scripts/setup/index.mjs";
import { installLocked } from "../../scripts/setup/locked-packages.mjs";
import { bundledBytes, measureOurPage, measureReaderPage } from "./bundle.mjs";
import { peers } from "./peers.mjs";
import { measureStartUp } from "./startup.mjs";

const own = fileURLToPath(new URL(".", import.meta.url));

await runMain(async () => {
  const env = await setUp({ forTests: true });
  await buildPackage(env);
  const folder = await step("peers", () => installLocked(own, "bench-size", env));
  const ours = await measureOurPage();
  const reader = await measureReaderPage();
  const rows = [["minara: client and SSE reader", ours.total]];
  for (const [name, source] of Object.entries(peers)) rows.push([name, await bundledBytes(source, folder)]);
  const startUp = await measureStartUp(folder);
  writeFileSync(
    join(own, "results.json"),
    `${JSON.stringify({ ours, reader, peers: Object.fromEntries(rows.slice(1)), startUp }, null, 2)}\n`,
  );

  console.log(`\n| a streaming chat in a page | KB gzip |\n| --- | ---: |`);
  for (const [name, bytes] of rows) console.log(`| ${name} | ${kilobytes(Number(bytes))} |`);
  console.log(`\nours: ${kilobytes(ours.script)} of script, ${kilobytes(ours.wasm)} of WebAssembly`);
  console.log(`minara/sse alone: ${kilobytes(reader.script)} of script, ${kilobytes(reader.wasm)} of WebAssembly\n`);
  printStartUp(startUp);
});

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
