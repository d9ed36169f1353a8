// npm run bench                 everything: tables, and bench/results.json
// npm run bench -- --runs 3     that three times, and of each cell the worst: what is met there is met in all
// npm run bench -- --quick      fewer rounds, to see whether it works
// npm run bench -- --no-native  without the Rust crates, whose build takes minutes
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { buildPackage } from "../scripts/build/package.mjs";
import { Failure } from "../scripts/process/failure.mjs";
import { runMain } from "../scripts/process/main.mjs";
import { step } from "../scripts/process/step.mjs";
import { setUp } from "../scripts/setup/index.mjs";
import { installLocked } from "../scripts/setup/locked-packages.mjs";
import { corpora } from "./corpora.mjs";
import { summarise, table, worst } from "./report.mjs";

const bench = fileURLToPath(new URL(".", import.meta.url));
const work = join(bench, ".work");
const flags = process.argv.slice(2);
const options = flags.includes("--quick") ? { rounds: 3 } : {};

await runMain(async () => {
  const wanted = flags.includes("--runs") ? Number(flags[flags.indexOf("--runs") + 1]) : 1;
  if (!(Number.isInteger(wanted) && wanted > 0)) throw new Failure("--runs takes how many: a whole number above 0.");
  const env = await prepare();
  const runs = [];
  for (let count = wanted; count > 0; count--) {
    runs.push(await oneRun(env));
    show(runs.at(-1));
  }
  if (runs.length > 1) console.log(`\nthe worst of ${runs.length} runs`);
  const machine = `Node ${process.version}, ${process.platform} ${process.arch}`;
  const results = { machine, runs, floors: runs.length > 1 ? show(worst(runs)) : summarise(runs[0]) };
  writeFileSync(join(bench, "results.json"), `${JSON.stringify(results)}\n`);
});

async function prepare() {
  const env = await setUp({ forTests: true });
  await buildPackage(env);
  await step("peers", () => linkPeers(env));
  mkdirSync(work, { recursive: true });
  for (const [name, bytes] of Object.entries(corpora())) writeFileSync(join(work, `${name}.sse`), bytes);
  return env;
}

/** Node looks for what a module imports in the folders above that module alone. */
async function linkPeers(env) {
  const installed = join(await installLocked(bench, "bench", env), "node_modules");
  const own = join(bench, "node_modules");
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own);
  for (const name of readdirSync(installed)) symlinkSync(join(installed, name), join(own, name), "dir");
}

async function oneRun(env) {
  // What it imports is there only once all is set up.
  const { contestInChromium } = await import("./chromium.mjs");
  const result = { node: await inNode(env), chromium: await contestInChromium(options, env) };
  return flags.includes("--no-native") ? result : { ...result, native: await native(env) };
}

/** The cells of a contest of its own process: what other contests have compiled or left behind is not in it. */
function inNode(env) {
  return rowsOf(process.execPath, [join(bench, "contest", "node.mjs"), JSON.stringify(options)], { cwd: bench, env });
}

function native(env) {
  const args = ["run", "--release", "--quiet", "--locked", "--target-dir", join(work, "target"), "--", work];
  return rowsOf("cargo", args, { cwd: join(bench, "native"), env });
}

/**
 * Each line of JSON that a command prints.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} where
 */
async function rowsOf(command, args, where) {
  const child = spawn(command, args, { ...where, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  const rows = [];
  for await (const line of createInterface({ input: child.stdout })) rows.push(JSON.parse(line));
  const status = await ended;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}`);
  return rows;
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
