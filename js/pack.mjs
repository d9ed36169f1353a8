import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { assemble } from "./pack/assemble.mjs";
import { compileCrate } from "./pack/compile.mjs";

const crateDir = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Builds the npm package: the crate to WebAssembly and glue, and these with the hand-written JavaScript to what is
 * published. The same sources give the same bytes, wherever the checkout lies.
 * @param {{ env: NodeJS.ProcessEnv, outDir: string }} options
 */
export async function pack({ env, outDir }) {
  const parent = join(root, "target");
  mkdirSync(parent, { recursive: true });
  const stage = mkdtempSync(join(parent, "pack-"));
  try {
    const compiled = await compileCrate({ crateDir, root, env, outDir: join(stage, "compiled") });
    await assemble({ crateDir, root, compiled, stage, outDir });
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}
