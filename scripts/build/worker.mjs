import { join } from "node:path";

import { run } from "../process/run.mjs";
import { step } from "../process/step.mjs";
import { root, stateDir } from "../setup/paths.mjs";
import { rustInputs, toolFacts } from "./facts.mjs";
import { buildOnce } from "./stamp.mjs";

/**
 * Builds the Worker's bundle into worker/build/.
 * @param {NodeJS.ProcessEnv} env
 */
export async function buildWorker(env) {
  const recipe = {
    name: "worker",
    inputs: [...rustInputs, "worker"],
    ignored: ["worker/build", "worker/target", "worker/node_modules", "worker/.wrangler", "worker/.dev.vars"],
    output: "worker/build",
    facts: await toolFacts(env),
  };
  const build = async () => {
    const log = join(stateDir, "logs", "worker-build.log");
    // A backtrace of worker-build itself would bury the compiler's message.
    const quiet = { ...env, RUST_BACKTRACE: "0" };
    await run("worker-build", ["--release"], { cwd: join(root, "worker"), env: quiet, log });
  };
  await step("Worker (worker/build/)", (note) => buildOnce(recipe, note, build));
}
