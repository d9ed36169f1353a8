import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

import { Failure } from "../process/failure.mjs";
import { nameLines, parseEnvFile, strayLines } from "../process/env-file.mjs";
import { root } from "../setup/paths.mjs";

/**
 * What `npm start` works with.
 * @typedef {object} StartSettings
 * @property {Record<string, string>} worker  settings and secrets of the Worker
 * @property {boolean} live                   whether there is a key, so no sandbox
 * @property {RequestedPort} port
 * @property {RequestedPort} sandboxPort
 * @property {string} sandboxKey
 * @property {string[]} remarks               on what the files may have been meant to say
 */

/** @typedef {{ number: number, chosen: boolean }} RequestedPort  `chosen`: by the user, so not to be changed */

/** Settings of the Worker that the environment may give; .dev.vars may give any. */
const fromEnvironment = ["MINARA_API_KEY", "MINARA_API_KEY_NEXT", "MINARA_BASE_URL"];

/** Development runs without sessions, whatever a .dev.vars that also serves other purposes says. */
export const notInDevelopment = [
  "SESSION_SECRET",
  "SESSION_SECRET_PREVIOUS",
  "CLIENT_TOKENS",
  "TURNSTILE_SECRET",
  "TURNSTILE_SITE_KEY",
];

/** No one works against limits at home; whoever wants to see them sets them in .dev.vars. */
const developmentLimits = { DAILY_BUDGET: "1000000", SESSION_BUDGET: "1000000", SESSION_IN_FLIGHT: "256" };

/**
 * Reads .dev.vars at the top of the checkout and in worker/. The environment wins over both, the first over the second.
 * @param {NodeJS.ProcessEnv} [environment]
 * @param {string[]} [files]
 * @returns {StartSettings}
 */
export function readStartSettings(
  environment = process.env,
  files = [join(root, ".dev.vars"), join(root, "worker", ".dev.vars")],
) {
  /** @type {Record<string, string>} */
  const worker = { ...developmentLimits };
  /** @type {string[]} */
  const remarks = [];
  for (const file of files.toReversed().filter(existsSync)) {
    const text = readFileSync(file, "utf8");
    Object.assign(worker, parseEnvFile(text));
    remarks.unshift(...remarksOn(file, strayLines(text)));
  }
  for (const name of fromEnvironment) {
    const value = environment[name];
    if (value) worker[name] = value;
  }
  for (const name of notInDevelopment) delete worker[name];
  return {
    worker,
    live: Boolean(worker.MINARA_API_KEY),
    port: readPort(environment, "PORT", 8787),
    sandboxPort: readPort(environment, "SANDBOX_PORT", 8788),
    sandboxKey: environment.SANDBOX_KEY || "sk-minara-sandbox",
    remarks,
  };
}

/**
 * Told, while a deployment's are refused: only this machine meets what comes of them.
 * @param {string} file
 * @param {number[]} stray
 */
function remarksOn(file, stray) {
  if (stray.length === 0) return [];
  const shown = file.startsWith(`${root}/`) ? relative(root, file) : file;
  return [`${shown} is not understood on ${nameLines(stray)} and sets nothing there: write NAME=value.`];
}

/**
 * @param {NodeJS.ProcessEnv} environment
 * @param {string} name
 * @param {number} usual
 * @returns {RequestedPort}
 */
function readPort(environment, name, usual) {
  const text = environment[name];
  if (!text) return { number: usual, chosen: false };
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= 65535) return { number, chosen: true };
  throw new Failure(`${name} must be a whole number from 1 to 65535, not ${JSON.stringify(text)}.`);
}
