import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { step } from "../process/step.mjs";
import { root } from "../setup/paths.mjs";
import { npmFacts } from "./facts.mjs";
import { buildOnce } from "./stamp.mjs";

/** @returns {import("./stamp.mjs").Recipe} */
export function pageRecipe() {
  return {
    name: "page",
    inputs: ["www", "pkg"],
    ignored: ["www/dist", "www/node_modules"],
    output: "www/dist",
    // With every package that the page bundles: it would else go on with one that has a hole after that was mended.
    facts: npmFacts("esbuild", "streaming-markdown"),
  };
}

/** Builds the demo page into www/dist/. It imports the package by its name, so the package comes first. */
export async function buildPage() {
  const build = async () => {
    const page = await import(pathToFileURL(join(root, "www", "build.mjs")).href);
    await page.buildPage({ outDir: join(root, "www", "dist") });
  };
  await step("demo page (www/dist/)", (note) => buildOnce(pageRecipe(), note, build));
}
