// npm run bench                 everything: tables, and bench/results.json
// npm run bench -- --quick      fewer rounds, to see whether it works
// npm run bench -- --no-native  without the Rust crates, whose build takes minutes
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { corpora } from "./corpora.mjs";
import { contestInChromium } from "./chromium.mjs";
import { summarise, table } from "./report.mjs";

const bench = fileURLToPath(new URL(".", import.meta.url));
const work = join(bench, ".work");
const flags = process.argv.slice(2);
const options = flags.includes("--quick") ? { rounds: 3 } : {};

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, onLine?: (line: string) => void }} [how]
 */
async function run(command, args, { cwd = bench, onLine = console.log } = {}) {
  const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  for await (const line of createInterface({ input: child.stdout })) onLine(line);
  const status = await ended;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}`);
}

async function prepare() {
  if (!existsSync(join(bench, "..", "pkg", "minara.js"))) await run("npm", ["run", "build"], { cwd: join(bench, "..") });
  if (!existsSync(join(bench, "node_modules"))) await run("npm", ["ci", "--no-audit", "--no-fund"]);
  mkdirSync(work, { recursive: true });
  for (const [name, bytes] of Object.entries(corpora())) writeFileSync(join(work, `${name}.sse`), bytes);
}

async function inNode() {
  const cells = [];
  await run(process.execPath, [join(bench, "contest", "node.mjs"), JSON.stringify(options)], {
    onLine: (line) => cells.push(JSON.parse(line)),
  });
  return cells;
}

async function native() {
  const rows = [];
  const args = ["run", "--release", "--quiet", "--locked", "--target-dir", join(work, "target"), "--", work];
  await run("cargo", args, { cwd: join(bench, "native"), onLine: (line) => rows.push(JSON.parse(line)) });
  return rows;
}

await prepare();
const results = { machine: `Node ${process.version}, ${process.platform} ${process.arch}` };
for (const [name, contest] of Object.entries({ node: inNode, chromium: () => contestInChromium(options) })) {
  console.log(`\n${name}: ratio to the fastest correct peer, by the chunk size in bytes (✓ met, ✗ floor not met)`);
  results[name] = await contest();
  console.log(table(results[name]));
}
if (!flags.includes("--no-native")) {
  console.log("\nnative: MB/s in chunks of 1,400 bytes");
  results.native = await native();
  console.table(Object.fromEntries(results.native.map(({ corpus, ...speeds }) => [corpus, speeds])));
}
results.floors = summarise(results);
console.log(`\n${results.floors.met} floors met, ${results.floors.missed.length} not met`);
for (const missed of results.floors.missed) console.log(`  ${missed}`);
writeFileSync(join(bench, "results.json"), `${JSON.stringify(results, undefined, 1)}\n`);
