import { lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { step } from "../process/step.mjs";
import { root } from "../setup/paths.mjs";
import { rustInputs, toolFacts } from "./facts.mjs";
import { buildOnce } from "./stamp.mjs";

/**
 * Builds the npm package into pkg/ and makes it importable by its name in this checkout.
 * @param {NodeJS.ProcessEnv} env
 */
export async function buildPackage(env) {
  const recipe = {
    name: "package",
    inputs: [...rustInputs, "js", "LICENSE-MIT", "LICENSE-APACHE"],
    ignored: ["js/target", "js/pkg", "js/node_modules"],
    output: "pkg",
    facts: await toolFacts(env),
  };
  const build = async () => {
    const { pack } = await import(pathToFileURL(join(root, "js", "pack.mjs")).href);
    await pack({ env, outDir: join(root, "pkg") });
  };
  await step("npm package (pkg/)", (note) => buildOnce(recipe, note, build));
  linkPackage();
}

/** npm knows nothing of this link and removes it with each install, so it is checked at each build. */
function linkPackage() {
  const link = join(root, "node_modules", "minara");
  const target = join("..", "pkg");
  if (linkTarget(link) === target) return;
  mkdirSync(join(root, "node_modules"), { recursive: true });
  rmSync(link, { recursive: true, force: true });
  symlinkSync(target, link, "dir");
}

/** @param {string} link */
function linkTarget(link) {
  try {
    return lstatSync(link).isSymbolicLink() ? readlinkSync(link) : undefined;
  } catch {
    return undefined;
  }
}
