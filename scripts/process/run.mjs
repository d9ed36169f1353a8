import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

import { withoutSecrets } from "../setup/secret-names.mjs";
import { Failure } from "./failure.mjs";

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]  passed on without the Worker's secrets
 * @property {string} [log]   file that takes all output instead of memory
 */

/**
 * Runs a command without a terminal and waits for it.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number | null, output: string }>} code is null when the command does not exist
 */
export function tryRun(command, args, { cwd, env = process.env, log } = {}) {
  if (log) mkdirSync(dirname(log), { recursive: true });
  const sink = log ? openSync(log, "w") : "pipe";
  return new Promise((resolve, reject) => {
    // Here rather than by each caller: one that forgot it would hand them to install scripts out of a registry.
    const child = spawn(command, args, { cwd, env: withoutSecrets(env), stdio: ["ignore", sink, sink] });
    /** @type {Buffer[]} */
    const chunks = [];
    child.stdout?.on("data", (chunk) => chunks.push(chunk));
    child.stderr?.on("data", (chunk) => chunks.push(chunk));
    // A command that is stopped stops what it waits for.
    const stop = () => child.kill();
    process.on("exit", stop);
    const finish = (/** @type {number | null} */ code) => {
      process.off("exit", stop);
      if (typeof sink === "number") closeSync(sink);
      resolve({ code, output: log ? readFileSync(log, "utf8") : Buffer.concat(chunks).toString("utf8") });
    };
    child.on("error", (error) => {
      if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") finish(null);
      else reject(error);
    });
    child.on("close", (code, signal) => finish(code ?? (signal ? 1 : 0)));
  });
}

/**
 * As {@link tryRun}, but anything other than exit code 0 is a Failure that shows the end of the output.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 */
export async function run(command, args, options = {}) {
  const { code, output } = await tryRun(command, args, options);
  if (code === 0) return output;
  const shown = [command, ...args].join(" ");
  if (code === null) throw new Failure(`\`${command}\` was not found on PATH (wanted for \`${shown}\`).`);
  const where = options.log ? `\nThe whole output is in ${options.log}` : "";
  throw new Failure(`\`${shown}\` failed with exit code ${code}:\n${lastLines(output, 80)}${where}`);
}

/** @param {string} text @param {number} count */
function lastLines(text, count) {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
