// Bundlers and no bundler at all, each opened in Chromium.
import assert from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { run } from "../../../scripts/process/run.mjs";
import { checkPage, checkServer, openPage, serve } from "../page.mjs";

/** @import { Context } from "../run.mjs" */

/** Each of the two modules is fetched once, in one form. */
const AS_FILES = { wasmFiles: 2, inlineFiles: 0 };

/** @type {[string, (context: Context) => Promise<void>][]} */
export const bundlers = [
  ["plain <script type=module>", plainScript],
  ["Vite dev", viteDev],
  ["Vite build", viteBuild],
  ["webpack 5", webpack],
  ["Vite build, in a Web Worker", viteWorker],
  ["Rollup", rollup],
  ["Rollup, for Node", rollupForNode],
  ["esbuild, module file beside the bundle", (context) => esbuild(context, true)],
  ["esbuild, without that file", (context) => esbuild(context, false)],
];

/** @param {Context} context */
async function plainScript({ workspace, browser, pages }) {
  const dir = workspace.place("page", "plain");
  const map = JSON.stringify({ imports: { minara: "/node_modules/minara/web.js", "minara/sse": "/node_modules/minara/sse.js" } });
  writeFileSync(
    join(dir, "index.html"),
    `<script type="importmap">${map}</script><script type="module" src="./main.js"></script>`,
  );
  const host = await serve(workspace.dir);
  try {
    const { outcome, wasmFiles, inlineFiles } = await openPage(browser, `${host.url}plain/`, pages.url);
    checkPage(outcome);
    assert.deepEqual({ wasmFiles, inlineFiles }, AS_FILES);
  } finally {
    host.close();
  }
}

/** @param {Context} context */
async function viteDev({ workspace, browser, pages }) {
  const dir = workspace.place("page", "vite-dev");
  const { createServer } = await workspace.load("vite");
  const server = await createServer({
    root: dir,
    logLevel: "error",
    configFile: false,
    cacheDir: join(dir, ".vite"),
    server: { host: "127.0.0.1", port: 0, hmr: false },
  });
  try {
    await server.listen();
    const { port } = server.httpServer.address();
    checkPage((await openPage(browser, `http://127.0.0.1:${port}/`, pages.url)).outcome);
  } finally {
    await server.close();
  }
}

/** @param {Context} context */
async function viteBuild({ workspace, browser, pages }) {
  const dir = workspace.place("page", "vite-build");
  const { build } = await workspace.load("vite");
  await build({ root: dir, logLevel: "error", configFile: false });
  await checkHosted(join(dir, "dist"), { browser, pages }, AS_FILES);
}

/** @param {Context} context */
async function viteWorker({ workspace, browser, pages }) {
  const dir = workspace.place("page", "vite-worker");
  const { build } = await workspace.load("vite");
  writeFileSync(
    join(dir, "worker.js"),
    'import { consume } from "./consumer.js";\nonmessage = async ({ data }) => postMessage(await consume(data));\n',
  );
  writeFileSync(
    join(dir, "main.js"),
    `const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    worker.postMessage(new URLSearchParams(location.search).get("api"));
    globalThis.outcome = new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));`,
  );
  await build({ root: dir, logLevel: "error", configFile: false, worker: { format: "es" } });
  await checkHosted(join(dir, "dist"), { browser, pages }, AS_FILES);
}

/** @param {Context} context */
async function webpack({ workspace, browser, pages }) {
  const dir = workspace.place("page", "webpack");
  const { default: compile } = await workspace.load("webpack");
  const settings = { mode: "production", context: dir, entry: "./main.js", output: { path: join(dir, "dist") } };
  const stats = await new Promise((resolve, reject) =>
    compile(settings, (error, done) => (error ? reject(error) : resolve(done))),
  );
  assert.ok(!stats.hasErrors() && !stats.hasWarnings(), stats.toString("errors-warnings"));
  copyPage(dir);
  await checkHosted(join(dir, "dist"), { browser, pages }, AS_FILES);
}

/** @param {Context} context */
async function rollup({ workspace, browser, pages }) {
  const dir = workspace.place("page", "rollup");
  await bundleByRollup(workspace, join(dir, "main.js"), {});
  copyPage(dir);
  copyModules(workspace, join(dir, "dist"));
  await checkHosted(join(dir, "dist"), { browser, pages }, AS_FILES);
}

/** @param {Context} context */
async function rollupForNode({ workspace, servers }) {
  const dir = workspace.place("server", "rollup-for-node");
  await bundleByRollup(workspace, join(dir, "import.mjs"), { exportConditions: ["node"] });
  const args = [join(dir, "dist", "import.js"), servers.url, servers.key];
  checkServer(JSON.parse(await run("node", args, { cwd: dir, env: workspace.env })));
}

/**
 * Into a folder `dist` beside the input.
 * @param {Context["workspace"]} workspace
 * @param {string} input
 * @param {object} resolution  options of the plugin that finds packages
 */
async function bundleByRollup(workspace, input, resolution) {
  const { rollup: start } = await workspace.load("rollup");
  const { nodeResolve } = await workspace.load("@rollup/plugin-node-resolve");
  const bundle = await start({ input, plugins: [nodeResolve(resolution)] });
  await bundle.write({ dir: join(dirname(input), "dist"), format: "es" });
  await bundle.close();
}

/** @param {Context} context @param {boolean} isFileServed */
async function esbuild({ workspace, browser, pages }, isFileServed) {
  const dir = workspace.place("page", `esbuild-${isFileServed}`);
  const { build } = await import("esbuild");
  const outdir = join(dir, "dist");
  await build({
    absWorkingDir: dir,
    entryPoints: ["main.js"],
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    outdir,
  });
  copyPage(dir);
  if (isFileServed) copyModules(workspace, outdir);
  const wanted = isFileServed ? AS_FILES : { wasmFiles: 0, inlineFiles: 2 };
  await checkHosted(outdir, { browser, pages }, wanted);
}

/** @param {Context["workspace"]} workspace @param {string} folder */
function copyModules(workspace, folder) {
  for (const name of ["minara_bg.wasm", "minara_sse_bg.wasm"]) {
    copyFileSync(join(workspace.dir, "node_modules", "minara", name), join(folder, name));
  }
}

/** @param {string} dir */
function copyPage(dir) {
  copyFileSync(join(dir, "index.html"), join(dir, "dist", "index.html"));
}

/**
 * @param {string} folder
 * @param {Pick<Context, "browser" | "pages">} context
 * @param {{ wasmFiles: number, inlineFiles: number }} wanted
 */
async function checkHosted(folder, { browser, pages }, wanted) {
  const host = await serve(folder);
  try {
    const { outcome, wasmFiles, inlineFiles } = await openPage(browser, host.url, pages.url);
    checkPage(outcome);
    assert.deepEqual({ wasmFiles, inlineFiles }, wanted);
  } finally {
    host.close();
  }
}
