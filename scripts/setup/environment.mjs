import { delimiter, join } from "node:path";

import { root, toolDir } from "./paths.mjs";
import { withoutSecrets } from "./secret-names.mjs";
import { cargoTools } from "./versions.mjs";

/**
 * The environment of everything that the scripts start. The npm packages come first on PATH, so that `node` is
 * the one that wrangler accepts; then the cargo tools. worker-build takes its helpers by name of variable and
 * would download them otherwise. The Worker's secrets are left out: a build script has no use for them.
 * @param {NodeJS.ProcessEnv} [environment]
 * @param {NodeJS.ProcessEnv} [additions]
 * @returns {NodeJS.ProcessEnv}
 */
export function childEnvironment(environment = process.env, additions = {}) {
  const npmBin = join(root, "node_modules", ".bin");
  const toolBins = Object.values(cargoTools).map((tool) => join(toolDir(tool, environment), "bin"));
  const own = [npmBin, ...toolBins];
  const inherited = (environment.PATH ?? "").split(delimiter).filter((folder) => folder && !own.includes(folder));
  return {
    ...withoutSecrets(environment),
    PATH: [...own, ...inherited].join(delimiter),
    WASM_BINDGEN_BIN: join(toolDir(cargoTools.wasmBindgen, environment), "bin", "wasm-bindgen"),
    WASM_OPT_BIN: join(npmBin, "wasm-opt"),
    ESBUILD_BIN: join(npmBin, "esbuild"),
    // Nothing that runs here reports home or asks whether it may.
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_WRITE_LOGS: "false",
    WRANGLER_HIDE_BANNER: "true",
    NEXT_TELEMETRY_DISABLED: "1",
    DO_NOT_TRACK: "1",
    ...additions,
  };
}
