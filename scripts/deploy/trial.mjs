import { makePrivateFolder } from "../process/env-file.mjs";
import { Failure } from "../process/failure.mjs";
import { findPort } from "../start/ports.mjs";
import { startWorker } from "../start/worker.mjs";

/** @typedef {import("./settings.mjs").DeploySettings} DeploySettings */

/** Stands for a secret that is left out, because the one that is deployed stays. */
const DEPLOYED_BEFORE = "deployed-before-deployed-before-deployed";

/**
 * Lets the built Worker read the settings, on this machine and without asking anybody: those that it cannot work with
 * would stop every call of the one that is deployed.
 * @param {DeploySettings} settings
 * @param {NodeJS.ProcessEnv} env
 */
export async function tryOut({ secrets, variables }, env) {
  /** @type {Record<string, string>} */
  const settings = { MINARA_API_KEY: DEPLOYED_BEFORE, ...variables, ...secrets };
  if (variables.TURNSTILE_SITE_KEY) settings.TURNSTILE_SECRET ??= DEPLOYED_BEFORE;
  const port = await findPort("PORT", { number: 8790, chosen: false });
  const privateFolder = makePrivateFolder("minara-trial-");
  const { worker, health } = await startWorker({ port, settings, privateFolder, env });
  await worker.end();
  if (health.status !== 200) throw new Failure(`not deployed. ${health.message}`);
  if (health.upstream === "sandbox") {
    throw new Failure("not deployed: MINARA_BASE_URL is an address of this machine, which Cloudflare's do not reach.");
  }
}
