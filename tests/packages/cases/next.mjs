// Next.js: a page, one that is rendered on the server, a route handler on Node, one on the edge runtime, and middleware, by
// both of its bundlers.
import assert from "node:assert/strict";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";

import { endGroup, spawnGroup } from "../../../scripts/process/group.mjs";
import { run } from "../../../scripts/process/run.mjs";
import { checkPage, checkServer, openPage } from "../page.mjs";
import { answer, freePort } from "../server.mjs";

/** @import { Context } from "../run.mjs" */

/**
 * @typedef {object} Mode
 * @property {"development" | "production"} env
 * @property {string[]} flags
 * @property {string[]} routes  that answer with what a server's consumer has done
 */

/** @type {[string, (context: Context) => Promise<void>][]} */
export const nextjs = [
  ["Next.js, built: pages, one of them rendered on the server, route handler, edge route, middleware", (context) => next(context, mode("production"))],
  ["Next.js, in development: the same", (context) => next(context, mode("development"))],
  ["Next.js by webpack, built: pages, route handler, middleware", (context) => next(context, mode("production", "--webpack"))],
  ["Next.js by webpack, in development: the same", (context) => next(context, mode("development", "--webpack"))],
];

/**
 * @param {Mode["env"]} env
 * @param {string[]} flags
 * @returns {Mode}
 */
function mode(env, ...flags) {
  // By webpack this version of Next.js builds no edge route at all.
  const edge = flags.length === 0 ? ["api/edge"] : [];
  return { env, flags, routes: ["api/chat", "api/middleware", ...edge] };
}

/** @param {Context} context @param {Mode} mode */
async function next({ workspace, browser, pages, servers }, { env: NODE_ENV, flags, routes }) {
  const dir = workspace.place("next", `next-${NODE_ENV}${flags.join("")}`);
  if (!routes.includes("api/edge")) rmSync(join(dir, "app", "api", "edge"), { recursive: true });
  cpSync(join(workspace.place("page", "next-page"), "consumer.js"), join(dir, "consumer.js"));
  cpSync(join(workspace.place("server", "next-server"), "consumer.js"), join(dir, "server-consumer.js"));
  const env = { ...workspace.env, TOOLS_DIR: workspace.tools, BASE_URL: servers.url, API_KEY: servers.key, NODE_ENV };
  const command = join(workspace.tools, "node_modules", "next", "dist", "bin", "next");
  const isBuilt = NODE_ENV === "production";
  if (isBuilt) await run("node", [command, "build", ...flags], { cwd: dir, env });
  const port = await freePort();
  const how = isBuilt ? ["start"] : ["dev", ...flags];
  const server = spawnGroup("node", [command, ...how, "-p", String(port), "-H", "127.0.0.1"], {
    cwd: dir,
    env,
    stdio: "ignore",
  });
  try {
    const url = `http://127.0.0.1:${port}/`;
    for (const route of routes) {
      const response = await answer(url + route);
      if (response.status !== 200) throw new Error(`${route}: ${response.status} ${await response.text()}`);
      checkServer(await response.json());
    }
    await checkRendered(`${url}rendered`, servers);
    checkPage((await openPage(browser, url, pages.url)).outcome);
  } finally {
    await endGroup(server);
  }
}

/**
 * A page whose server waits for a job's answer while it renders, and finds it by its second look.
 * @param {string} url
 * @param {Context["servers"]} servers
 */
async function checkRendered(url, servers) {
  servers.script({ match: { method: "GET" }, job: { status: "in_progress" } });
  const response = await answer(url);
  const html = await response.text();
  assert.equal(response.status, 200, html);
  assert.match(html, /Sandbox/);
}
