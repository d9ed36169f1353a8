// `/__sandbox/…`: the script and the records over HTTP, for tests in other processes and for curl.
import { json, refusal } from "./replies.mjs";

export const CONTROL = "/__sandbox";

const ROUTES = {
  "GET /__sandbox": ({ url }) => json(200, { service: "Minara API sandbox", url, routes: Object.keys(ROUTES) }),
  "GET /__sandbox/requests": ({ journal }) => json(200, journal.requests),
  "GET /__sandbox/counters": ({ journal }) => json(200, journal.counters),
  "GET /__sandbox/faults": ({ faults }) => json(200, faults.remaining),
  "POST /__sandbox/faults": ({ faults }, body) => {
    faults.add(JSON.parse(body));
    return json(200, faults.remaining);
  },
  "DELETE /__sandbox/faults": ({ faults }) => {
    faults.clear();
    return json(200, []);
  },
  "POST /__sandbox/reset": (sandbox) => {
    sandbox.reset();
    return json(200, sandbox.journal.counters);
  },
};

export async function control(sandbox, request, response) {
  const why = refusedFor(sandbox, request.headers);
  const { status, headers, body } = why ? refusal(403, why) : await answer(sandbox, request);
  response.writeHead(status, { ...headers, "cache-control": "no-store", "content-length": body.length });
  response.end(body);
}

/**
 * Who scripts the sandbox decides what its user is shown, and its records hold what was asked: not for any website that
 * the user happens to look at. Programs send neither `Origin` nor `Sec-Fetch-Site`.
 */
function refusedFor({ options, url }, { host, origin, "sec-fetch-site": site }) {
  if (options.cors) return undefined;
  if (!isOwnName(host, url)) {
    return "the sandbox is scripted under a name of this machine, such as localhost, or the host it was started for";
  }
  const isOwnPage = origin === undefined || origin === `http://${host}`;
  if (isOwnPage && site !== "cross-site" && site !== "same-site") return undefined;
  return "pages of other sites may not script the sandbox, unless it runs with cors (SANDBOX_CORS=1)";
}

/** A site whose name resolves to this machine (DNS rebinding) is of one origin with the sandbox, under that name. */
function isOwnName(host, url) {
  const called = `http://${host}`;
  if (!URL.canParse(called)) return false;
  const { hostname } = new URL(called);
  return hostname === new URL(url).hostname || /^((.+\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

async function answer(sandbox, request) {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const route = ROUTES[`${request.method} ${request.url.split("?")[0].replace(/\/$/, "")}`];
  return attempt(route, sandbox, Buffer.concat(pieces).toString("utf8"));
}

function attempt(route, sandbox, text) {
  if (!route) return refusal(404, `known are ${Object.keys(ROUTES).join(", ")}`);
  try {
    return route(sandbox, text);
  } catch (error) {
    return refusal(400, error.message);
  }
}
