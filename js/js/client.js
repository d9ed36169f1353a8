// The client: settings, one call into WebAssembly per method, and what a promise of a call can do.
import { abortable } from "./abort.js";
import { ChatJob } from "./chat-job.js";
import { ChatStream } from "./chat-stream.js";
import { MinaraError } from "./errors.js";
import { inPage, ready, running } from "./instance.js";
import { checkClientOptions, termsOf } from "./options.js";
import { plain } from "./requests.js";
import { Session } from "./session.js";

/** @import { CallOptions, CallResponse, ChatInput, ChatOptions, ChatStreamOptions } from "./index.js" */
/** @import { MinaraOptions, WaitOptions } from "./index.js" */
/** @import { Instance } from "./instance.js" */
/** @import { Terms } from "./options.js" */

/**
 * A call's answer.
 * @typedef {object} Reply
 * @property {any} data
 * @property {number} status
 * @property {Headers} headers
 * @property {string} [requestId]
 * @property {{ field: string, message: string }[]} warnings
 * @property {Response} response  read already, but for an event stream
 * @property {any} [exchange]       the time limits of an event stream
 * @property {Instance} instance    in which both live
 */

// What can be called, by its place in the module's list.
const CHAT = 0;
const CHAT_STREAM = 1;
const CHAT_BACKGROUND = 2;
const CHAT_STATUS = 3;
const INTENT_TO_SWAP = 4;
const PERP_TRADING_SUGGESTION = 5;
const PREDICTION_MARKET_ASK = 6;
const SESSION = 7;

/** Longest time for a whole stream unless told otherwise, in milliseconds: as in the module. */
const STREAM_TOTAL = 300_000;

export class Minara {
  #config;
  #session;
  /** @type {{ instance: Instance, caller: any } | undefined} */
  #bound;

  /** @param {MinaraOptions} [options] */
  constructor(options = {}) {
    checkClientOptions(options);
    const { session, ...config } = /** @type {MinaraOptions} */ (plain(options));
    if (inPage() && "apiKey" in config) throw keyInBrowser();
    this.#config = { ...config, baseUrl: config.baseUrl?.toString(), inPage: inPage() };
    this.#session = session && new Session(session, (token, bearer) => this.#openSession(token, bearer));
    // Where the module need not be waited for, wrong options are noticed here rather than at the first call.
    if (!inPage()) this.#bind(running("Minara"));
  }

  /** @param {unknown} request @param {ChatOptions} [options] */
  chat(request, options) {
    const plainly = plain(request);
    return this.#call(CHAT, plainly, this.#chatTerms(plainly, options));
  }

  /** @param {unknown} request @param {ChatStreamOptions} [options] */
  chatStream(request, options) {
    const plainly = plain(request);
    const terms = this.#chatTerms(plainly, options);
    return new ChatStream(terms, {
      send: (settled) => this.#send(CHAT_STREAM, plainly, settled),
      look: this.#lookWith(terms),
      requestId: terms.requestId ?? /** @type {ChatInput | null} */ (plainly)?.requestId,
      total: terms.timeout?.total ?? STREAM_TOTAL,
    });
  }

  /** @param {unknown} request @param {ChatOptions} [options] */
  chatBackground(request, options) {
    const plainly = plain(request);
    const terms = this.#chatTerms(plainly, options);
    const job = this.#call(CHAT_BACKGROUND, plainly, terms, (data) => new ChatJob(data, this.#lookWith(terms)));
    const wait = async (/** @type {WaitOptions | undefined} */ limits) => (await job).wait(limits);
    return Object.assign(job, { wait });
  }

  /** @param {string} id @param {CallOptions} [options] */
  chatStatus(id, options) {
    return this.#call(CHAT_STATUS, id, termsOf(this.#config, options));
  }

  /** @param {unknown} request @param {CallOptions} [options] */
  intentToSwap(request, options) {
    return this.#call(INTENT_TO_SWAP, plain(request), termsOf(this.#config, options));
  }

  /** @param {unknown} request @param {CallOptions} [options] */
  perpTradingSuggestion(request, options) {
    return this.#call(PERP_TRADING_SUGGESTION, plain(request), termsOf(this.#config, options));
  }

  /** @param {unknown} request @param {CallOptions} [options] */
  predictionMarketAsk(request, options) {
    return this.#call(PREDICTION_MARKET_ASK, plain(request), termsOf(this.#config, options));
  }

  /**
   * The terms of a chat, which may have an id; a stream has to know under which one its answer is kept.
   * @param {unknown} request
   * @param {ChatOptions | undefined} options
   */
  #chatTerms(request, options) {
    const terms = termsOf(this.#config, options);
    const own = /** @type {ChatInput | null} */ (request)?.requestId;
    const id = terms.requestId ?? (own === undefined ? this.#config.requestId : undefined);
    return { ...terms, requestId: id === true ? newRequestId() : id };
  }

  /**
   * Look-ups for a call: on its own terms, but for its time limits, which hold for all of them together.
   * @param {Terms} terms
   * @returns {import("./stored-answer.js").Look}
   */
  #lookWith({ headers, maxRetries, maxRetryAfter }) {
    const terms = { headers, maxRetries, maxRetryAfter };
    return async (id, signal) => (await this.#send(CHAT_STATUS, id, { ...terms, signal })).data;
  }

  /**
   * @param {number} operation
   * @param {unknown} request
   * @param {Terms} terms
   * @param {(data: any) => any} [shape]
   */
  #call(operation, request, terms, shape = (data) => data) {
    const sent = this.#send(operation, request, terms);
    const shaped = sent.then((reply) => ({ ...reply, data: shape(reply.data) }));
    const data = shaped.then((reply) => reply.data);
    const withResponse = () => {
      // Whoever asks for the whole response hears of a failure there, and only there.
      data.catch(() => {});
      return shaped.then(described);
    };
    return Object.assign(data, { withResponse });
  }

  /**
   * Sends a call, with a session where the Worker wants one. A call that was refused for want of a session cost
   * nothing and is repeated once.
   * @param {number} operation
   * @param {unknown} request
   * @param {Terms} terms
   * @returns {Promise<Reply>}
   */
  async #send(operation, request, terms) {
    if (terms.fault) throw terms.fault;
    const session = this.#session;
    if (!session) return this.#attempt(operation, request, terms);
    const bearer = await abortable(session.bearer(), terms.signal);
    try {
      return await this.#attempt(operation, request, { ...terms, bearer });
    } catch (error) {
      if (!wantsSession(error, bearer)) throw error;
      const fresh = await abortable(session.replace(bearer), terms.signal);
      return this.#attempt(operation, request, { ...terms, bearer: fresh });
    }
  }

  /**
   * @param {number} operation
   * @param {unknown} request
   * @param {Terms & { bearer?: string | undefined }} terms
   * @returns {Promise<Reply>}
   */
  async #attempt(operation, request, terms) {
    const instance = await ready();
    const reply = await instance.settle(this.#bind(instance).call(operation, request, terms));
    const { status, headers } = reply.response;
    // A replacement of fetch may give no headers.
    return { ...reply, status, headers, requestId: headers?.get("x-request-id") ?? undefined, instance };
  }

  /**
   * @param {string | undefined} turnstileToken
   * @param {string | undefined} bearer
   */
  async #openSession(turnstileToken, bearer) {
    return (await this.#attempt(SESSION, plain({ turnstileToken }), { ...termsOf(this.#config), bearer })).data;
  }

  /**
   * The WebAssembly half of this client in that instance: another one after a trap.
   * @param {Instance} instance
   */
  #bind(instance) {
    if (this.#bound?.instance !== instance) {
      this.#bound = { instance, caller: new instance.bindings.Caller(this.#config) };
    }
    return this.#bound.caller;
  }
}

/**
 * @param {Reply} reply
 * @returns {CallResponse<any>}
 */
export function described({ data, status, headers, requestId, warnings }) {
  return { data, status, headers, requestId, warnings };
}

/**
 * @param {unknown} error
 * @param {string | undefined} bearer  what the call was sent with
 */
function wantsSession(error, bearer) {
  if (!(error instanceof MinaraError)) return false;
  return error.code === "session_required" || (error.code === "unauthorized" && bearer !== undefined);
}

/** 128 random bits. `crypto.randomUUID` is missing in pages without https. */
function newRequestId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `req-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

function keyInBrowser() {
  const message =
    "An API key in a page can be read by everyone who opens it. Keep the key in your Worker and give its address " +
    'instead: new Minara({ baseUrl: "/api" }). If this is a server, import minara through the "node", "workerd" or ' +
    '"edge-light" condition of its exports.';
  return new MinaraError(message, { code: "key_in_browser", outcome: "not_sent", field: "apiKey" });
}
