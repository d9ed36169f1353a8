import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

import { Failure } from "../process/failure.mjs";
import { withLock } from "../process/lock.mjs";
import { run } from "../process/run.mjs";
import { stateDir } from "./paths.mjs";
import { canUseApt } from "./rust.mjs";

/** @typedef {{ chrome: string, chromedriver: string }} Browser */

const chromeNames = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
const chromePlaces = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/**
 * Finds Chromium and chromedriver, which the tests drive; installs Debian's where neither is found and apt may.
 * @param {(note: string) => void} note
 * @returns {Promise<Browser>}
 */
export async function ensureBrowser(note) {
  const found = findBrowser(process.env);
  if (found.chrome && found.chromedriver) return note("up to date"), /** @type {Browser} */ (found);
  if (!canUseApt()) throw new Failure(missingBrowserSentence(found));
  await withLock(join(stateDir, "locks", "chromium"), async () => {
    const log = join(stateDir, "logs", "apt-chromium.log");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    // Another apt may be at work on this machine: wait for it rather than fail.
    const apt = ["-q", "-o", "DPkg::Lock::Timeout=300"];
    await run("apt-get", [...apt, "update"], { env, log });
    await run("apt-get", [...apt, "install", "-y", "--no-install-recommends", "chromium", "chromium-driver"], { env, log });
  });
  const installed = findBrowser(process.env);
  if (!installed.chrome || !installed.chromedriver) throw new Failure(missingBrowserSentence(installed));
  note("installed");
  return /** @type {Browser} */ (installed);
}

/**
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Partial<Browser>}
 */
export function findBrowser(environment) {
  return {
    chrome: named(environment, "CHROME_PATH") ?? findOnPath(environment, chromeNames) ?? chromePlaces.find(existsSync),
    chromedriver: named(environment, "CHROMEDRIVER") ?? findOnPath(environment, ["chromedriver"]),
  };
}

/**
 * A path that the user set must work: falling back to another browser would hide the mistake.
 * @param {NodeJS.ProcessEnv} environment
 * @param {"CHROME_PATH" | "CHROMEDRIVER"} name
 */
function named(environment, name) {
  const path = environment[name];
  if (!path) return undefined;
  if (isExecutable(path)) return path;
  throw new Failure(`${name} is set to ${path}, but no program is there.`);
}

/** @param {NodeJS.ProcessEnv} environment @param {string[]} names */
function findOnPath(environment, names) {
  const folders = (environment.PATH ?? "").split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {Partial<Browser>} found */
function missingBrowserSentence({ chrome, chromedriver }) {
  const missing = [chrome ? [] : ["Chromium"], chromedriver ? [] : ["chromedriver"]].flat().join(" and ");
  return (
    `The tests need ${missing}: install Chromium or Chrome with the chromedriver of the same version, ` +
    "or name their programs in CHROME_PATH and CHROMEDRIVER."
  );
}
