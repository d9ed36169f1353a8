// Cloudflare Turnstile as tests need it: the script and the frame that a page gets, and the verification that the
// Worker asks.
import { createServer } from "node:http";

export const SCRIPT = "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit";
const FRAME = "https://challenges.cloudflare.com/frame";

/** What the visitor sees of a challenge that wants an answer. */
const FRAME_PAGE = `<!doctype html>
<html lang="en">
<title>Challenge</title>
<button>I am a person</button>
<script>document.querySelector("button").onclick = () => parent.postMessage("solved", "*");</script>
</html>`;

/** A challenge that is solved without the visitor. */
export const UNSEEN = "unseen";
/** A challenge that waits for the visitor's click. */
export const ASKED = "asked";

/**
 * Stands in for all of https://challenges.cloudflare.com in a page.
 * @param {import("playwright-core").Page} page
 * @param {object} course
 * @param {(string | [callback: string, ...unknown[]])[]} [course.challenges]  how one after the other goes: UNSEEN,
 * ASKED, or a callback that is called with the rest
 * @param {("given" | "lost" | "foreign")[]} [course.loads]  how often the script comes, and how; then as it should
 */
export async function stubTurnstile(page, { challenges = [], loads = [] }) {
  const requests = [];
  const remaining = [...loads];
  const script = `(${installTurnstile})(${JSON.stringify({ challenges, FRAME, UNSEEN, ASKED })});`;
  await page.route("https://challenges.cloudflare.com/**", (route) => {
    const url = route.request().url();
    if (url === FRAME) return route.fulfill({ contentType: "text/html", body: FRAME_PAGE });
    requests.push(url);
    const load = remaining.shift() ?? "given";
    if (load === "lost") return route.abort();
    return route.fulfill({ contentType: "text/javascript", body: load === "given" ? script : "" });
  });
  return {
    /** Addresses from which the page wanted scripts. */
    requests,
    /** The options of every widget: functions by their type. */
    rendered: () => page.evaluate(() => globalThis.turnstile?.rendered ?? []),
    /** How many widgets there are. */
    open: () => page.evaluate(() => globalThis.turnstile?.open() ?? 0),
  };
}

/** Runs in the page. */
function installTurnstile({ challenges, FRAME, UNSEEN, ASKED }) {
  const widgets = new Map();
  const rendered = [];
  globalThis.turnstile = {
    rendered,
    open: () => widgets.size,
    render(container, options) {
      const id = `widget-${rendered.length}`;
      rendered.push(Object.fromEntries(Object.entries(options).map(([name, value]) => [name, shown(value)])));
      const frame = document.createElement("iframe");
      Object.assign(frame, { src: FRAME, title: "Security challenge", width: 300, height: 65, hidden: true });
      container.append(frame);
      widgets.set(id, frame);
      const { sitekey, action } = options;
      const token = JSON.stringify({ id: Math.random(), hostname: location.hostname, sitekey, action });
      const solve = () => options.callback(token);
      const challenge = challenges.shift();
      if (challenge === ASKED) {
        frame.hidden = false;
        addEventListener("message", ({ source }) => source === frame.contentWindow && solve());
      } else {
        const [callback, ...values] = challenge;
        // Never before `render` has given the id, as the real one.
        setTimeout(() => (challenge === UNSEEN ? solve() : options[callback](...values)));
      }
      return id;
    },
    remove(id) {
      widgets.get(id).remove();
      widgets.delete(id);
    },
  };
  const shown = (value) => (typeof value === "function" ? "a function" : value);
}

/**
 * Starts the verification: a token counts once, for the widget's key, and says where and for what it was solved.
 * @param {{ siteKey: string }} widget
 */
export async function startVerification({ siteKey }) {
  const used = new Set();
  const asked = [];
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const question = JSON.parse(Buffer.concat(pieces).toString());
    asked.push(question);
    const { sitekey, hostname, action } = JSON.parse(question.response);
    const success = sitekey === siteKey && !used.has(question.response) && !verification.isRefusing;
    used.add(question.response);
    response.end(JSON.stringify({ success, hostname, action }));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const verification = {
    url: `http://127.0.0.1:${server.address().port}/siteverify`,
    /** The Worker's questions. */
    asked,
    isRefusing: false,
    reset() {
      asked.length = 0;
      verification.isRefusing = false;
    },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
  return verification;
}
