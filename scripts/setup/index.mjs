import { step } from "../process/step.mjs";
import { checkToolVersions, ensureCargoTool } from "./cargo-tools.mjs";
import { ensureBrowser } from "./chromium.mjs";
import { childEnvironment } from "./environment.mjs";
import { ensureNpmPackages } from "./npm-packages.mjs";
import { ensureRustLints, ensureWasmTarget } from "./rust.mjs";
import { cargoTools } from "./versions.mjs";

/**
 * Installs what is missing, one line per step, and returns the environment in which everything else runs.
 * @param {{ forTests?: boolean }} [wanted]  tests also need a browser and Rust's linters
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function setUp({ forTests = false } = {}) {
  checkToolVersions();
  await step("npm packages", ensureNpmPackages);
  const forRust = await step("Rust and its wasm target", ensureWasmTarget);
  const environment = childEnvironment(process.env, forRust);
  for (const tool of Object.values(cargoTools)) {
    await step(`${tool.name} ${tool.version}`, (note) => ensureCargoTool(tool, environment, note));
  }
  if (!forTests) return environment;
  await step("clippy and rustfmt", (note) => ensureRustLints(environment, note));
  const { chrome, chromedriver } = await step("Chromium and chromedriver", ensureBrowser);
  return { ...environment, CHROME_PATH: chrome, CHROMEDRIVER: chromedriver };
}
