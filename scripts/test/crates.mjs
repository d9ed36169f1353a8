// What `cargo publish --dry-run --workspace` does but for asking the registry: packs the crates, and builds them from
// what was packed.
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { hashInputs } from "../build/stamp.mjs";
import { runMain } from "../process/main.mjs";
import { run } from "../process/run.mjs";
import { root } from "../setup/paths.mjs";

const inputs = ["Cargo.toml", "Cargo.lock", "LICENSE-APACHE", "LICENSE-MIT", "src", "stream"];

await runMain(async () => {
  const folder = join(root, "target", "crates");
  // Cargo keeps what it has unpacked, by the place that it came from and its version. A place for each content, or the
  // crate would be built against an older form of its own part.
  const place = hashInputs({ name: "crates", inputs, output: "target/crates" }).slice(0, 16);
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder)) if (old !== place) rmSync(join(folder, old), { recursive: true });
  const packed = ["--workspace", "--exclude", "minara-js", "--exclude", "minara-worker"];
  const args = ["package", "--locked", "--allow-dirty", ...packed, "--target-dir", join(folder, place)];
  console.log(await run("cargo", args, { cwd: root }));
});
