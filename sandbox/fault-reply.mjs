// Replies that a fault gives in place of the API.

const HTML_LINE = Buffer.from("<p>502 Bad Gateway: the upstream server did not answer in time.</p>\n");
const PIECE = Buffer.alloc(64 * 1024, HTML_LINE);

/** @returns {import("./delivery.mjs").Reply} */
export function faultReply(fault, authorization) {
  const { headers, ...content } = contentOf(fault, authorization);
  const status = fault.status ?? (fault.location ? 307 : 200);
  const location = fault.location ? { location: fault.location } : {};
  const type = fault.contentType ? { "content-type": fault.contentType } : {};
  return { status, headers: { ...headers, ...location, ...type, ...lowerCase(fault.headers) }, ...content };
}

function contentOf(fault, authorization) {
  if (fault.echoAuthorization) {
    const value = { message: `invalid credentials: ${authorization ?? "none"}`, request: { headers: { authorization } } };
    return { headers: { "content-type": "application/json" }, body: Buffer.from(JSON.stringify(value)) };
  }
  if (fault.bodySize !== undefined) {
    return { headers: { "content-type": "text/html; charset=utf-8" }, events: htmlOf(fault.bodySize) };
  }
  if (fault.raw !== undefined) {
    const body = typeof fault.raw === "string" ? Buffer.from(fault.raw) : Buffer.from(fault.raw.base64, "base64");
    return { headers: { "content-type": "text/event-stream" }, body };
  }
  if (fault.body === undefined) return { headers: {}, body: Buffer.alloc(0) };
  if (typeof fault.body === "string") {
    return { headers: { "content-type": "text/plain; charset=utf-8" }, body: Buffer.from(fault.body) };
  }
  return { headers: { "content-type": "application/json" }, body: Buffer.from(JSON.stringify(fault.body)) };
}

/** An error page of any size, made while it is sent. */
function* htmlOf(size) {
  for (let left = size; left > 0; left -= PIECE.length) yield left < PIECE.length ? PIECE.subarray(0, left) : PIECE;
}

const lowerCase = (headers = {}) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
