// npm run bench                 everything: tables, and bench/results.json
// npm run bench -- --runs 3     that three times, and of each cell the worst: what is met there is met in all
// npm run bench -- --quick      fewer rounds, to see whether it works
// npm run bench -- --no-native  without the Rust crates, whose build takes minutes
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { withoutSecrets } from "../scripts/setup/secret-names.mjs";
import { corpora } from "./corpora.mjs";
import { contestInChromium } from "./chromium.mjs";
import { summarise, table, worst } from "./report.mjs";

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
  const child = spawn(command, args, { cwd, env: withoutSecrets(process.env), stdio: ["ignore", "pipe", "inherit"] });
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

async function oneRun() {
  const result = { node: await inNode(), chromium: await contestInChromium(options) };
  return flags.includes("--no-native") ? result : { ...result, native: await native() };
}

/** Tables, and what is not met; the latter is given. */
function show({ node, chromium, native }) {
  for (const [name, cells] of Object.entries({ node, chromium })) {
    console.log(`\n${name}: ratio to the fastest correct peer, by the chunk size in bytes (✓ met, ✗ floor not met)`);
    console.log(table(cells));
  }
  if (native) {
    console.log("\nnative: MB/s in chunks of 1,400 bytes");
    console.table(Object.fromEntries(native.map(({ corpus, ...speeds }) => [corpus, speeds])));
  }
  const floors = summarise({ node, chromium, native });
  console.log(`\n${floors.met} floors met, ${floors.missed.length} not met`);
  for (const missed of floors.missed) console.log(`  ${missed}`);
  return floors;
}

const wanted = flags.includes("--runs") ? Number(flags[flags.indexOf("--runs") + 1]) : 1;
if (!(Number.isInteger(wanted) && wanted > 0)) throw new Error("--runs takes how many: a whole number above 0");
await prepare();
const runs = [];
for (let count = wanted; count > 0; count--) {
  runs.push(await oneRun());
  show(runs.at(-1));
}
if (runs.length > 1) console.log(`\nthe worst of ${runs.length} runs`);
const machine = `Node ${process.version}, ${process.platform} ${process.arch}`;
const results = { machine, runs, floors: runs.length > 1 ? show(worst(runs)) : summarise(runs[0]) };
writeFileSync(join(bench, "results.json"), `${JSON.stringify(results)}\n`);
