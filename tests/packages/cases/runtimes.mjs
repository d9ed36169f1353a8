// Runtimes of servers, and TypeScript's ways to resolve a package.
import { copyFileSync } from "node:fs";
import { join } from "node:path";

import { endGroup, spawnGroup } from "../../../scripts/process/group.mjs";
import { run } from "../../../scripts/process/run.mjs";
import { root } from "../../../scripts/setup/paths.mjs";
import { checkServer } from "../page.mjs";
import { answer, freePort } from "../server.mjs";

/** @import { Context } from "../run.mjs" */

/** @type {[string, (context: Context) => Promise<void>][]} */
export const runtimes = [
  ["Node, import", (context) => script(context, "node", ["import.mjs"])],
  ["Node, require", (context) => script(context, "node", ["require.cjs"])],
  ["Node 20, import and require", oldestNode],
  ["Deno", deno],
  ["Bun", (context) => script(context, tool(context, "bun", "bin", "bun.exe"), ["run", "import.mjs"])],
  ["workerd, by wrangler", workerd],
  ["TypeScript, nodenext", (context) => types(context, "nodenext")],
  ["TypeScript, bundler", (context) => types(context, "bundler")],
  ["TypeScript 5.4, bundler", (context) => types(context, "bundler", tool(context, "typescript-5.4", "bin", "tsc"))],
];

/** @param {Context} context @param {string} command @param {string[]} args */
async function script({ workspace, servers }, command, args) {
  const dir = workspace.place("server");
  const output = await run(command, [...args, servers.url, servers.key], { cwd: dir, env: workspace.env });
  checkServer(JSON.parse(output.trim().split("\n").at(-1) ?? ""));
}

/** @param {Context} context */
async function deno(context) {
  const { port } = new URL(context.servers.url);
  const flags = ["run", "--no-prompt", "--node-modules-dir=manual", `--allow-net=127.0.0.1:${port}`, "--allow-read"];
  const libc = process.platform === "linux" ? "-glibc" : "";
  await script(context, tool(context, "@deno", `${platform()}${libc}`, "deno"), [...flags, "import.mjs"]);
}

/**
 * Bundled by wrangler and run by workerd.
 * @param {Context} context
 */
async function workerd({ workspace, servers }) {
  const dir = workspace.place("worker");
  copyFileSync(join(workspace.place("server"), "consumer.js"), join(dir, "consumer.js"));
  const port = String(await freePort());
  const vars = ["--var", `BASE_URL:${servers.url}`, "--var", `API_KEY:${servers.key}`];
  const args = [
    "dev",
    "--ip",
    "127.0.0.1",
    "--port",
    port,
    "--inspector-port",
    "0",
    "--show-interactive-dev-session=false",
    ...vars,
  ];
  const wrangler = join(root, "node_modules", ".bin", "wrangler");
  const server = spawnGroup(wrangler, args, { cwd: dir, env: workspace.env, stdio: "ignore" });
  try {
    const response = await answer(`http://127.0.0.1:${port}/`);
    if (response.status !== 200) throw new Error(await response.text());
    checkServer(await response.json());
  } finally {
    await endGroup(server);
  }
}

/** @param {Context} context @param {string} resolution */
async function types({ workspace }, resolution, tsc = join(root, "node_modules", ".bin", "tsc")) {
  const dir = workspace.place("types");
  await run(tsc, ["-p", `tsconfig.${resolution}.json`], { cwd: dir, env: workspace.env });
}

/**
 * The oldest one that the package promises to run in; the others run in the checkout's own.
 * @param {Context} context
 */
async function oldestNode(context) {
  const node = tool(context, "node", "bin", "node");
  const version = (await run(node, ["--version"], { env: context.workspace.env })).trim();
  if (!version.startsWith("v20.")) throw new Error(`This is Node ${version}: the package is to be tried in Node 20.`);
  for (const file of ["import.mjs", "require.cjs"]) await script(context, node, [file]);
}

/** @param {Context} context @param {string[]} path */
const tool = ({ workspace }, ...path) => join(workspace.tools, "node_modules", ...path);

const platform = () => `${process.platform}-${process.arch}`;
