// The client: settings, one call into WebAssembly per method, and what a promise of a call can do.
import { within } from "./abort.js";
import { described, idOf, newRequestId } from "./call-details.js";
import { ChatJob, waitFor } from "./chat-job.js";
import { ChatStream } from "./chat-stream.js";
import { MinaraError, isUnbilled, misuse, withoutSecrets } from "./errors.js";
import { inPage, isLoaded, ready, running } from "./instance.js";
import { CALL, CHAT, CHAT_STREAM, LOOK, checkClientOptions, checkTexts, pairs, termsOf } from "./options.js";
import { copied, plain } from "./requests.js";
import { Session, notBegun, wantsSession, withoutSession } from "./session.js";

/** @import { CallOptions, ChatInput, ChatOptions, ChatStreamOptions, MinaraOptions, WaitOptions } from "./index.js" */
/** @import { Reply } from "./call-details.js" */
/** @import { Find } from "./chat-job.js" */
/** @import { Instance } from "./instance.js" */
/** @import { Rules, Terms } from "./options.js" */

// What can be called, by its place in the module's list.
const OPERATION = {
  chat: 0,
  chatStream: 1,
  chatBackground: 2,
  chatStatus: 3,
  intentToSwap: 4,
  perpTradingSuggestion: 5,
  predictionMarketAsk: 6,
  session: 7,
  answer: 8,
};

/** The calls that cost nothing. */
const FREE = [OPERATION.chatStatus, OPERATION.answer];

/** How many sessions may end while one stored answer is waited for: more are no sessions. */
const MOST_RENEWALS = 10;

/** Longest time for a whole stream and for any other call unless told otherwise, in milliseconds: as in the module. */
const STREAM_TOTAL = 300_000;
const TOTAL = 180_000;

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
    if (session && "apiKey" in config) {
      throw misuse("session is for a Worker, which holds the apiKey: give one of them.", { field: "session" });
    }
    const baseUrl = config.baseUrl?.toString();
    const hooks = { onRequest: quiet(config.onRequest), onResponse: quiet(config.onResponse) };
    this.#config = { ...config, ...hooks, baseUrl, headers: pairs(config.headers), inPage: inPage() };
    this.#session = session && new Session(session, (token, bearer) => this.#openSession(token, bearer));
    // Where the module need not be waited for, wrong options are noticed here rather than at the first call.
    if (!inPage()) this.#bind(running("Minara"));
  }

  /** @param {unknown} request @param {ChatOptions} [options] */
  chat(request, options) {
    const plainly = copied(request);
    return this.#call(OPERATION.chat, plainly, this.#chatTerms(CHAT, plainly, options));
  }

  /** @param {unknown} request @param {ChatStreamOptions} [options] */
  chatStream(request, options) {
    const plainly = copied(request);
    const terms = this.#chatTerms(CHAT_STREAM, plainly, options);
    /** @type {string | undefined} the token that the stream was opened with, which may be replaced meanwhile */
    let bearer;
    let isSent = false;
    const tell = (/** @type {boolean} */ sent) => void (isSent = sent);
    return new ChatStream(terms, {
      send: async (settled) => {
        const reply = await this.#send(OPERATION.chatStream, plainly, settled, tell);
        bearer = reply.bearer;
        return reply;
      },
      isSent: () => isSent,
      find: this.#findWith(terms),
      clean: (error) => this.#clean(error, bearer),
      requestId: idOf(plainly, terms),
      total: terms.timeout?.total ?? STREAM_TOTAL,
    });
  }

  /** @param {unknown} request @param {ChatOptions} [options] */
  chatBackground(request, options) {
    const plainly = copied(request);
    const terms = this.#chatTerms(CHAT, plainly, options);
    const shape = (/** @type {any} */ data) => new ChatJob(data, this.#findWith(terms), terms.signal, true);
    const job = this.#call(OPERATION.chatBackground, plainly, terms, shape);
    const wait = (/** @type {WaitOptions | undefined} */ limits) => waitFor(job, limits);
    return Object.assign(job, { wait });
  }

  /** @param {string} id */
  chatJob(id) {
    const terms = termsOf(this.#config, LOOK);
    // What is no text is refused by the look-up, as an empty one is.
    return new ChatJob({ id: typeof id === "string" ? id : "" }, this.#findWith(terms), terms.signal, false);
  }

  /** @param {string} id @param {CallOptions} [options] */
  chatStatus(id, options) {
    return this.#call(OPERATION.chatStatus, copied(id), termsOf(this.#config, LOOK, options));
  }

  /** @param {unknown} request @param {CallOptions} [options] */
  intentToSwap(request, options) {
    return this.#call(OPERATION.intentToSwap, copied(request), termsOf(this.#config, CALL, options));
  }

  /** @param {unknown} request @param {CallOptions} [options] */
  perpTradingSuggestion(request, options) {
    return this.#call(OPERATION.perpTradingSuggestion, copied(request), termsOf(this.#config, CALL, options));
  }

  /** @param {unknown} request @param {CallOptions} [options] */
  predictionMarketAsk(request, options) {
    return this.#call(OPERATION.predictionMarketAsk, copied(request), termsOf(this.#config, CALL, options));
  }

  /**
   * The terms of a chat, which may have an id; a stream has to know under which one its answer is kept.
   * @param {Rules} rules
   * @param {unknown} request
   * @param {ChatOptions | undefined} options
   */
  #chatTerms(rules, request, options) {
    const terms = termsOf(this.#config, rules, options);
    const own = /** @type {ChatInput | null} */ (request)?.requestId;
    const id = terms.requestId ?? (own === undefined ? this.#config.requestId : undefined);
    return { ...terms, requestId: id === true ? newRequestId() : id };
  }

  /**
   * The way to a call's stored answer: on its own terms, but for the time limit and the signal.
   * @param {Terms} terms
   * @returns {Find}
   */
  #findWith({ headers, maxRetries, maxRetryAfter }) {
    return async (id, delivered, { signal, total }) => {
      const end = performance.now() + total;
      const find = async () => {
        const terms = { headers, maxRetries, maxRetryAfter, signal, timeout: { total: end - performance.now() } };
        return (await this.#send(OPERATION.answer, plain({ id, delivered }), terms)).data;
      };
      // Where another call's trap has ended the looking, it goes on in the next instance: it costs nothing.
      const again = (/** @type {unknown} */ error) => {
        if (error instanceof MinaraError && error.code === "internal") return find();
        throw error;
      };
      return find().catch(again);
    };
  }

  /**
   * The error of a stream without the key and its session's token, which an answer may repeat. Those of calls come clean.
   * @param {unknown} error
   * @param {string | undefined} bearer
   */
  #clean(error, bearer) {
    // Where the module could not be loaded, no answer has come that could repeat anything.
    if (!isLoaded()) return error;
    return withoutSecrets(error, [this.#config.apiKey, bearer], running("").bindings.withoutSecret);
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
    return Object.assign(data, { withResponse, requestId: idOf(request, terms) });
  }

  /**
   * Sends a call once the module is loaded, with a session where the Worker wants one. A call that was refused for want of
   * a session cost nothing and is repeated once. All of it is within one limit.
   * @param {number} operation
   * @param {unknown} request
   * @param {Terms} terms
   * @param {(isSent: boolean) => void} [tell]  told when the call goes out, and when that has cost nothing
   * @returns {Promise<Reply>}
   */
  async #send(operation, request, terms, tell = () => {}) {
    if (terms.fault) throw terms.fault;
    // A look-up's own fault is told by the module, and the text that a stream has delivered is nobody's input.
    if (!FREE.includes(operation)) checkTexts(request);
    const { signal, timeout } = terms;
    const total = timeout?.total ?? (operation === OPERATION.chatStream ? STREAM_TOTAL : TOTAL);
    const started = performance.now();
    const elapsed = () => Math.round(performance.now() - started);
    /** @type {<Part>(what: string, obtain: (signal: AbortSignal) => Promise<Part>) => Promise<Part>} what a call needs */
    const before = (what, obtain) =>
      within({ signal, milliseconds: total - elapsed(), expired: () => notBegun(what, total) }, obtain);
    const attempt = async (/** @type {string | undefined} */ bearer = undefined) => {
      // A page that is busy can be late for its own timers.
      if (elapsed() >= total) throw notBegun("nothing was sent", total);
      tell(true);
      try {
        return await this.#attempt(operation, request, { ...terms, elapsed: elapsed(), bearer });
      } catch (error) {
        if (isUnbilled(error)) tell(false);
        throw error;
      }
    };
    if (!isLoaded()) await before("the WebAssembly module was not loaded", ready);
    const session = this.#session;
    if (!session) return attempt();
    /** @type {(obtain: (signal: AbortSignal) => Promise<string | undefined>) => Promise<string | undefined>} */
    const token = (obtain) => before("no session was to be had", obtain);
    let bearer = await token((signal) => session.bearer(signal));
    for (let left = operation === OPERATION.answer ? MOST_RENEWALS : 1; ; left -= 1) {
      try {
        return await attempt(bearer);
      } catch (error) {
        if (left === 0 || !wantsSession(error, bearer, !FREE.includes(operation))) throw error;
        bearer = await token((signal) => session.replace(bearer, signal));
      }
    }
  }

  /**
   * @param {number} operation
   * @param {unknown} request
   * @param {Terms} terms
   * @returns {Promise<Reply>}
   */
  async #attempt(operation, request, terms) {
    const instance = await ready();
    const reply = await instance.settle(this.#bind(instance).call(operation, request, terms));
    const { status, headers } = reply.response;
    // A replacement of fetch may give no headers.
    const requestId = headers?.get?.("x-request-id") ?? undefined;
    return { ...reply, status, headers, requestId, instance, bearer: terms.bearer };
  }

  /**
   * @param {string | undefined} turnstileToken
   * @param {string | undefined} bearer
   */
  async #openSession(turnstileToken, bearer) {
    // Calls that have signals of their own may share it: each ends its own waiting.
    const terms = { ...termsOf(this.#config, LOOK), signal: undefined, bearer };
    try {
      return (await this.#attempt(OPERATION.session, plain({ turnstileToken }), terms)).data;
    } catch (error) {
      throw withoutSession(error);
    }
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
 * A hook whose promise may reject without harm.
 * @template Info
 * @param {((info: Info) => unknown) | undefined} hook
 */
function quiet(hook) {
  return hook && ((/** @type {Info} */ info) => void Promise.resolve(hook(info)).catch(() => {}));
}

function keyInBrowser() {
  const message =
    "An API key in a page can be read by everyone who opens it. Keep the key in your Worker and give its address " +
    'instead: new Minara({ baseUrl: "/api" }). If this is a server, import minara through the "node", "workerd" or ' +
    '"edge-light" condition of its exports.';
  return new MinaraError(message, { code: "key_in_browser", outcome: "not_sent", field: "apiKey" });
}
