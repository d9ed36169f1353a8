// Serving a built page, opening it in Chromium, and what it must have done.
import assert from "node:assert/strict";
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/**
 * Serves a folder as a static host does.
 * @param {string} folder
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export async function serve(folder) {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://x").pathname);
    const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
    if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/**
 * Opens a page that leaves its outcome in `globalThis.outcome`, and tells also how the module came.
 * @param {import("playwright-core").Browser} browser
 * @param {string} url
 * @param {string} api
 */
export async function openPage(browser, url, api) {
  const page = await browser.newPage();
  const complaints = [];
  const loaded = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("response", (response) => loaded.push(`${response.status()} ${new URL(response.url()).pathname}`));
  try {
    await page.goto(`${url}?api=${encodeURIComponent(api)}`);
    await page.waitForFunction(() => globalThis.outcome, undefined, { timeout: 30_000 });
    const outcome = await page.evaluate(() => globalThis.outcome);
    assert.deepEqual(complaints, []);
    const came = (pattern) => loaded.filter((line) => pattern.test(line)).length;
    return { outcome, wasmFiles: came(/^200 .*\.wasm$/), inlineFiles: came(/^200 .*inline/) };
  } catch (error) {
    throw new Error(`${error.message}\n${[...complaints, ...loaded].join("\n")}`, { cause: error });
  } finally {
    await page.close();
  }
}

/** @param {any} outcome */
export function checkPage(outcome) {
  checkAnswer(outcome);
  assert.deepEqual(outcome.events, ["message=one", "two=2", "message=3"]);
  assert.deepEqual(outcome.codes, ["invalid_request", "key_in_browser", "invalid_request"]);
}

/** @param {any} outcome */
export function checkServer(outcome) {
  checkAnswer(outcome);
  assert.deepEqual(outcome.events, ["message=one", "message=2"]);
  assert.deepEqual(outcome.codes, ["invalid_request"]);
}

/** @param {any} outcome */
function checkAnswer({ text, isWhole, isError }) {
  assert.match(text, /Sandbox/);
  assert.ok(text.length > 200);
  assert.equal(isWhole, true);
  assert.equal(isError, true);
}
