import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { run } from "../process/run.mjs";
import { toolCacheDir } from "./paths.mjs";

/** Options of npm that keep it from saying more than what went wrong. */
export const QUIET = ["--no-audit", "--no-fund", "--no-progress", "--loglevel=error"];

/**
 * Installs the npm packages that a folder's lock file names into the cache of tools, unless they are there; gives their
 * folder there.
 * @param {string} folder  with package.json and package-lock.json
 * @param {string} name    of the folder in the cache, before the key of the lock file
 * @param {NodeJS.ProcessEnv} env
 */
export async function installLocked(folder, name, env) {
  const lockFile = readFileSync(join(folder, "package-lock.json"));
  const key = createHash("sha256").update(lockFile).digest("hex").slice(0, 16);
  const target = join(toolCacheDir(env), `${name}-${key}`);
  if (existsSync(target)) return target;
  // Under another name until it is whole, so that an interrupted install is not taken for one.
  const staging = `${target}.${process.pid}`;
  mkdirSync(staging, { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) copyFileSync(join(folder, file), join(staging, file));
  await run("npm", ["ci", ...QUIET], { cwd: staging, env });
  if (existsSync(target)) rmSync(staging, { recursive: true, force: true });
  else renameSync(staging, target);
  return target;
}
