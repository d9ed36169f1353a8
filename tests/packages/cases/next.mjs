// Next.js: one build, then a page, a route handler on Node, and one on the edge runtime.
import { cpSync } from "node:fs";
import { join } from "node:path";

import { endGroup, spawnGroup } from "../../../scripts/process/group.mjs";
import { run } from "../../../scripts/process/run.mjs";
import { checkPage, checkServer, openPage } from "../page.mjs";
import { answer, freePort } from "../server.mjs";

/** @import { Context } from "../run.mjs" */

/** @type {[string, (context: Context) => Promise<void>][]} */
export const nextjs = [["Next.js: client page, route handler, edge route", next]];

/** @param {Context} context */
async function next({ workspace, browser, pages, servers }) {
  const dir = workspace.place("next");
  cpSync(join(workspace.place("page", "next-page"), "consumer.js"), join(dir, "consumer.js"));
  cpSync(join(workspace.place("server", "next-server"), "consumer.js"), join(dir, "server-consumer.js"));
  const env = {
    ...workspace.env,
    TOOLS_DIR: workspace.tools,
    BASE_URL: servers.url,
    API_KEY: servers.key,
    NODE_ENV: "production",
  };
  const command = join(workspace.tools, "node_modules", "next", "dist", "bin", "next");
  await run("node", [command, "build"], { cwd: dir, env });
  const port = await freePort();
  const server = spawnGroup("node", [command, "start", "-p", String(port), "-H", "127.0.0.1"], {
    cwd: dir,
    env,
    stdio: "ignore",
  });
  try {
    const url = `http://127.0.0.1:${port}/`;
    for (const route of ["api/chat", "api/edge"]) checkServer(await (await answer(url + route)).json());
    checkPage((await openPage(browser, url, pages.url)).outcome);
  } finally {
    await endGroup(server);
  }
}
