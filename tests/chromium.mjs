// The headless Chromium of all tests and benches.
import { chromium } from "playwright-core";

/** Nothing of its own: no look-up, no update, no first page, which would be taken for the page's own requests. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * The browser that CHROME_PATH names, else the system's.
 * @param {NodeJS.ProcessEnv} [env]
 */
export function launchChromium(env = process.env) {
  return chromium.launch({ executablePath: env.CHROME_PATH || "/usr/bin/chromium", args: FLAGS });
}
