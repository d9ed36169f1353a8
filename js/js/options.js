// Which options there are, what each must be, and a call's over the client's. A slip in a name must not pass for an
// option that is left out.
import { MinaraError, misuse } from "./errors.js";
import { copied, plain } from "./requests.js";

/** @import { CallOptions, MinaraOptions, ReadSseOptions, WaitOptions } from "./index.js" */

/**
 * What a value must be: whether it will do, or what else it must be; the words behind "must be"; the rules of its members.
 * @typedef {[fits: (value: any) => boolean | string, words: string, members?: Rules | Rule]} Rule
 */

/** @typedef {{ [name: string]: Rule }} Rules */

/**
 * On which terms a call is made: its options, with the client's where it has none.
 * @typedef {object} Terms
 * @property {AbortSignal | null | undefined} [signal]
 * @property {import("./index.js").Timeout} [timeout]
 * @property {number | undefined} [maxRetries]
 * @property {number | undefined} [maxRetryAfter]
 * @property {string | true | undefined} [requestId]
 * @property {[string, string][] | undefined} [headers]
 * @property {unknown} [extraBody]
 * @property {"required" | "optional" | undefined} [terminator]
 * @property {number | undefined} [maxEventBytes]
 * @property {number} [elapsed]  milliseconds of the limits that have passed already
 * @property {string | undefined} [bearer]  the session's token, where the Worker asks for one
 * @property {MinaraError} [fault]  why the call cannot be made; then there is nothing else
 */

/** @param {unknown} value */
const isObject = (value) => typeof value === "object" && value !== null;
/**
 * Of any realm. An instance of some class, such as a signal or a promise, is no set of options.
 * @param {unknown} value
 */
const isPlain = (value) => isObject(value) && !Object.getPrototypeOf(Object.getPrototypeOf(value) ?? Object.prototype);
/** @param {unknown} value */
const isFunction = (value) => typeof value === "function";
/** @param {any} value */
const isSignal = (value) =>
  // One of another realm is no instance of this one's class.
  value === null || (typeof value.aborted === "boolean" && isFunction(value.addEventListener));

/** The largest event that the engine's table can say, less the rest of a batch. */
const LARGEST_MAX_EVENT_BYTES = 256 * 1024 * 1024 - 256 * 1024;

/** @type {Rule} */
const FUNCTION = [isFunction, "a function"];
/** @type {Rule} */
const STRING = [(value) => typeof value === "string", "a string"];
/** @type {Rule} */
const LIMIT = [
  (value) => typeof value === "number" && value > 0,
  "a number of milliseconds above 0, or Infinity for none",
];
/**
 * Whether a text has no half of a character, which the module would send as U+FFFD. By a class of characters, for not
 * every engine has `isWellFormed`.
 * @param {unknown} value
 */
const isWhole = (value) =>
  typeof value !== "string" || !/\p{Cs}/u.test(value) || "text without lone surrogates";
/**
 * Whether the module sees in it what is meant: a date or the like would be an empty object there.
 * @param {any} value
 * @param {number} depth  how far down; the module refuses what is nested deeper
 * @returns {boolean | string}
 */
const isJson = (value, depth = 0) => {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) || "free of BigInts beyond 2^53: give strings";
  if (!isObject(value)) return isWhole(value);
  // Of what leads back to itself by several ways, the first ends here for all of them.
  if (depth > 16) return "nested at most 16 deep";
  if (!Array.isArray(value) && !isPlain(value)) return false;
  for (const member of Object.values(value)) {
    const verdict = isJson(member, depth + 1);
    if (verdict !== true) return verdict;
  }
  return true;
};
/** @type {Rule} */
const JSON_VALUE = [(value) => isJson(value), "a value that JSON has a form for"];
/**
 * Without its entries, an object of some class would pass for one that has none.
 * @param {any} value
 */
const isHeaders = (value) =>
  isFunction(value?.entries)
    ? Array.from(value).every((pair) => isObject(pair) && /** @type {any} */ (pair).length === 2)
    : isPlain(value);
/** @type {Rule} */
const SIGNAL = [isSignal, "an AbortSignal"];

/** @type {Rules} */
const READER = {
  signal: SIGNAL,
  maxEventBytes: [
    (value) => Number.isInteger(value) && value >= 0 && value <= LARGEST_MAX_EVENT_BYTES,
    `a whole number from 0 to ${LARGEST_MAX_EVENT_BYTES}`,
  ],
};

/** @type {Rules} */
const WAIT = { signal: SIGNAL, timeout: [isPlain, "an object of total, in milliseconds", { total: LIMIT }] };

/** @type {Rules} of a look-up */
export const LOOK = {
  signal: SIGNAL,
  timeout: [
    isPlain,
    "an object of total, firstByte and idle, in milliseconds",
    { total: LIMIT, firstByte: LIMIT, idle: LIMIT },
  ],
  maxRetries: [(value) => Number.isInteger(value) && value >= 0 && value <= 1000, "a whole number, 0 to 1000"],
  maxRetryAfter: [(value) => typeof value === "number" && value >= 0, "a number of seconds, 0 or more"],
  headers: [isHeaders, "an object of names and values, or Headers", STRING],
  // Of every call, though a look-up has no body.
  extraBody: [isPlain, "a plain object of fields for the request's body", JSON_VALUE],
};

/** @type {Rules} of a call that is billed */
export const CALL = {
  ...LOOK,
  requestId: [() => false, "left out: only a chat can be repeated under an id without a second charge"],
};

/** @type {Rules} */
export const CHAT = {
  ...CALL,
  requestId: [(value) => typeof value === "string" || value === true, "a string, or true for a generated one"],
};

/** @type {Rules} */
export const CHAT_STREAM = {
  ...CHAT,
  terminator: [(value) => value === "required" || value === "optional", '"required" or "optional"'],
  maxEventBytes: READER.maxEventBytes,
};

/** @type {Rules} */
const CLIENT = {
  baseUrl: [(value) => typeof value === "string" || typeof value?.href === "string", "a string or a URL"],
  apiKey: STRING,
  session: FUNCTION,
  fetch: FUNCTION,
  onRequest: FUNCTION,
  onResponse: FUNCTION,
  ...CALL,
  requestId: [(value) => value === true, "true: each chat call then has a generated id of its own"],
};

/**
 * The texts of a request; the other rules are the module's, which sees them too late.
 * @param {any} request
 */
export function checkTexts(request) {
  if (!isObject(request)) return;
  /** @type {any} */
  const { message } = request;
  check("request", { ...request, "message.content": message?.content }, [isWhole, ""]);
}

/** @param {MinaraOptions} options */
export function checkClientOptions(options) {
  check("client options", options, CLIENT);
}

/** @param {WaitOptions} options */
export function checkWaitOptions(options) {
  // The job itself is on its way.
  check("wait options", options, WAIT, " The job goes on.", "unknown");
}

/** @param {ReadSseOptions} options */
export function checkReaderOptions(options) {
  check("reader options", options, READER, "");
}

/**
 * A call's options over the client's: what the call does not say, the client says.
 * @param {Omit<MinaraOptions, "headers"> & { headers?: any }} client
 * @param {Rules} rules  of the call
 * @param {CallOptions | null} [options]
 * @returns {Terms}
 */
export function termsOf(client, rules, options) {
  const call = options ?? {};
  const { signal, maxRetries, maxRetryAfter } = client;
  try {
    check("call options", call, rules);
    return {
      ...{ signal, maxRetries, maxRetryAfter },
      ...plain(call),
      extraBody: copied(call.extraBody ?? client.extraBody),
      timeout: { ...client.timeout, ...plain(call.timeout) },
      headers: [...pairs(client.headers), ...pairs(call.headers)],
    };
  } catch (cause) {
    const fault = cause instanceof MinaraError ? cause : misuse("The call options cannot be read. Nothing was sent.", { cause });
    return { fault };
  }
}

/**
 * @param {string} subject
 * @param {unknown} options
 * @param {Rules | Rule} rules
 * @param {string} [end]
 * @param {import("./index.js").Outcome} [outcome]
 */
function check(subject, options, rules, end = " Nothing was sent.", outcome = "not_sent") {
  const violations = isPlain(options)
    ? faults(/** @type {object} */ (options), rules, "")
    : [{ field: "", message: "must be a plain object" }];
  if (violations.length === 0) return;
  const list = violations.map(({ field, message }) => `${field} ${message}`.trimStart()).join("; ");
  const { field } = violations[0];
  throw new MinaraError(`Invalid ${subject}: ${list}.${end}`, { code: "invalid_request", outcome, field, violations });
}

/**
 * @param {object} options
 * @param {Rules | Rule} rules  by name, or the one for all
 * @param {string} path
 * @returns {{ field: string, message: string }[]}
 */
function faults(options, rules, path) {
  return pairs(options).flatMap(([name, value]) => {
    const rule = Array.isArray(rules) ? rules : Object.hasOwn(rules, name) ? rules[name] : undefined;
    const field = path + name;
    if (value === undefined) return [];
    if (!rule) return [{ field, message: `is not a known option (known: ${Object.keys(rules).join(", ")})` }];
    const [fits, words, members] = rule;
    const verdict = fits(value);
    if (verdict !== true) return [{ field, message: `must be ${verdict || words}` }];
    return members ? faults(value, members, `${field}.`) : [];
  });
}

/**
 * Names and values, of pairs, of a plain object or of what gives its pairs by itself: `Headers` of any realm, a `Map`.
 * @param {any} object
 * @returns {[string, any][]}
 */
export function pairs(object) {
  return isFunction(object?.entries)
    ? Array.from(object, (pair) => [String(pair?.[0]), pair?.[1]])
    : Object.entries(object ?? {});
}
