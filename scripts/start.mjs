// npm start: sets up, builds, and runs the Worker with the demo page until it is stopped.
import { join } from "node:path";

import { makePrivateFolder } from "./process/env-file.mjs";
import { Failure } from "./process/failure.mjs";
import { exitOf, spawnGroup } from "./process/group.mjs";
import { runMain } from "./process/main.mjs";
import { step } from "./process/step.mjs";
import { childEnvironment } from "./setup/environment.mjs";
import { root } from "./setup/paths.mjs";
import { startDevelopment } from "./start/development.mjs";
import { findPort } from "./start/ports.mjs";
import { startSandbox } from "./start/sandbox.mjs";
import { readStartSettings } from "./start/settings.mjs";

/** @typedef {import("./start/settings.mjs").StartSettings} StartSettings */
/** @typedef {import("./start/service.mjs").Service} Service */

await runMain(start, { runsUntilStopped: true });

/** Returns only by failing: the services run until a signal ends them. */
async function start() {
  const settings = readStartSettings();
  for (const remark of settings.remarks) console.log(`note: ${remark}`);
  await choosePorts(settings);
  await build();
  // Again: minutes may have passed since the first look.
  const { port, sandboxPort } = await choosePorts(settings);
  const env = childEnvironment();
  const sandbox = settings.live ? undefined : await runSandbox(settings, sandboxPort, env);
  const { worker, health } = await runWorker(settings, port, env);
  console.log(announcement({ port, sandboxPort, settings, upstream: health.upstream }));
  const services = [worker, ...(sandbox ? [sandbox] : [])];
  for (const service of services) service.show();
  await Promise.race(services.map((service) => service.ended));
}

/** @param {StartSettings} settings */
async function choosePorts(settings) {
  const port = await findPort("PORT", settings.port);
  const sandboxPort = settings.live ? 0 : await findPort("SANDBOX_PORT", settings.sandboxPort, [port]);
  return { port, sandboxPort };
}

/** In a process group of its own, so that a stop in the middle also ends the compilers. */
async function build() {
  const script = join(root, "scripts", "build.mjs");
  const builder = spawnGroup(process.execPath, [script, "--all"], {
    cwd: root,
    env: childEnvironment(),
    stdio: ["ignore", "inherit", "inherit"],
  });
  if ((await exitOf(builder)) !== 0) throw new Failure("not started, because set-up or build failed (above).");
}

/** @param {StartSettings} settings @param {number} port @param {NodeJS.ProcessEnv} env */
async function runSandbox(settings, port, env) {
  return step("sandbox", async (note) => {
    const { sandbox, url } = await startSandbox({ port, key: settings.sandboxKey, env });
    if (settings.worker.MINARA_BASE_URL) note("started; MINARA_BASE_URL is not used, as there is no key");
    else note("started");
    settings.worker.MINARA_API_KEY = settings.sandboxKey;
    settings.worker.MINARA_BASE_URL = url;
    return sandbox;
  });
}

/** @param {StartSettings} settings @param {number} port @param {NodeJS.ProcessEnv} env */
async function runWorker(settings, port, env) {
  return step("Worker", async (note) => {
    const privateFolder = makePrivateFolder("minara-start-");
    const started = await startDevelopment({ port, settings: settings.worker, privateFolder, env });
    note("started");
    return started;
  });
}

/** @param {{ port: number, sandboxPort: number, settings: StartSettings, upstream?: string }} state */
function announcement({ port, sandboxPort, settings, upstream }) {
  const baseUrl = settings.worker.MINARA_BASE_URL ?? "https://api.minara.ai";
  const cost = upstream === "live" ? "calls are billed" : "it says it is a sandbox";
  const source = settings.live
    ? `Talking to ${baseUrl} with your key: ${cost}.`
    : `This is the sandbox (http://127.0.0.1:${sandboxPort}): example data, nothing is billed. ` +
      "Set MINARA_API_KEY in the environment or in .dev.vars to use the real API.";
  return `\nMinara runs at http://localhost:${port}\n${source}\nCtrl-C stops it.\n`;
}
