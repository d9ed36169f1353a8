// A `fetch` for tests of code that uses the client: it answers from a script and remembers what it was asked.

/** @import { MockAnswer, MockFetch, MockStream, RecordedRequest } from "./testing.js" */

/** What an answer may say beside its status and headers, by its kind. */
const KINDS = {
  json: [],
  body: [],
  stream: ["chatId", "messageId", "finishReason", "usage", "isCut"],
  error: [],
};

/** Statuses with which HTTP sends no body, of those that `Response` takes. */
const WITHOUT_BODY = [204, 205, 304];

/**
 * @param {readonly MockAnswer[]} script
 * @returns {MockFetch}
 */
export function mockFetch(script) {
  if (!Array.isArray(script)) throw new TypeError("mockFetch takes an array of answers, one per request.");
  const answers = [...script];
  // At the call it would be a failure of the connection, behind which the slip is not seen.
  answers.forEach((answer, index) => {
    const fault = faultOf(answer);
    if (fault) throw new TypeError(`mockFetch cannot play script[${index}]: ${fault}.`);
  });
  /** @type {RecordedRequest[]} */
  const requests = [];
  const fetch = async (/** @type {Request} */ request) => {
    requests.push(await record(request));
    const answer = answers.shift();
    if (!answer) throw new TypeError(`mockFetch has no answer left for call ${requests.length} (${request.url}).`);
    if ("error" in answer) throw answer.error;
    return respond(answer, request.signal);
  };
  return Object.assign(fetch, { requests });
}

/**
 * Why an answer cannot be played, if so.
 * @param {any} answer
 * @returns {string | undefined}
 */
function faultOf(answer) {
  const one = "it must be a plain object with one of json, body, stream and error";
  if (!isPlain(answer)) return one;
  // Beside others a member that is undefined is as if it were not there; but anything can be thrown.
  const isThere = (/** @type {string} */ name) => answer[name] !== undefined || name === "error";
  const given = Object.keys(KINDS).filter((kind) => Object.hasOwn(answer, kind));
  const kinds = given.length > 1 ? given.filter(isThere) : given;
  if (kinds.length !== 1) return `${one}, and has ${kinds.join(" and ") || "none"}`;
  const [kind] = /** @type {(keyof typeof KINDS)[]} */ (kinds);
  const known = kind === "error" ? [kind] : ["status", "headers", kind, ...KINDS[kind]];
  const unknown = Object.keys(answer).find((name) => !known.includes(name) && isThere(name));
  if (unknown !== undefined) return `${unknown} is not known beside ${kind} (known: ${known.join(", ")})`;
  return kind === "error" ? undefined : (faultOfHead(answer, kind) ?? faultOfContent(answer, kind));
}

/**
 * @param {any} answer
 * @param {string} kind
 */
function faultOfHead({ status = 200, headers, body }, kind) {
  if (!Number.isInteger(status) || status < 200 || status > 599) return "status must be a whole number from 200 to 599";
  if (WITHOUT_BODY.includes(status) && (kind !== "body" || (body ?? null) !== null)) {
    return `status ${status} goes without a body: give body: null`;
  }
  try {
    new Headers(headers);
  } catch (error) {
    return `headers must be names and values (${/** @type {Error} */ (error).message})`;
  }
}

/**
 * @param {any} answer
 * @param {string} kind
 */
function faultOfContent({ json, body, stream }, kind) {
  if (kind === "json" && !hasJson(json)) return "json must be a value that JSON has a form for";
  if (kind === "body" && isPlain(body)) return "body must be text, bytes or null: for an object give json";
  if (kind !== "stream" || (Array.isArray(stream) && stream.every((text) => typeof text === "string"))) return undefined;
  return "stream must be an array of strings";
}

/** @param {unknown} value */
function hasJson(value) {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

/**
 * Of any realm; a `Response` is none.
 * @param {unknown} value
 */
function isPlain(value) {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * @param {Request} request
 * @returns {Promise<RecordedRequest>}
 */
async function record(request) {
  const { method, url, headers } = request;
  const text = await request.clone().text();
  return { method, url, headers: Object.fromEntries(headers), body: text === "" ? undefined : JSON.parse(text) };
}

/**
 * @param {Exclude<MockAnswer, { error: unknown }>} answer
 * @param {AbortSignal} signal
 */
function respond(answer, signal) {
  const { status = 200, headers } = answer;
  // A member that is undefined counts as not there.
  const { json, body, stream } = /** @type {{ json?: unknown, body?: BodyInit, stream?: string[] }} */ (answer);
  if (json !== undefined) return Response.json(json, { status, headers });
  if (stream === undefined) return new Response(body, { status, headers });
  const ofStream = { "content-type": "text/event-stream", ...Object.fromEntries(new Headers(headers)) };
  return new Response(eventStream(/** @type {MockStream} */ (answer), signal), { status, headers: ofStream });
}

/**
 * One network chunk per text, so that each is a part of its own.
 * @param {MockStream} answer
 * @param {AbortSignal} signal
 * @returns {ReadableStream<Uint8Array>}
 */
function eventStream({ stream, chatId = "chat_mock", messageId = "msg_mock", finishReason = "stop", usage, isCut = false }, signal) {
  const chunk = (/** @type {object} */ delta, /** @type {string | null} */ reason = null) =>
    JSON.stringify({
      chatId,
      messageId,
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, finish_reason: reason }],
      ...(reason && usage ? { usage } : {}),
    });
  const texts = stream.map((content) => chunk({ content }));
  const events = [chunk({ role: "assistant" }), ...texts, ...(isCut ? [] : [chunk({}, finishReason), "[DONE]"])];
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      pull(controller) {
        if (signal.aborted) return controller.error(signal.reason);
        const event = events.shift();
        if (event === undefined) return controller.close();
        controller.enqueue(encoder.encode(`data: ${event}\n\n`));
      },
    },
    { highWaterMark: 0 },
  );
}
