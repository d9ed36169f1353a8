// Asserts that the crate without features depends on nothing of the browser's: it must run natively and in any host.
import { run } from "../process/run.mjs";
import { root } from "../setup/paths.mjs";

const ofTheBrowser = /^(?:wasm-bindgen|js-sys|web-sys|gloo|wasm-streams|serde-wasm-bindgen)/;

const args = ["tree", "--locked", "-p", "minara", "--edges", "normal", "--no-default-features", "--prefix", "none"];
const crates = (await run("cargo", [...args, "--target", "all"], { cwd: root })).trim().split("\n");
const found = [...new Set(crates.filter((crate) => ofTheBrowser.test(crate)))];
if (found.length > 0) {
  console.error(`without features, minara must not depend on:\n${found.join("\n")}`);
  process.exitCode = 1;
} else {
  console.log(`${new Set(crates).size} crates, none of them the browser's`);
}
