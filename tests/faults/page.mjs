// A page in headless Chromium that has the built package and the row runner, and nothing else.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";

import { launchChromium } from "../chromium.mjs";

const ROOTS = { "/pkg/": new URL("../../pkg/", import.meta.url), "/faults/": new URL("./", import.meta.url) };
const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };
const HTML = `<!doctype html><meta charset="utf-8"><title>faults</title><script type="module">
import { Minara, MinaraError, init } from "/pkg/web.js";
import { abortRow, runMany, runRow } from "/faults/run-row.mjs";
const lost = [];
addEventListener("unhandledrejection", (event) => lost.push(event.reason));
await init();
Object.assign(globalThis, {
  runRow: (row, config) => runRow(row, { Minara, MinaraError, config, lost }),
  runMany: (count, config) => runMany(count, { Minara, MinaraError, config }),
  abortRow,
  isReady: true,
});
</script>`;

/** @returns {Promise<{ page: import("playwright-core").Page, close: () => Promise<void> }>} */
export async function openPage() {
  const server = createServer(serve);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const browser = await launchChromium();
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${/** @type {any} */ (server.address()).port}/`);
  await page.waitForFunction("globalThis.isReady === true");
  const close = async () => {
    await browser.close();
    server.closeAllConnections();
    server.close();
  };
  return { page, close };
}

async function serve(request, response) {
  const root = Object.keys(ROOTS).find((prefix) => request.url.startsWith(prefix));
  if (!root) return void response.writeHead(200, { "content-type": "text/html" }).end(request.url === "/" ? HTML : "");
  try {
    const body = await readFile(new URL(request.url.slice(root.length), ROOTS[root]));
    response.writeHead(200, { "content-type": TYPES[extname(request.url)] ?? "text/plain" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}
