// The same contest in Chromium: bundled, served from a folder, results collected by the page's console.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { launchChromium } from "../tests/chromium.mjs";

const bench = fileURLToPath(new URL(".", import.meta.url));

/** @param {object} options @param {NodeJS.ProcessEnv} env */
export async function contestInChromium(options, env) {
  return inChromium("contest/contest.mjs", env, async (page) => {
    const cells = [];
    await page.exposeFunction("onCell", (cell) => cells.push(cell));
    await page.evaluate(async (options) => {
      const { contest } = await import("/entry.js");
      await contest({ ...options, onCell: (cell) => globalThis.onCell(cell) });
    }, options);
    return cells;
  });
}

/**
 * @template T
 * @param {string} entry  a module of this folder
 * @param {NodeJS.ProcessEnv} env  which names the browser
 * @param {(page: import("playwright-core").Page, browser: import("playwright-core").Browser) => Promise<T>} task
 * @returns {Promise<T>}
 */
export async function inChromium(entry, env, task) {
  const server = await serve(await bundle(entry));
  const browser = await launchChromium(env);
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    return await task(page, browser);
  } finally {
    await browser.close();
    server.close();
  }
}

async function bundle(entry) {
  const { outputFiles } = await build({
    absWorkingDir: bench,
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    conditions: ["browser"],
    logLevel: "error",
  });
  return outputFiles[0].text;
}

/** Isolated from other origins, so that the page has timers of 5 µs instead of 100 µs. */
async function serve(script) {
  const files = {
    "/": ["text/html", "<!doctype html><title>bench</title>"],
    "/entry.js": ["text/javascript", script],
    "/minara_bg.wasm": ["application/wasm", readFileSync(new URL("../pkg/minara_bg.wasm", import.meta.url))],
  };
  const server = createServer((request, response) => {
    const [type, body] = files[request.url] ?? ["text/plain", ""];
    response.writeHead(files[request.url] ? 200 : 404, {
      "content-type": type,
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
