import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { step } from "../process/step.mjs";
import { root } from "../setup/paths.mjs";
import { toolFacts } from "./facts.mjs";
import { buildOnce } from "./stamp.mjs";

/**
 * Builds the demo page into www/dist/. It imports the package by its name, so the package comes first.
 * @param {NodeJS.ProcessEnv} env
 */
export async function buildPage(env) {
  const recipe = {
    name: "page",
    inputs: ["www", "pkg"],
    ignored: ["www/dist", "www/node_modules"],
    output: "www/dist",
    facts: { esbuild: (await toolFacts(env)).esbuild },
  };
  const build = async () => {
    const page = await import(pathToFileURL(join(root, "www", "build.mjs")).href);
    await page.buildPage({ outDir: join(root, "www", "dist") });
  };
  await step("demo page (www/dist/)", (note) => buildOnce(recipe, note, build));
}
