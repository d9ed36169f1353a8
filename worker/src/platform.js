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

/** One line for the log, and the same as a data point where Analytics Engine is bound. */
export function log(env, line) {
  console.log(line);
  if (env.METRICS === undefined) return;
  const { route, status, ms, cost = 0, reject = "" } = JSON.parse(line);
  env.METRICS.writeDataPoint({ indexes: [route], blobs: [route, reject], doubles: [status, ms, cost] });
}

/** 16 random bytes. */
export const randomId = () => crypto.getRandomValues(new Uint8Array(16));

/**
 * The bytes of a body; `undefined` once it is over the limit; rejects when it takes longer than the deadline. A body
 * that says how long it is, which the runtime holds it to, is taken in one piece.
 */
export function readBody(request, isMeasured, limit, deadline) {
  if (request.body === null) return Promise.resolve(new Uint8Array());
  return within(deadline, isMeasured ? request.bytes() : collect(request.body.getReader(), limit));
}

/** What a promise gives; rejects with `late` when it takes longer than the deadline. */
function within(deadline, promise) {
  const late = Promise.withResolvers();
  const timer = setTimeout(late.reject, deadline, "late");
  return Promise.race([promise, late.promise]).finally(() => clearTimeout(timer));
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

/** By answer, what may end it while its body is still on its way: the error of the reading does not always say so. */
const ends = new WeakMap();

/**
 * One request to the API. Rejects with one word: `early` when the caller had gone before it, so that nothing was sent,
 * `client` when they went during it, `first-byte` when no headers came in time, `network` for the rest. After the headers
 * the total deadline goes on for the body.
 */
export async function callUpstream(signal, url, method, authorization, accept, body, firstByte, total) {
  // Whoever has gone by now is announced by no event any more.
  if (signal.aborted) throw "early";
  const controller = new AbortController();
  const gone = () => controller.abort("client");
  // Handed to fetch directly, the signal did not end the upstream request on every version of the runtime.
  signal.addEventListener("abort", gone, { once: true });
  const timer = setTimeout(() => controller.abort("first-byte"), firstByte);
  try {
    const headers = { authorization, accept };
    if (body !== undefined) headers["content-type"] = "application/json";
    // A compressed stream comes in blocks; the deltas are to come one by one.
    if (accept === "text/event-stream") headers["accept-encoding"] = "identity";
    const response = await fetch(url, { method, headers, body, redirect: "manual", signal: controller.signal });
    setTimeout(() => controller.abort("total"), total);
    ends.set(response, controller.signal);
    return response;
  } catch {
    signal.removeEventListener("abort", gone);
    throw controller.signal.aborted ? controller.signal.reason : "network";
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Hands a stream on untouched: by hand until a whole event of it fits `pattern`, which is then `found`, or until it has
 * passed `limit` characters without one; natively from there. It needs nobody to look at it.
 */
export class Relay {
  constructor(body, pattern, limit) {
    const { readable, writable } = new IdentityTransformStream();
    const found = Promise.withResolvers();
    this.readable = readable;
    this.found = found.promise;
    this.done = pass(body, writable, new Search(new RegExp(pattern), limit), found.resolve).catch(() => {});
  }
}

async function pass(body, writable, search, show) {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  const writer = writable.getWriter();
  let isOver = false;
  try {
    for (let found; found === undefined && !isOver; ) {
      const { done, value } = await reader.read();
      isOver = done;
      if (done) break;
      found = search.push(decoder.decode(value, { stream: true }));
      // Shown before it is handed on, so that a chat is known to be the caller's before the caller knows of it.
      if (found !== undefined) show(found);
      await writer.write(value);
    }
  } catch (error) {
    // Whichever side broke, the other has to know.
    reader.cancel(error).catch(() => {});
    writer.abort(error).catch(() => {});
    throw error;
  } finally {
    show("");
  }
  if (isOver) return writer.close();
  reader.releaseLock();
  writer.releaseLock();
  return body.pipeTo(writable);
}

/** The end of an event: that of a line, and an empty line. */
const BLANK_LINE = /(?:\r\n|\r(?!\n)|\n)(?:\r\n|\r|\n)/g;

/** Looks at a text that comes in pieces for an event that fits. However small they are, it looks at each character once. */
class Search {
  #pattern;
  #left;
  /** The event that is not whole yet, and the last of its characters, with which a blank line may begin. */
  #event = "";
  #seam = "";

  constructor(pattern, limit) {
    this.#pattern = pattern;
    this.#left = limit;
  }

  /** The event that fits; an empty one once the limit has passed without it; `undefined` until then. */
  push(piece) {
    const text = this.#seam + piece;
    let [begin, end] = [0, this.#seam.length];
    for (const { 0: line, index } of text.matchAll(BLANK_LINE)) {
      begin = index + line.length;
      const event = this.#event + text.slice(end, begin);
      if (this.#pattern.test(event)) return event;
      this.#event = "";
      end = begin;
    }
    this.#event += text.slice(end);
    this.#seam = text.slice(Math.max(begin, text.length - 3));
    this.#left -= piece.length;
    return this.#left < 0 ? "" : undefined;
  }
}

/**
 * The text of an answer. Rejects with one word: `too-large` once it is over the limit, `late` when it takes longer than
 * a deadline of its own, if any, `total` when that of its call has passed, `client` when the caller has gone, `broken`
 * for the rest.
 */
export function readText(response, limit, deadline) {
  const text = textOf(response, limit);
  return deadline === undefined ? text : within(deadline, text);
}

async function textOf(response, limit) {
  const { body, headers } = response;
  // Of a compressed body the length says nothing.
  const isMeasured = Number(headers.get("content-length") ?? Infinity) <= limit && !headers.has("content-encoding");
  try {
    if (isMeasured) return await response.text();
    const bytes = body === null ? new Uint8Array() : await collect(body.getReader(), limit);
    if (bytes !== undefined) return new TextDecoder().decode(bytes);
  } catch {
    const end = ends.get(response);
    throw end?.aborted ? end.reason : "broken";
  }
  throw "too-large";
}

let budgetId;
const budget = (env) => env.BUDGET.get((budgetId ??= env.BUDGET.idFromName("budget")));

/** The answer of the budget object; rejects when it gives none. */
export async function askBudget(env, question) {
  const response = await budget(env).fetch(`https://budget/${question}`);
  if (!response.ok) throw new Error(`the budget answered ${response.status}`);
  return response.text();
}

/** The same for something that has to be said even when the caller goes meanwhile. */
export function tellBudget(env, context, question) {
  const answer = askBudget(env, question);
  context.waitUntil(answer.catch(() => {}));
  return answer;
}

/** Whether two rate limits let a call through; a limit that is not there fails. */
export async function admit(env, first, firstKey, second, secondKey) {
  const verdicts = await Promise.all([env[first].limit({ key: firstKey }), env[second].limit({ key: secondKey })]);
  return verdicts.every(({ success }) => success);
}

/** What Turnstile says about a token; rejects when it says nothing in time. */
export async function verifyChallenge(url, question, deadline) {
  const headers = { "content-type": "application/json" };
  const signal = AbortSignal.timeout(deadline);
  const response = await fetch(url, { method: "POST", headers, body: question, redirect: "manual", signal });
  return response.text();
}

/** The static file at the request's path, or the assets' own 404, under that policy; rejects when they give neither. */
export async function asset(request, env, policy) {
  const found = await env.ASSETS.fetch(request);
  // The assets' own answer cannot be changed; a copy of its head can.
  const headers = new Headers(found.headers);
  headers.set("content-security-policy", policy);
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  return new Response(found.body, { status: found.status, headers });
}

/** The answer to the caller. `fields` are lines: content type, request id, timing, allowed origin, Retry-After, Allow. */
export function respond(status, fields, body) {
  const [type, id, timing, origin, retryAfter, allow] = fields.split("\n");
  const headers = {
    "x-request-id": id,
    "cache-control": "no-store, no-transform",
    "x-content-type-options": "nosniff",
    "server-timing": timing,
    vary: "Origin",
  };
  if (type) headers["content-type"] = type;
  if (origin) {
    headers["access-control-allow-origin"] = origin;
    headers["access-control-expose-headers"] = "X-Request-Id, Retry-After";
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
