import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { assemble } from "./pack/assemble.mjs";
import { compileCrate } from "./pack/compile.mjs";
import { CLIENT, READER } from "./pack/modules.mjs";

const crateDir = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("..", import.meta.url));

/** @import { ModuleRecipe } from "./pack/modules.mjs" */

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
    // One after the other: Cargo builds both into one folder.
    const compile = (/** @type {ModuleRecipe} */ recipe) =>
      compileCrate(recipe, { crateDir, root, env, outDir: join(stage, recipe.name) });
    const client = await compile(CLIENT);
    const reader = await compile(READER);
    await assemble({ crateDir, root, client, reader, stage, outDir });
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}
