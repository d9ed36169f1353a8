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
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const route = ROUTES[`${request.method} ${request.url.split("?")[0].replace(/\/$/, "")}`];
  const { status, headers, body } = attempt(route, sandbox, Buffer.concat(pieces).toString("utf8"));
  response.writeHead(status, { ...headers, "cache-control": "no-store", "content-length": body.length });
  response.end(body);
}

function attempt(route, sandbox, text) {
  if (!route) return refusal(404, `known are ${Object.keys(ROUTES).join(", ")}`);
  try {
    return route(sandbox, text);
  } catch (error) {
    return refusal(400, error.message);
  }
}
