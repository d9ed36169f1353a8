// npm run test:worker               the Worker's tests
// npm run test:worker -- --long     the same with the full numbers of requests, streams and hostile input
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const [option, ...rest] = process.argv.slice(2);
if (rest.length > 0 || (option !== undefined && option !== "--long")) {
  console.error(`unknown option ${[option, ...rest].join(" ")}; the only one is --long.`);
  process.exit(2);
}

run(["scripts/build.mjs", "--all"]);
run(["--test", "--test-reporter=spec", "tests/worker/*.test.mjs"]);

/** @param {string[]} args */
function run(args) {
  const env = { ...process.env, MINARA_TEST_LONG: option === "--long" ? "1" : "" };
  const { status } = spawnSync(`${root}/node_modules/.bin/node`, args, { cwd: root, stdio: "inherit", env });
  if (status !== 0) process.exit(status ?? 1);
}
