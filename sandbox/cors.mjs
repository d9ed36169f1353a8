// Any page may call: for browser tests that talk to the sandbox without a Worker in between.

const ANY_ORIGIN = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "X-Request-Id, Retry-After, Location, Content-Type",
};

/** Sets the headers on every reply to come; true when this was a preflight and is answered. */
export function allowAnyOrigin(request, response) {
  for (const [name, value] of Object.entries(ANY_ORIGIN)) response.setHeader(name, value);
  if (request.method !== "OPTIONS" || !request.headers["access-control-request-method"]) return false;
  response.writeHead(204, {
    "access-control-allow-methods": "GET, POST, DELETE",
    // `*` would leave out Authorization, so the wish is granted by name.
    "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "*",
    "access-control-allow-private-network": "true",
    "access-control-max-age": "600",
  });
  response.end();
  return true;
}
