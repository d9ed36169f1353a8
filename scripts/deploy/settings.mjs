import { existsSync, readFileSync } from "node:fs";

import { parseEnvFile } from "../process/env-file.mjs";
import { secretNames } from "../setup/secret-names.mjs";

/** The Worker's settings that are no secrets. */
const variableNames = [
  "DAILY_BUDGET",
  "SESSION_BUDGET",
  "SESSION_IN_FLIGHT",
  "LEASE_MS",
  "COSTS",
  "ALLOWED_ORIGINS",
  "TURNSTILE_SITE_KEY",
  "TURNSTILE_VERIFY_URL",
  "MINARA_BASE_URL",
  "KILL_SWITCH",
  "BODY_TIMEOUT_MS",
  "FIRST_BYTE_TIMEOUT_MS",
  "ANSWER_TIMEOUT_MS",
  "TOTAL_TIMEOUT_MS",
];

/**
 * @typedef {object} DeploySettings
 * @property {Record<string, string>} secrets
 * @property {Record<string, string>} variables
 */

/**
 * Reads the settings of a deployment from the environment and, below it, from a file of NAME=value lines.
 * @param {NodeJS.ProcessEnv} environment
 * @param {string} file
 * @returns {DeploySettings}
 */
export function readDeploySettings(environment, file) {
  const given = existsSync(file) ? parseEnvFile(readFileSync(file, "utf8")) : {};
  for (const name of [...secretNames, ...variableNames]) {
    const value = environment[name];
    if (value) given[name] = value;
  }
  const set = Object.entries(given).filter(([, value]) => value !== "");
  return {
    secrets: Object.fromEntries(set.filter(([name]) => secretNames.includes(name))),
    variables: Object.fromEntries(set.filter(([name]) => !secretNames.includes(name))),
  };
}

/**
 * Why these settings must not face the internet: one sentence each, none when they may.
 * @param {DeploySettings} settings
 * @returns {string[]}
 */
export function refusals({ secrets, variables }) {
  const reasons = [];
  if (!secrets.SESSION_SECRET) {
    reasons.push(
      "SESSION_SECRET is not set: without it anyone could spend your credits without a session. " +
        "Make one with `openssl rand -base64 32`.",
    );
  }
  if (!variables.DAILY_BUDGET) {
    reasons.push("DAILY_BUDGET is not set: without it nothing bounds what a day of calls may cost you.");
  } else if (!/^0*[1-9]\d*$/.test(variables.DAILY_BUDGET)) {
    reasons.push(`DAILY_BUDGET must be a whole number above 0, not ${JSON.stringify(variables.DAILY_BUDGET)}.`);
  }
  return reasons;
}

/**
 * What deserves a second look, but may be meant.
 * @param {DeploySettings} settings
 * @returns {string[]}
 */
export function warnings({ secrets }) {
  const remarks = [];
  if (secrets.SESSION_SECRET && secrets.SESSION_SECRET.length < 32) {
    remarks.push("SESSION_SECRET is shorter than 32 characters: the Worker will refuse it and answer 503.");
  }
  if (!secrets.MINARA_API_KEY) {
    remarks.push("MINARA_API_KEY is not set: the Worker keeps the key it has, or answers 503 if it never had one.");
  }
  if (!secrets.TURNSTILE_SECRET) {
    remarks.push("TURNSTILE_SECRET is not set: sessions are given to whoever asks from an allowed origin.");
  }
  return remarks;
}
