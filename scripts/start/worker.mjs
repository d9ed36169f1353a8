import { createRequire } from "node:module";
import { join } from "node:path";

import { formatEnvFile } from "../process/env-file.mjs";
import { root } from "../setup/paths.mjs";
import { secretNames } from "../setup/secret-names.mjs";
import { Service } from "./service.mjs";

/** How long the Worker may take to answer, in milliseconds. */
const READY_WITHIN = 60_000;

/**
 * Starts the Worker and waits until it tells what it is connected to, or why it would not serve.
 * @param {Parameters<typeof spawnWorker>[0]} options
 */
export async function startWorker(options) {
  const worker = spawnWorker(options);
  /** @type {Awaited<ReturnType<typeof askHealth>>} */
  let health;
  const isUp = async () => (health = await askHealth(`http://localhost:${options.port}`)) !== undefined;
  await worker.ready(isUp, { deadlineMs: READY_WITHIN });
  return { worker, health: /** @type {NonNullable<typeof health>} */ (health) };
}

/**
 * Starts the Worker in workerd by wrangler.
 * @param {object} options
 * @param {number} options.port
 * @param {Record<string, string>} options.settings  of the Worker, secrets included
 * @param {{ path: string, write: (name: string, content: string) => string }} options.privateFolder
 * @param {NodeJS.ProcessEnv} options.env
 * @param {string} [options.config]  of wrangler
 */
function spawnWorker({ port, settings, privateFolder, env, config = join(root, "worker", "wrangler.toml") }) {
  const settingsFile = privateFolder.write("worker.env", formatEnvFile(settings));
  const args = [
    ["--no-warnings", wranglerProgram(), "dev", "--local"],
    ["--config", config],
    ["--env-file", settingsFile],
    ["--port", String(port), "--inspector-port", "0"],
    // Else the Worker would see the host of a route in wrangler.toml, where development does not answer. Not by --host
    // either: under that every caller's host and origin would read as this machine's.
    ["--infer-origin-from-routes=false"],
    // Kept nowhere: each start has a fresh budget.
    ["--persist-to", join(privateFolder.path, "state")],
    ["--show-interactive-dev-session=false"],
  ];
  return new Service("the Worker", "node", args.flat(), {
    cwd: root,
    env: { ...env, ...offline },
    secrets: secretNames.map((name) => settings[name] ?? ""),
  });
}

/** Keeps wrangler from asking Cloudflare for sample request data and from recording requests on disk. */
const offline = {
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  X_LOCAL_EXPLORER: "false",
  X_LOCAL_OBSERVABILITY: "false",
};

/**
 * wrangler itself rather than its launcher: the launcher dies at once on a signal and would leave wrangler to
 * end workerd with nobody waiting.
 */
function wranglerProgram() {
  return createRequire(join(root, "package.json")).resolve("wrangler");
}

/**
 * Asks the Worker what it is connected to.
 * @param {string} url
 * @returns {Promise<{ status: number, upstream?: string, message?: string } | undefined>} undefined while it cannot be reached
 */
async function askHealth(url) {
  try {
    const response = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(10_000) });
    const body = /** @type {{ upstream?: string, error?: { message?: string } }} */ (await response.json());
    return { status: response.status, upstream: body.upstream, message: body.error?.message };
  } catch {
    return undefined;
  }
}
