import { existsSync, readFileSync } from "node:fs";

import { parseEnvFile, strayLines } from "../process/env-file.mjs";
import { secretNames } from "../setup/secret-names.mjs";
import { settingNames } from "./names.mjs";

/**
 * @typedef {object} DeploySettings
 * @property {Record<string, string>} secrets
 * @property {Record<string, string>} variables
 * @property {string[]} emptied  secrets that the file names without a value
 * @property {string[]} unknown  names in the file that are no settings
 * @property {number[]} stray     lines of the file that are not understood
 */

/**
 * Reads the settings of a deployment from the environment and, below it, from a file of NAME=value lines.
 * @param {NodeJS.ProcessEnv} environment
 * @param {string} file
 * @returns {DeploySettings}
 */
export function readDeploySettings(environment, file) {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const given = parseEnvFile(text);
  for (const name of settingNames) {
    const value = environment[name];
    if (value && !isBlank(value)) given[name] = value;
  }
  /** @param {(name: string) => boolean} isWanted */
  const valuesOf = (isWanted) =>
    Object.fromEntries(Object.entries(given).filter(([name, value]) => isWanted(name) && !isBlank(value)));
  const isSecret = (/** @type {string} */ name) => secretNames.includes(name);
  return {
    secrets: valuesOf(isSecret),
    variables: valuesOf((name) => !isSecret(name) && settingNames.includes(name)),
    emptied: secretNames.filter((name) => isBlank(given[name] ?? "not given")),
    unknown: Object.keys(given).filter((name) => !settingNames.includes(name)),
    stray: strayLines(text),
  };
}

/** @param {string} value */
const isBlank = (value) => value.trim() === "";
