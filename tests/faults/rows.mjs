// The table of faults: what the API does, and what the caller then sees. Every row runs in Node and in Chromium.

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {object | object[]} [faults]   for the sandbox; see sandbox/README.md
 * @property {string} [call]                chatStream unless said
 * @property {object} [request]
 * @property {string} [id]                  for chatStatus
 * @property {string} [how]                 how a stream is read: `read` of run-row.mjs
 * @property {object} [options]             of the call
 * @property {object} [client]              of the client
 * @property {{ at: string }} [abort]       when the caller gives up: "before" the call; when its request or its "look-up" has
 *   arrived ("arrival"); after the event "request", "response" or "part" on its own side
 * @property {any} [answer]                 what the call gives …
 * @property {object} [error]               … or what its MinaraError says, all but message and body …
 * @property {any} [thrown]                 … or what it throws
 * @property {string} [message]             words of the error's message
 * @property {(body: string | undefined) => boolean} [body]
 * @property {string[]} [loose]             members of `error` that depend on speed
 * @property {number} [posts]               POSTs allowed: 1 unless said
 * @property {number} [charges]             charges allowed: posts, unless the fault replaces the work
 * @property {number} [lookups]             status look-ups allowed
 * @property {number} [attempts]            requests that the client began, where not posts + look-ups
 * @property {boolean} [leaves]             whether the server must see its caller go
 * @property {Partial<Row>} [inPage]        what a page sees differently
 * @property {string} [at]                  "closed": an address where no one listens
 * @property {string} [world]               what the caller's own functions do: `worlds` of run-row.mjs
 */

const ALL = "SOL is up";
const deltas = ["SOL ", "is ", "up"];
const CHAT = "/v1/developer/chat";

/**
 * Chromium itself sends a request once more, POSTs too, when a kept-alive connection breaks before a byte of the answer
 * came. No page can forbid it, and the client does not hear of it; only a `requestId` keeps it from being charged twice.
 * Each row of a page finds its connection kept alive by the preflight before it, so the second sending always happens.
 */
const sentTwiceBy = (faults) => ({ faults: { ...faults, times: 2 }, posts: 2, attempts: 1 });
const LOOKUP = { method: "GET", path: `${CHAT}/requests/*` };

/** Everything after an answer began that ends it too early. */
const lost = (code, partial, more = {}) => ({ code, status: 200, retryable: false, outcome: "unknown", ...(partial && { partial }), ...more });
/**
 * A connection that broke while the stream was read. Platforms throw away what came but was not read yet, so that
 * `partial` is this text or its beginning.
 */
const broke = (partial) => ({ code: "network", status: 200, retryable: false, outcome: "unknown", ...(partial && { partial }) });
const refused = (code, status, more = {}) => ({ code, status, retryable: false, outcome: "refused", ...more });
const failed = (status, more = {}) => ({ code: "upstream_error", status, retryable: false, outcome: "unknown", ...more });
const unreadable = (status = 200) => ({ code: "bad_response", status, retryable: false, outcome: "done" });
const network = { code: "network", retryable: false, outcome: "unknown" };
const late = (more = {}) => ({ code: "timeout", retryable: false, outcome: "unknown", ...more });
const limited = (more = {}) => ({ code: "rate_limited", status: 429, retryable: true, outcome: "refused", ...more });
const stored = (content) => ({ id: "bg_x", status: "completed", result: { content } });
let ids = 0;
const named = () => ({ requestId: `row-${++ids}` });

/** @type {Row[]} */
export const rows = [
  // No fault at all.
  { name: "nothing goes wrong", faults: { deltas }, answer: ALL },
  { name: "a whole answer", call: "chat", faults: { content: ALL }, answer: ALL },
  { name: "a swap", call: "intentToSwap", answer: ["approval", "inputToken", "intent", "note", "outputToken", "quote", "unsignedTx"] },
  { name: "a suggestion", call: "perpTradingSuggestion", answer: ["confidence", "entryPrice", "note", "reasons", "risks", "side", "stopLossPrice", "takeProfitPrice"] },
  { name: "a prediction", call: "predictionMarketAsk", answer: ["note", "predictions", "reasoning"] },

  // The connection.
  { name: "no one listens: nothing was sent, so it is tried again", at: "closed", call: "chat", error: { code: "network", retryable: true, outcome: "not_sent" }, posts: 0, attempts: 3, inPage: { error: network, attempts: 1 } },
  { name: "no one listens for a stream", at: "closed", error: { code: "network", retryable: true, outcome: "not_sent" }, posts: 0, attempts: 3, inPage: { error: network, attempts: 1 } },
  { name: "reset after the body was sent, before headers", call: "chat", faults: { reset: "before-headers" }, error: network, inPage: sentTwiceBy({ reset: "before-headers" }) },
  { name: "reset before headers, a stream", faults: { reset: "before-headers" }, error: network, inPage: sentTwiceBy({ reset: "before-headers" }) },
  { name: "reset before headers, a swap", call: "intentToSwap", faults: { reset: "before-headers" }, error: network, inPage: sentTwiceBy({ reset: "before-headers" }) },
  { name: "reset before headers, a suggestion", call: "perpTradingSuggestion", faults: { reset: "before-headers" }, error: network, inPage: sentTwiceBy({ reset: "before-headers" }) },
  { name: "reset before headers, a prediction", call: "predictionMarketAsk", faults: { reset: "before-headers" }, error: network, inPage: sentTwiceBy({ reset: "before-headers" }) },
  { name: "cut before headers", call: "chat", faults: { cut: "before-headers" }, error: network, inPage: sentTwiceBy({ cut: "before-headers" }) },
  { name: "reset after headers, whole answer", call: "chat", faults: { reset: "after-headers" }, error: network },
  { name: "reset after headers, stream", faults: { deltas, reset: "after-headers" }, error: broke() },
  { name: "reset between two events", faults: { deltas, reset: 3 }, error: broke("SOL is ") },
  { name: "reset within an event", faults: { deltas, reset: 3, midEvent: true }, error: broke("SOL is ") },
  { name: "cut between two events", faults: { deltas, cut: 3 }, error: broke("SOL is ") },
  { name: "cut within an event", faults: { deltas, cut: 3, midEvent: true }, error: broke("SOL is ") },
  { name: "cut within a whole answer", call: "chat", faults: { content: ALL, cut: 20 }, error: network },

  // The end of a stream.
  { name: "clean end in the middle", faults: { deltas, end: 3 }, error: lost("stream_truncated", "SOL is ") },
  { name: "clean end before any text", faults: { deltas, end: 1 }, error: lost("stream_truncated") },
  { name: "all the text, but no end", faults: { deltas, noDone: true, finishReason: null }, error: lost("stream_truncated", ALL) },
  { name: "all the text, no end, and that is allowed", faults: { deltas, noDone: true, finishReason: null }, options: { terminator: "optional" }, answer: ALL },
  { name: "a finish_reason without [DONE]", faults: { deltas, noDone: true }, answer: ALL },
  { name: "[DONE] without a finish_reason", faults: { deltas, finishReason: null }, answer: ALL },
  { name: "finish_reason length", faults: { deltas, noDone: true, finishReason: "length" }, answer: ALL },
  { name: "finish_reason content_filter", faults: { deltas, noDone: true, finishReason: "content_filter" }, answer: ALL },
  { name: "finish_reason error", faults: { deltas, finishReason: "error" }, error: lost("stream_error", ALL) },
  { name: "last event without its blank line", faults: { deltas, finishReason: null, noLastBlankLine: true }, error: lost("stream_truncated", ALL) },
  { name: "text behind [DONE]", faults: { deltas, insert: [{ at: 6, data: { content: " and more" } }] }, answer: ALL },

  // What a stream holds.
  { name: "an error within the stream", faults: { deltas, errorEvent: { at: 2, code: "processing_error", message: "no luck" }, end: 3 }, error: lost("stream_error", "SOL "), message: "no luck" },
  { name: "an error within the stream that quotes a key", faults: { deltas, errorEvent: { at: 2, message: "bad key sk-minara-canary0123456789" }, end: 3 }, error: lost("stream_error", "SOL "), message: "bad key [redacted]" },
  { name: "an event that is no JSON is text", faults: { deltas, insert: [{ at: 2, raw: "data: plain \n\n" }] }, answer: "SOL plain is up" },
  { name: "heartbeats and empty deltas", faults: { deltas, insert: [{ at: 1, raw: ": ping\n\n" }, { at: 2, data: { choices: [{ delta: {} }] } }, { at: 2, data: { choices: [{ delta: { content: "" } }] } }, { at: 3, data: { choices: [] } }] }, answer: ALL },
  { name: "CRLF line ends", faults: { deltas, lineEnding: "\r\n" }, answer: ALL },
  { name: "one byte at a time, through characters", faults: { deltas: ["가격", "이 ", "🚀"], split: 1 }, answer: "가격이 🚀" },
  { name: "gzip", faults: { deltas, gzip: true }, answer: ALL },
  { name: "gzip, one byte at a time", faults: { deltas, gzip: true, split: 1 }, answer: ALL },
  { name: "a whole answer in gzip", call: "chat", faults: { content: ALL, gzip: true }, answer: ALL },
  { name: "a JSON answer to a stream", faults: { as: "json", content: ALL }, answer: ALL },
  { name: "a stream as the answer to a whole one", call: "chat", faults: { as: "stream", content: ALL }, answer: ALL },

  // Answers that cannot be read.
  { name: "204 to a whole answer", call: "chat", faults: { status: 204 }, error: unreadable(204), charges: 0 },
  { name: "204 to a stream", faults: { status: 204 }, error: unreadable(204), charges: 0 },
  { name: "200 with HTML", call: "chat", faults: { body: "<!doctype html>", contentType: "text/html" }, error: unreadable(), body: (body) => body === "<!doctype html>", charges: 0 },
  { name: "200 with HTML to a stream", faults: { body: "<!doctype html>", contentType: "text/html" }, error: unreadable(), body: (body) => body === "<!doctype html>", charges: 0 },
  { name: "200 with 5 MB of HTML keeps 64 KiB", call: "chat", faults: { bodySize: 5_000_000 }, error: unreadable(), body: (body) => body.length === 65_536, charges: 0 },
  { name: "200 with nothing", call: "intentToSwap", faults: { status: 200 }, error: unreadable(), charges: 0 },
  { name: "an amount that is a number", call: "intentToSwap", faults: { body: { quote: { toTokenAmount: 1 } } }, error: unreadable(), message: "quote.toTokenAmount is a number", charges: 0 },
  { name: "the older swap", call: "intentToSwap", faults: { body: { transaction: { to: "0x" } } }, error: { ...unreadable(), code: "unsupported_transaction" }, charges: 0 },
  { name: "a Solana swap", call: "intentToSwap", faults: { body: { unsignedTx: { chainType: "solana" } } }, error: { ...unreadable(), code: "unsupported_transaction" }, charges: 0 },
  { name: "201 is a success", call: "perpTradingSuggestion", faults: { status: 201, body: { side: "long" } }, answer: ["side"], charges: 0 },

  // Refusals and failures.
  ...[
    [400, "invalid_request"], [401, "unauthorized"], [402, "payment_required"], [403, "forbidden"], [404, "not_found"],
    [405, "method_not_allowed"], [409, "conflict"], [413, "payload_too_large"], [415, "unsupported_media_type"],
  ].map(([status, code]) => ({ name: `${status}`, call: "chat", faults: { status }, error: refused(code, status), charges: 0 })),
  { name: "500", call: "chat", faults: { status: 500, body: { message: "oops" } }, error: failed(500), message: "oops", charges: 0 },
  { name: "500 to a stream", faults: { status: 500 }, error: failed(500), charges: 0 },
  { name: "504", call: "chat", faults: { status: 504 }, error: failed(504), charges: 0 },
  { name: "502 with 5 MB of HTML keeps 8 KiB", call: "chat", faults: { status: 502, bodySize: 5_000_000 }, error: failed(502), body: (body) => body.length === 8_192, charges: 0 },
  { name: "502 with a body that is cut", call: "chat", faults: { status: 502, body: "gateway", cut: 3 }, error: failed(502), charges: 0 },
  { name: "a redirect is not followed", call: "chat", faults: { location: "/v1/developer/perp-trading-suggestion" }, error: failed(307), charges: 0, inPage: { error: { code: "upstream_error", retryable: false, outcome: "unknown" } } },
  { name: "a redirect to another host", faults: { status: 302, location: "http://example.invalid/" }, error: failed(302), charges: 0, inPage: { error: { code: "upstream_error", retryable: false, outcome: "unknown" } } },
  { name: "401 that echoes the key", call: "chat", faults: { status: 401, echoAuthorization: true }, error: refused("unauthorized", 401), charges: 0 },
  { name: "401 that echoes a key of no known form", call: "chat", faults: { status: 401, echoAuthorization: true }, client: { apiKey: "odd:canary!0123456789" }, error: refused("unauthorized", 401), charges: 0, inPage: { client: {} } },
  { name: "200 that echoes a key of no known form", call: "chat", faults: { body: '<p>odd:canary!0123456789</p>', contentType: "text/html" }, client: { apiKey: "odd:canary!0123456789" }, error: unreadable(), body: (body) => body === "<p>[redacted]</p>", charges: 0, inPage: { client: {}, faults: { body: "<p>none here</p>", contentType: "text/html" }, body: (body) => body === "<p>none here</p>" } },

  // Too many requests, and what may be sent again.
  { name: "429 with seconds", call: "chat", faults: [{ status: 429, headers: { "retry-after": "0" } }, { content: ALL }], answer: ALL, posts: 2, charges: 1 },
  { name: "429 with seconds, a stream", faults: [{ status: 429, headers: { "retry-after": "0" } }, { deltas }], answer: ALL, posts: 2, charges: 1 },
  { name: "429 with a date", call: "chat", faults: [{ status: 429, headers: { "retry-after": "Fri, 20 Nov 2020 12:00:00 GMT" } }, { content: ALL }], answer: ALL, posts: 2, charges: 1 },
  { name: "429 with seconds in the body", call: "chat", faults: [{ status: 429, body: { retryAfter: 0.01 } }, { content: ALL }], answer: ALL, posts: 2, charges: 1 },
  { name: "429 without", call: "chat", faults: [{ status: 429 }, { content: ALL }], answer: ALL, posts: 2, charges: 1 },
  { name: "429 three times", call: "chat", faults: { status: 429, times: 3 }, error: limited(), posts: 3, charges: 0 },
  { name: "429 and no repetition wanted", call: "chat", faults: { status: 429 }, options: { maxRetries: 0 }, error: limited(), charges: 0 },
  { name: "429 and the client wants none", call: "chat", faults: { status: 429 }, client: { maxRetries: 0 }, error: limited(), charges: 0 },
  { name: "429 beyond the cap fails at once", call: "chat", faults: { status: 429, headers: { "retry-after": "120" } }, error: limited({ retryAfter: 120 }), charges: 0 },
  { name: "429 beyond the caller's cap", call: "chat", faults: { status: 429, headers: { "retry-after": "5" } }, options: { maxRetryAfter: 1 }, error: limited({ retryAfter: 5 }), charges: 0 },
  { name: "429 that outlasts the call", call: "chat", faults: { status: 429, headers: { "retry-after": "50" } }, options: { timeout: { total: 5_000 } }, error: limited({ retryAfter: 50 }), charges: 0 },
  { name: "429 of the Worker's budget", call: "chat", faults: { status: 429, body: { error: { code: "budget_exhausted", message: "Used up.", requestId: "w-1", retryAfter: 1 } } }, error: { code: "budget_exhausted", status: 429, requestId: "w-1", retryable: false, retryAfter: 1, outcome: "refused" }, charges: 0 },
  { name: "503 without Retry-After", call: "chat", faults: { status: 503 }, error: failed(503), charges: 0 },
  { name: "503 with the body's retryAfter alone", call: "chat", faults: { status: 503, body: { message: "Busy", retryAfter: 0 } }, error: failed(503), charges: 0 },
  { name: "503 of the Worker itself, which says when", call: "chat", faults: [{ status: 503, body: { error: { code: "not_configured", message: "Down.", requestId: "w-1", retryAfter: 0 } } }, { content: ALL }], answer: ALL, posts: 2, charges: 1 },
  { name: "503 with Retry-After", call: "chat", faults: [{ status: 503, headers: { "retry-after": "0" } }, { content: ALL }], answer: ALL, posts: 2, charges: 1 },
  { name: "503 with Retry-After, a swap", call: "intentToSwap", faults: { status: 503, headers: { "retry-after": "0" }, times: 3 }, error: failed(503, { retryAfter: 0 }), posts: 3, charges: 0 },

  // Under a requestId.
  { name: "requestId: reset after the body was sent is sent again, and charged once", call: "chat", options: named(), faults: [{ content: ALL, reset: "before-headers" }, { body: stored(ALL) }], answer: ALL, posts: 2, charges: 1, inPage: { attempts: 1 } },
  { name: "requestId: reset before a stream's headers is sent again", options: named(), faults: [{ deltas, reset: "before-headers" }, { body: stored(ALL) }], answer: ALL, posts: 2, charges: 1, inPage: { attempts: 1 } },
  { name: "requestId: 503 without Retry-After", call: "chat", options: named(), faults: [{ status: 503 }, { content: ALL }], answer: ALL, posts: 2, charges: 1 },
  { name: "requestId: 500 three times", call: "chat", options: named(), faults: { status: 500, times: 3 }, error: failed(500), posts: 3, charges: 0 },
  { name: "requestId: a reset, then 429: what the first may have cost is not forgotten", call: "chat", options: named(), faults: [{ reset: "before-headers" }, { status: 429, times: 2 }], error: limited({ retryable: false, outcome: "unknown" }), posts: 3, charges: 1, inPage: { faults: [{ reset: "before-headers", times: 2 }, { status: 429, times: 2 }], posts: 4, attempts: 3 } },
  { name: "requestId: 409", call: "chat", options: named(), faults: { status: 409 }, error: refused("conflict", 409), charges: 0 },
  { name: "requestId: at work already, then its answer", call: "chat", options: named(), faults: [{ status: 202, body: { id: "bg_x", status: "in_progress" } }, { match: LOOKUP, body: stored(ALL) }], answer: ALL, lookups: 1, charges: 0 },
  { name: "requestId: at work already, and lost", call: "chat", options: named(), faults: [{ status: 202, body: { id: "bg_x", status: "queued" } }], error: { code: "not_found", status: 404, retryable: false, outcome: "unknown" }, lookups: 1, charges: 0 },
  { name: "requestId: a stream at work already, then its answer", options: named(), faults: [{ status: 202, body: { id: "bg_x", status: "in_progress" } }, { match: LOOKUP, body: stored(ALL) }], answer: ALL, lookups: 1, charges: 0 },
  { name: "requestId: a cut stream is completed", options: named(), faults: { deltas, cut: 3 }, answer: ALL, lookups: 1 },
  { name: "requestId: a reset stream is completed", options: named(), faults: { deltas, reset: 2 }, answer: ALL, lookups: 1 },
  { name: "requestId: a truncated stream is completed", options: named(), faults: { deltas, end: 3 }, answer: ALL, lookups: 1 },
  { name: "requestId: a stream that stalls is completed", options: { ...named(), timeout: { idle: 60 } }, faults: { deltas, stall: 3 }, answer: ALL, lookups: 1, leaves: true },
  { name: "requestId: a generated id", options: { requestId: true }, faults: { deltas, cut: 3 }, answer: ALL, lookups: 1 },
  { name: "requestId: completed once it is done", options: named(), faults: [{ deltas, cut: 3 }, { match: LOOKUP, job: { status: "in_progress" } }], answer: ALL, lookups: 2 },
  { name: "requestId: completed after the look-up was refused", options: named(), faults: [{ deltas, cut: 3 }, { match: LOOKUP, status: 429, headers: { "retry-after": "0" } }], answer: ALL, lookups: 2 },
  { name: "requestId: the job failed", options: named(), faults: [{ deltas, end: 3 }, { match: LOOKUP, job: { status: "failed" } }], error: { code: "stream_error", status: 200, retryable: false, outcome: "unknown", partial: "SOL is " }, lookups: 1 },
  { name: "requestId: the job is gone", options: named(), faults: [{ deltas, cut: 3 }, { match: LOOKUP, status: 404 }], error: broke("SOL is "), loose: ["requestId"], lookups: 1 },
  { name: "requestId: the stored answer is another one", options: named(), faults: [{ deltas, end: 3 }, { match: LOOKUP, body: stored("ETH is up") }], error: { code: "bad_response", status: 200, retryable: false, outcome: "done", partial: "SOL is " }, lookups: 1 },
  { name: "requestId: the look-up fails", options: { ...named(), maxRetries: 0 }, faults: [{ deltas, cut: 3 }, { match: LOOKUP, reset: "before-headers" }], error: broke("SOL is "), loose: ["requestId"], lookups: 1 },
  { name: "requestId: without one a cut stream stays cut", faults: { deltas, cut: 2 }, error: broke("SOL ") },
  { name: "requestId: of no use to a swap", call: "intentToSwap", options: named(), error: { code: "invalid_request", retryable: false, outcome: "not_sent", field: "requestId" }, posts: 0 },

  // Jobs.
  { name: "a job and its answer", call: "wait", faults: { content: ALL }, answer: ALL, lookups: 1 },
  { name: "a job is queued", call: "chatBackground", faults: { content: ALL }, answer: { status: "queued" } },
  { name: "a job that fails", call: "wait", faults: { job: { status: "failed" } }, error: { code: "stream_error", status: 200, retryable: false, outcome: "unknown" }, lookups: 1 },
  // Less than the wait before a second look.
  { name: "a job that never ends", call: "wait", options: { timeout: { total: 240 } }, faults: [{ content: ALL }, { match: LOOKUP, job: { status: "in_progress" } }], error: late(), lookups: 1, message: "It goes on" },
  { name: "a look-up of nothing", call: "chatStatus", id: "bg_nothing", error: refused("not_found", 404), posts: 0, lookups: 1 },
  { name: "a look-up that fails twice", call: "chatStatus", id: "bg_nothing", faults: { match: LOOKUP, status: 500, times: 2 }, error: refused("not_found", 404), posts: 0, lookups: 3 },

  // Time.
  { name: "nothing comes", call: "chat", faults: { stall: "before-headers" }, options: { timeout: { total: 80 } }, error: late(), message: "(timeout.total)", leaves: true },
  { name: "half a body comes", call: "chat", faults: { content: ALL, stall: 20 }, options: { timeout: { total: 80 } }, error: late(), message: "(timeout.total)", leaves: true },
  { name: "no header of a stream comes", faults: { stall: "before-headers" }, options: { timeout: { firstByte: 80 } }, error: late(), message: "(timeout.firstByte)", leaves: true },
  { name: "headers, but no byte of a stream", faults: { stall: "after-headers" }, options: { timeout: { firstByte: 80 } }, error: late({ status: 200 }), message: "(timeout.firstByte)", leaves: true },
  { name: "a stream stalls", faults: { deltas, stall: 3 }, options: { timeout: { idle: 80 } }, error: late({ status: 200, partial: "SOL is " }), message: "(timeout.idle)", leaves: true },
  ...["comment", "empty-delta", "role-delta"].map((heartbeat) => ({
    name: `a stream stalls, with a ${heartbeat} now and then`, faults: { deltas, stall: 3, heartbeat, heartbeatMs: 10 }, options: { timeout: { idle: 120 } }, error: late({ status: 200, partial: "SOL is " }), message: "(timeout.idle)", leaves: true,
  })),
  { name: "only comments, from the start", faults: { deltas, stall: "after-headers", heartbeat: "comment", heartbeatMs: 10 }, options: { timeout: { idle: 120 } }, error: late({ status: 200 }), message: "(timeout.idle)", leaves: true },
  { name: "a stream takes longer than all of it may", faults: { deltas: Array.from({ length: 400 }, () => "x"), pace: 20 }, options: { timeout: { total: 200 } }, error: late({ status: 200 }), loose: ["partial"], message: "(timeout.total)", leaves: true },
  { name: "the client's limits hold where the call has none", faults: { deltas, stall: 3 }, client: { timeout: { idle: 80 } }, error: late({ status: 200, partial: "SOL is " }), message: "(timeout.idle)", leaves: true },

  // The caller gives up.
  { name: "abort before the call", call: "chat", abort: { at: "before" }, thrown: true, posts: 0 },
  { name: "abort before a stream", abort: { at: "before" }, thrown: true, posts: 0 },
  { name: "abort while nothing comes", call: "chat", faults: { stall: "before-headers" }, abort: { at: "arrival" }, thrown: true, leaves: true },
  { name: "abort within a body", call: "chat", faults: { content: ALL, stall: 20 }, abort: { at: "response" }, thrown: true, leaves: true },
  { name: "abort before a stream's headers", faults: { stall: "before-headers" }, abort: { at: "arrival" }, thrown: true, leaves: true },
  { name: "abort before a stream's first byte", faults: { stall: "after-headers" }, abort: { at: "response" }, thrown: true, leaves: true },
  { name: "abort in the middle of a stream", faults: { deltas, stall: 3 }, abort: { at: "part" }, thrown: true, leaves: true },
  { name: "abort of final()", how: "final", faults: { deltas, stall: 3 }, abort: { at: "response" }, thrown: true, leaves: true },
  { name: "abort of text()", how: "text", faults: { deltas, stall: 3 }, abort: { at: "response" }, thrown: true, leaves: true },
  { name: "abort while waiting to send again", call: "chat", faults: { status: 429, headers: { "retry-after": "50" } }, abort: { at: "response" }, thrown: true, charges: 0 },
  { name: "abort while a cut stream is completed", options: named(), faults: [{ deltas, cut: 3 }, { match: LOOKUP, stall: "before-headers" }], abort: { at: "look-up" }, thrown: true, lookups: 1, leaves: true },
  { name: "abort while a job is waited for", call: "wait", faults: [{ content: ALL }, { match: LOOKUP, stall: "before-headers" }], abort: { at: "look-up" }, thrown: true, lookups: 1, leaves: true },
  { name: "abort of a fetch that does not listen", call: "chat", world: "deaf", abort: { at: "request" }, thrown: true, posts: 0, attempts: 1 },
  { name: "abort after the end", faults: { deltas }, abort: { at: "never" }, answer: ALL },

  // Ways to read, and to stop reading.
  { name: "final()", how: "final", faults: { deltas }, answer: ALL },
  { name: "text()", how: "text", faults: { deltas }, answer: ALL },
  { name: "a stream that is never read is never sent", how: "never", answer: "not read", posts: 0 },
  { name: "break", how: "break", faults: { deltas: ["SOL ", "is"], stall: 2 }, answer: "SOL ", leaves: true },
  { name: "cancel()", how: "cancel", faults: { deltas: ["SOL ", "is"], stall: 2 }, answer: ["SOL ", { done: true, value: undefined }], leaves: true },
  { name: "toReadableStream() and its cancel()", how: "readable", faults: { deltas: ["SOL ", "is"], stall: 2 }, answer: "SOL ", leaves: true },
  { name: "tee()", how: "tee", faults: { deltas }, answer: [ALL, ALL] },
  { name: "a second reader", how: "twice", faults: { deltas }, error: { code: "invalid_request", retryable: false, outcome: "unknown" } },
  { name: "hooks that throw", call: "chat", world: "clumsy", faults: { content: ALL }, answer: ALL, attempts: 1 },
  { name: "a fetch that gives no Response", call: "chat", world: "empty", error: { code: "internal", retryable: false, outcome: "unknown" }, posts: 0, attempts: 1 },
  { name: "the head was asked for, and the stream forgotten", how: "forget", faults: { deltas, stall: 1 }, options: { timeout: { total: 160 } }, answer: 200, leaves: true },
  { name: "only the head is asked for", how: "head", faults: { deltas, stall: 1 }, answer: 200, leaves: true },
];
