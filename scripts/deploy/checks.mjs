import { nameLines } from "../process/env-file.mjs";
import { nearestNames } from "./names.mjs";

/** @typedef {import("./settings.mjs").DeploySettings} DeploySettings */

/** Characters that a secret has at least which somebody could guess; the Worker refuses shorter ones too. */
export const shortestSecret = 32;

/** What removes a secret from the Worker: a deployment only adds and replaces. */
export const removal = (/** @type {string} */ name) =>
  `npx wrangler secret delete ${name} --config worker/wrangler.toml`;

/**
 * Why these settings must not face the internet: one sentence each, none when they may.
 * @param {DeploySettings} settings
 * @returns {string[]}
 */
export function refusals(settings) {
  const checks = [lineRefusals, nameRefusals, secretRefusals, budgetRefusals, localRefusals];
  return checks.flatMap((check) => check(settings));
}

/**
 * A line that sets nothing may have been to stop all calls.
 * @param {DeploySettings} settings
 */
function lineRefusals({ stray }) {
  if (stray.length === 0) return [];
  const where = nameLines(stray);
  const remedy = "write NAME=value, or # before a remark.";
  return [`deploy.vars is not understood on ${where} and would set nothing there: ${remedy}`];
}

/**
 * All that is no secret becomes a plain variable and stands on a command line, so a slip in a name would publish one.
 * @param {DeploySettings} settings
 */
function nameRefusals({ unknown }) {
  return unknown.map((name) => {
    const nearest = nearestNames(name);
    // Else it may be a part of a secret whose line was broken.
    const isName = nearest.length > 0 || /^[A-Z]+(_[A-Z]+)+$/.test(name);
    const shown = isName ? name : `A name of ${name.length} characters`;
    return `${shown} in deploy.vars is no setting of the Worker, and would become public: ${advice(name, nearest)}`;
  });
}

/** @param {string} name @param {string[]} nearest */
function advice(name, nearest) {
  if (nearest.length > 0) return `did you mean ${nearest.join(" or ")}?`;
  if (/^(CLOUDFLARE|WRANGLER)_/.test(name)) return "wrangler reads it from the environment.";
  return "worker/README.md has them all.";
}

/** @param {DeploySettings} settings */
function secretRefusals({ secrets, variables, emptied }) {
  const reasons = [];
  if (!secrets.SESSION_SECRET) {
    reasons.push(
      "SESSION_SECRET is not set: without it anyone could spend your credits without a session. " +
        "Make one with `openssl rand -base64 32`.",
    );
  }
  for (const name of ["SESSION_SECRET", "SESSION_SECRET_PREVIOUS", "ADMIN_TOKEN"]) {
    const secret = secrets[name];
    if (secret === undefined || secret.trim().length >= shortestSecret) continue;
    reasons.push(
      `${name} must have at least ${shortestSecret} characters, drawn at random, as from \`openssl rand -base64 32\`.`,
    );
  }
  for (const name of emptied) {
    if (name === "SESSION_SECRET") continue;
    reasons.push(
      `${name} is empty in deploy.vars, which would leave the one that is deployed as it is. ` +
        `To remove that, run \`${removal(name)}\` and delete the line; to keep it, delete the line.`,
    );
  }
  if (variables.TURNSTILE_SITE_KEY && emptied.includes("TURNSTILE_SECRET")) {
    reasons.push("TURNSTILE_SECRET must be set where TURNSTILE_SITE_KEY is.");
  }
  return reasons;
}

/** @param {DeploySettings} settings */
function budgetRefusals({ variables }) {
  if (!variables.DAILY_BUDGET) {
    return ["DAILY_BUDGET is not set: without it nothing bounds what a day of calls may cost you."];
  }
  if (/^0*[1-9]\d*$/.test(variables.DAILY_BUDGET)) return [];
  return [`DAILY_BUDGET must be a whole number above 0, not ${JSON.stringify(variables.DAILY_BUDGET)}.`];
}

/**
 * The trial would not find it out: it begins no session.
 * @param {DeploySettings} settings
 */
function localRefusals({ variables }) {
  if (!variables.TURNSTILE_VERIFY_URL) return [];
  return [
    "TURNSTILE_VERIFY_URL can only be an address of this machine, which Cloudflare's do not reach: " +
      "no challenge could be verified. Leave it out.",
  ];
}

/**
 * What deserves a second look, but may be meant.
 * @param {DeploySettings} settings
 * @returns {string[]}
 */
export function warnings({ secrets, variables }) {
  const remarks = [];
  if (!secrets.MINARA_API_KEY) {
    remarks.push("MINARA_API_KEY is not set: the Worker keeps the key it has, or answers 503 if it never had one.");
  }
  if (!secrets.TURNSTILE_SECRET) {
    const otherwise = variables.TURNSTILE_SITE_KEY
      ? "or answers 503 if it never had one, as TURNSTILE_SITE_KEY is set."
      : "or gives sessions to whoever asks from an allowed origin if it never had one.";
    remarks.push(`TURNSTILE_SECRET is not set: the Worker keeps the one it has, ${otherwise}`);
  } else if (!variables.TURNSTILE_SITE_KEY) {
    remarks.push("TURNSTILE_SITE_KEY is not set: pages have to know it by themselves to show the challenge.");
  }
  return remarks;
}
