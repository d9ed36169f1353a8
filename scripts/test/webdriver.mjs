import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { root, stateDir } from "../setup/paths.mjs";

/**
 * What wasm-bindgen's test runner needs to find the browser: the flags of webdriver.json and the program found.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function webdriverSettings(env) {
  const settings = JSON.parse(readFileSync(join(root, "webdriver.json"), "utf8"));
  settings["goog:chromeOptions"].binary = env.CHROME_PATH;
  const file = join(stateDir, "webdriver.json");
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(file, JSON.stringify(settings));
  return { WASM_BINDGEN_TEST_WEBDRIVER_JSON: file };
}
