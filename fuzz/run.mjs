// npm run fuzz                    both targets, a minute each
// npm run fuzz -- chat 1800       one target, for so many seconds
// Searches for input that breaks the stream readers, from the committed seeds; what it learns stays in fuzz/corpus.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { withoutSecrets } from "../scripts/setup/secret-names.mjs";

const VERSION = "0.13.1";
const TARGETS = ["sse", "chat"];
const root = fileURLToPath(new URL("..", import.meta.url));
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "minara-tools", `cargo-fuzz-${VERSION}`);

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const env = { ...withoutSecrets(process.env), PATH: `${join(cache, "bin")}:${process.env.PATH}` };
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit", env });
  if (status !== 0) process.exit(status ?? 1);
}

const [target, seconds = "60"] = process.argv.slice(2);
if (target !== undefined && !TARGETS.includes(target)) {
  console.error(`There is no target ${target}: take ${TARGETS.join(" or ")}.`);
  process.exit(2);
}
if (!existsSync(join(cache, "bin", "cargo-fuzz"))) {
  console.log(`cargo-fuzz ${VERSION} is installed into ${cache} …`);
  run("cargo", ["install", "--locked", "--root", cache, `cargo-fuzz@${VERSION}`]);
}
for (const name of target ? [target] : TARGETS) {
  const corpus = join("fuzz", "corpus", name);
  mkdirSync(join(root, corpus), { recursive: true });
  const limits = [`-max_total_time=${seconds}`, "-max_len=4096"];
  // By way of rustup: cargo-fuzz needs nightly, which the checkout's toolchain file would else overrule.
  run("rustup", ["run", "nightly", "cargo", "fuzz", "run", name, corpus, join("fuzz", "seeds", name), "--", ...limits]);
}
