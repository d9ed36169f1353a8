// Chromium, with an eye on everything that a page must not do.
import { LIMIT_MS } from "./site.mjs";

/**
 * Opens the site in a fresh context.
 * @param {import("playwright-core").Browser} browser
 * @param {string} url
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-US", ...options });
  context.setDefaultTimeout(LIMIT_MS);
  const page = await context.newPage();
  const complaints = watch(page);
  const bodies = record(page);
  await page.goto(url);
  await page.getByText("Example data.", { exact: true }).waitFor();
  return { page, complaints, bodies, close: () => context.close() };
}

/** Console errors, exceptions and violations of the Content-Security-Policy, as they come. */
function watch(page) {
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  return complaints;
}

/** Everything that reaches the browser: each answer's address, headers and body. */
function record(page) {
  const bodies = [];
  page.on("response", (response) => {
    const body = response.body().then(
      (bytes) => bytes.toString("latin1"),
      // A stream that was stopped has no whole body.
      () => "",
    );
    bodies.push(Promise.all([response.url(), response.allHeaders().then(JSON.stringify, () => ""), body]));
  });
  return () => Promise.all(bodies);
}

/** Lets requests to these addresses wait until what this gives is called. */
export async function holdRequests(page, addresses) {
  let letGo;
  const released = new Promise((resolve) => (letGo = resolve));
  await page.route(addresses, async (route) => {
    await released;
    await route.continue();
  });
  return letGo;
}

/** The view that is shown. */
export const view = (page) => page.locator("main > section:visible");

export async function ask(page, question) {
  await page.getByLabel("Your question").fill(question);
  await page.getByRole("button", { name: "Send" }).click();
}

/** The newest answer, once it is in this state. */
export async function answerIn(page, state) {
  const answer = page.locator(".answer").last();
  await page.locator(`.answer[data-state="${state}"]`).last().waitFor();
  return answer;
}
