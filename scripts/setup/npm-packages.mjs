import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

import { Failure } from "../process/failure.mjs";
import { withLock } from "../process/lock.mjs";
import { run } from "../process/run.mjs";
import { QUIET } from "./locked-packages.mjs";
import { root, stateDir } from "./paths.mjs";

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, link?: boolean }} LockedPackage */
/** @typedef {{ packages?: Record<string, LockedPackage> }} LockFile */

/**
 * Installs the npm packages that package-lock.json names, when node_modules does not hold exactly these.
 * @param {(note: string) => void} note
 */
export async function ensureNpmPackages(note) {
  if (npmPackagesAreCurrent()) return note("up to date");
  await withLock(join(stateDir, "locks", "npm"), async () => {
    if (npmPackagesAreCurrent()) return note("up to date");
    const log = join(stateDir, "logs", "npm-ci.log");
    await run("npm", ["ci", ...QUIET], { cwd: root, log, env: environmentForNpm() });
    if (!npmPackagesAreCurrent()) {
      throw new Failure(`npm ci ended well, but node_modules does not match package-lock.json; see ${log}`);
    }
    note("installed");
  });
}

function npmPackagesAreCurrent() {
  const wanted = readLockFile(join(root, "package-lock.json"));
  if (!wanted) throw new Failure("package-lock.json is missing or unreadable: restore it from git.");
  const installed = readLockFile(join(root, "node_modules", ".package-lock.json"));
  return installed !== undefined && installedMatches(wanted, installed);
}

/**
 * Whether what npm recorded as installed is what the lock file asks for. npm writes its record last, so an
 * interrupted install never matches. Optional packages may be absent: they are built for other systems.
 * @param {LockFile} wanted
 * @param {LockFile} installed
 */
export function installedMatches(wanted, installed) {
  const there = installed.packages ?? {};
  return Object.entries(wanted.packages ?? {}).every(([path, { version, integrity, optional }]) => {
    if (path === "") return true;
    const found = there[path];
    if (!found) return optional === true;
    return found.version === version && found.integrity === integrity;
  });
}

/** @param {string} path @returns {LockFile | undefined} */
function readLockFile(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** npm replaces node_modules, so it must not itself run by the node that lives there. */
function environmentForNpm() {
  const own = join(root, "node_modules", ".bin");
  const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== own);
  return { ...process.env, PATH: path.join(delimiter) };
}
