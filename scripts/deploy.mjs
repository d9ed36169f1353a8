import { spawn } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { buildPackage } from "./build/package.mjs";
import { buildPage } from "./build/page.mjs";
import { buildWorker } from "./build/worker.mjs";
import { refusals, removal, warnings } from "./deploy/checks.mjs";
import { readDeploySettings } from "./deploy/settings.mjs";
import { tryOut } from "./deploy/trial.mjs";
import { makePrivateFolder } from "./process/env-file.mjs";
import { Failure } from "./process/failure.mjs";
import { exitOf } from "./process/group.mjs";
import { runMain } from "./process/main.mjs";
import { step } from "./process/step.mjs";
import { setUp } from "./setup/index.mjs";
import { root } from "./setup/paths.mjs";

const help = `npm run deploy [-- --dry-run]

Builds the Worker and the demo page and deploys them to Cloudflare with wrangler.

  --dry-run   does all of it but the upload, also offline
  --help      shows this

Settings come from the environment or from the file deploy.vars (lines NAME=value, never committed);
the environment wins.

  SESSION_SECRET    required, at least 32 random characters that sign the sessions
  DAILY_BUDGET      required, what one day of calls may cost
  MINARA_API_KEY    the key
  other secrets     MINARA_API_KEY_NEXT, SESSION_SECRET_PREVIOUS, TURNSTILE_SECRET, ADMIN_TOKEN, CLIENT_TOKENS
  other settings    all of worker/README.md: SESSION_BUDGET, SESSION_IN_FLIGHT, COSTS, ALLOWED_ORIGINS, KILL_SWITCH,
                    TURNSTILE_SITE_KEY, the time limits and so on

A secret that is left out stays as it was deployed; what removes one is
\`${removal("NAME")}\`. Variables that are left out are removed.

Secrets reach wrangler through a file that only you can read. Log in first with \`npx wrangler login\`, or set
CLOUDFLARE_API_TOKEN.`;

await runMain(async () => {
  const options = readOptions();
  if (options.help) {
    console.log(help);
    return;
  }
  const settings = readDeploySettings(process.env, join(root, "deploy.vars"));
  const reasons = refusals(settings);
  if (reasons.length > 0) throw new Failure(`not deployed.\n${reasons.join("\n")}`);
  for (const remark of warnings(settings)) console.log(`note: ${remark}`);
  const env = await setUp();
  await buildPackage(env);
  await buildWorker(env);
  await buildPage();
  await step("settings", () => tryOut(settings, env));
  await deploy(settings, Boolean(options["dry-run"]), env);
});

function readOptions() {
  try {
    return parseArgs({ options: { "dry-run": { type: "boolean" }, help: { type: "boolean", short: "h" } } }).values;
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message}\n\n${help}`);
  }
}

/**
 * @param {import("./deploy/settings.mjs").DeploySettings} settings
 * @param {boolean} dryRun
 * @param {NodeJS.ProcessEnv} env
 */
async function deploy({ secrets, variables }, dryRun, env) {
  const folder = makePrivateFolder("minara-deploy-");
  // JSON, because wrangler would expand dollar signs in the other form.
  const secretsFile = folder.write("secrets.json", JSON.stringify(secrets));
  const args = [
    ["deploy", "--config", join(root, "worker", "wrangler.toml")],
    ["--secrets-file", secretsFile],
    Object.entries(variables).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
    dryRun ? ["--dry-run", "--outdir", join(folder.path, "bundle")] : [],
  ];
  // Not in a group of its own: it may have to ask which account to use, and only the terminal's own group can.
  const wrangler = spawn("wrangler", args.flat(), { cwd: root, env, stdio: "inherit" });
  if ((await exitOf(wrangler)) !== 0) throw new Failure("wrangler did not deploy (above).");
  console.log(dryRun ? "\nDry run: everything is ready, nothing was uploaded." : "\nDeployed.");
}
