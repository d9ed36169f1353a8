import { join } from "node:path";

import { root } from "../setup/paths.mjs";
import { Service } from "./service.mjs";

/**
 * Starts the local stand-in for the Minara API.
 * @param {{ port: number, key: string, env: NodeJS.ProcessEnv }} options
 */
export async function startSandbox({ port, key, env }) {
  const sandbox = new Service("the sandbox", "node", [join(root, "sandbox", "main.mjs")], {
    cwd: root,
    env: { ...env, SANDBOX_PORT: String(port), SANDBOX_KEY: key },
    secrets: [key],
  });
  const url = `http://127.0.0.1:${port}`;
  return { sandbox, url };
}

/** @param {string} url */
export async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000), redirect: "manual" });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
