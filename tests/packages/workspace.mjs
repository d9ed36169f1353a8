// Where the consumers live: the tools in a cache keyed by their lock file, the packed package in a folder of this run.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { run } from "../../scripts/process/run.mjs";
import { QUIET, installLocked } from "../../scripts/setup/locked-packages.mjs";
import { root } from "../../scripts/setup/paths.mjs";

const own = fileURLToPath(new URL(".", import.meta.url));

/**
 * @typedef {object} Workspace
 * @property {string} tools   folder whose node_modules holds bundlers and runtimes
 * @property {string} dir     folder of this run, inside the tools' one, so that a consumer finds both
 * @property {string} tarball what would be published
 * @property {NodeJS.ProcessEnv} env
 * @property {(fixture: string, name?: string) => string} place  copies a fixture into this run
 * @property {(name: string) => Promise<any>} load  imports a tool
 * @property {() => void} close
 */

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Workspace>}
 */
export async function openWorkspace(env) {
  const tools = await installLocked(join(own, "tools"), "package-consumers", env);
  const dir = mkdtempSync(join(tools, "run-"));
  const tarball = await packPackage(dir, env);
  writeFileSync(join(dir, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await run("npm", ["install", "--offline", "--no-package-lock", ...QUIET, tarball], { cwd: dir, env });
  const require = createRequire(join(tools, "package.json"));
  return {
    tools,
    dir,
    tarball,
    env,
    place: (fixture, name = fixture) => place(dir, fixture, name),
    load: (name) => import(pathToFileURL(require.resolve(name)).href),
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** @param {string} dir @param {NodeJS.ProcessEnv} env */
async function packPackage(dir, env) {
  const output = await run("npm", ["pack", "--json", "--pack-destination", dir, join(root, "pkg")], { cwd: dir, env });
  const [{ filename }] = JSON.parse(output.slice(output.indexOf("[\n")));
  return join(dir, filename);
}

/** @param {string} dir @param {string} fixture @param {string} name */
function place(dir, fixture, name) {
  const target = join(dir, name);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(join(own, "fixtures", fixture), target, { recursive: true });
  return target;
}
