import { join } from "node:path";

import { root } from "../setup/paths.mjs";
import { Service } from "./service.mjs";

/**
 * Starts the local stand-in for the Minara API.
 * @param {{ port: number, key: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<{ sandbox: Service, url: string }>}
 */
export async function startSandbox({ port, key, env }) {
  const sandbox = new Service("the sandbox", "node", [join(root, "sandbox", "main.mjs")], {
    cwd: root,
    env: { ...env, SANDBOX_PORT: String(port), SANDBOX_KEY: key },
    secrets: [key],
  });
  const url = `http://127.0.0.1:${port}`;
  // Not asked over the network: it counts its requests, and tests count with it.
  await sandbox.ready(async () => sandbox.hasSaid(url), { deadlineMs: 15_000 });
  return { sandbox, url };
}
