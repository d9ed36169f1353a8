// What the platform does best by itself. Every call between wasm and JavaScript costs, and so does every string and
// promise that crosses; each function here is one crossing in place of many. No rule of the gateway lives here: what
// may pass, and what is answered, is decided in Rust.

const HEAD = [
  "content-type",
  "content-length",
  "origin",
  "sec-fetch-site",
  "authorization",
  "cf-connecting-ip",
  "access-control-request-method",
];

/** Method, URL and the headers that matter, one per line (no header value can hold a line break). */
export function head(request) {
  const { headers } = request;
  let lines = `${request.method}\n${request.url}`;
  for (const name of HEAD) lines += `\n${headers.get(name) ?? ""}`;
  return lines;
}

/** The body's bytes; `undefined` once it is over the limit; rejects when it takes longer than the deadline. */
export function readBody(request, limit, deadline) {
  if (request.body === null) return Promise.resolve(new Uint8Array());
  const reader = request.body.getReader();
  const late = Promise.withResolvers();
  const timer = setTimeout(() => late.reject(new Error("body deadline")), deadline);
  return Promise.race([collect(reader, limit), late.promise]).finally(() => clearTimeout(timer));
}

async function collect(reader, limit) {
  const chunks = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limit) {
      reader.cancel().catch(() => {});
      return undefined;
    }
    chunks.push(value);
  }
  return chunks.length === 1 ? chunks[0] : join(chunks, size);
}

function join(chunks, size) {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

/**
 * One request to the API. Rejects with one word: `client` when the caller has gone, `first-byte` when no headers came
 * in time, `network` for the rest. After the headers the total deadline goes on for the body.
 */
export async function callUpstream(signal, url, method, authorization, accept, body, firstByte, total) {
  const controller = new AbortController();
  const gone = () => controller.abort("client");
  // Handed to fetch directly, the signal did not end the upstream request on every version of the runtime.
  signal.addEventListener("abort", gone, { once: true });
  const timer = setTimeout(() => controller.abort("first-byte"), firstByte);
  try {
    const headers = { authorization, accept };
    if (body !== undefined) headers["content-type"] = "application/json";
    const response = await fetch(url, { method, headers, body, redirect: "manual", signal: controller.signal });
    setTimeout(() => controller.abort("total"), total);
    return response;
  } catch {
    signal.removeEventListener("abort", gone);
    throw controller.signal.aborted ? controller.signal.reason : "network";
  } finally {
    clearTimeout(timer);
  }
}

/** The answer to the caller. `fields` are lines: content type, request id, timing, allowed origin, Retry-After, Allow. */
export function respond(status, fields, body) {
  const [type, id, timing, origin, retryAfter, allow] = fields.split("\n");
  const headers = {
    "x-request-id": id,
    "cache-control": "no-store, no-transform",
    "x-content-type-options": "nosniff",
    "server-timing": timing,
  };
  if (type) headers["content-type"] = type;
  if (origin) {
    headers["access-control-allow-origin"] = origin;
    headers["access-control-expose-headers"] = "X-Request-Id, Retry-After";
    headers.vary = "Origin";
  }
  if (retryAfter) headers["retry-after"] = retryAfter;
  if (allow) headers.allow = allow;
  return new Response(body, { status, headers });
}

/** The answer to a CORS preflight of an allowed origin. */
export function preflight(id, origin) {
  return new Response(null, {
    status: 204,
    headers: {
      "x-request-id": id,
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": "authorization, content-type",
      "access-control-max-age": "7200",
      "cache-control": "no-store",
      vary: "Origin",
    },
  });
}
