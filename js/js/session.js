// The bearer token with which a Worker knows its visitor.
import { MinaraError, misuse } from "./errors.js";

/** @import { MinaraErrorDetails } from "./index.js" */

/**
 * Asks the Worker for a token: a new one against a Turnstile token, or a renewal under the bearer given.
 * @typedef {(turnstileToken: string | undefined, bearer: string | undefined) => Promise<unknown>} Trade
 */

/** Codes by which the Worker says that a session cannot be renewed any more. */
const ENDED = ["session_required", "unauthorized"];

/** A token this close to its end is renewed before it is used, in milliseconds. */
const RENEW_BEFORE = 60_000;

export class Session {
  #solve;
  #trade;
  #now;
  /** @type {string | undefined} */
  #token;
  #expiresAt = Infinity;
  /** @type {Promise<string> | undefined} the trade that is under way: calls share it */
  #pending;

  /**
   * @param {() => Promise<string | undefined>} solve  the caller's, gives a Turnstile token
   * @param {Trade} trade
   * @param {() => number} [now]
   */
  constructor(solve, trade, now = Date.now) {
    this.#solve = solve;
    this.#trade = trade;
    this.#now = now;
  }

  /** The token for the next call; none before the Worker has asked for one. */
  async bearer() {
    if (this.#pending) return this.#pending;
    const isFresh = this.#now() < this.#expiresAt - RENEW_BEFORE;
    return this.#token === undefined || isFresh ? this.#token : this.#share(() => this.#renewEarly());
  }

  /**
   * Another token than the one that was refused: renewed where that can be, for a new one is another visitor's.
   * @param {string | undefined} refused
   */
  replace(refused) {
    if (this.#token !== undefined && this.#token !== refused && !this.#pending) return Promise.resolve(this.#token);
    return this.#share(() => (refused === undefined ? this.#begin() : this.#renew()));
  }

  /** @param {() => Promise<string>} obtain */
  #share(obtain) {
    this.#pending ??= obtain().finally(() => (this.#pending = undefined));
    return this.#pending;
  }

  /**
   * Renewal keeps the identity to which the visitor's chats and ids are bound. So it comes before a new beginning, and one
   * that only could not be had at the moment is no reason for that.
   */
  async #renew() {
    try {
      return this.#keep(await this.#trade(undefined, this.#token));
    } catch (error) {
      if (!(error instanceof MinaraError) || !ENDED.includes(error.code)) throw error;
      return this.#begin();
    }
  }

  /** A renewal before its time, without which the token serves as long as it lives. */
  async #renewEarly() {
    try {
      return await this.#renew();
    } catch (error) {
      const isAlive = this.#now() < this.#expiresAt;
      if (isAlive && error instanceof MinaraError) return /** @type {string} */ (this.#token);
      throw error;
    }
  }

  async #begin() {
    const turnstileToken = await this.#solve();
    // A Worker without Turnstile knows its visitors by their origin alone.
    if (turnstileToken !== undefined && (typeof turnstileToken !== "string" || turnstileToken === "")) {
      throw misuse(
        "session must give a Turnstile token: a non-empty string, or undefined where none is asked for.",
        { field: "session" },
      );
    }
    return this.#keep(await this.#trade(turnstileToken, undefined));
  }

  /** @param {unknown} answer */
  #keep(answer) {
    const { token, expiresAt } = /** @type {{ token?: unknown, expiresAt?: unknown }} */ (answer ?? {});
    // It goes into a header.
    if (typeof token !== "string" || !/^[!-~]+$/.test(token)) {
      const message = "The Worker's session answer has no token. The call was not made, and nothing was billed.";
      throw new MinaraError(message, { code: "bad_response", outcome: "not_sent" });
    }
    this.#token = token;
    this.#expiresAt = milliseconds(expiresAt);
    return token;
  }
}

/**
 * A time in milliseconds since 1970, or as ISO 8601. One that cannot be read never comes: the Worker will say so.
 * @param {unknown} time
 */
function milliseconds(time) {
  const value = typeof time === "number" ? time : Date.parse(String(time));
  return Number.isNaN(value) ? Infinity : value;
}

/**
 * Whether a call may go out again under another session. Where an earlier attempt may have been billed it may not: the
 * Worker takes another session for another caller, with a `requestId` of his own.
 * @param {unknown} error
 * @param {string | undefined} bearer  what the call was sent with
 * @param {boolean} isBilled  whether calls of its kind are
 */
export function wantsSession(error, bearer, isBilled) {
  if (!(error instanceof MinaraError) || (isBilled && error.outcome !== "refused")) return false;
  return error.code === "session_required" || (error.code === "unauthorized" && bearer !== undefined);
}

/**
 * The failure of a trade, for the call that waits for it: whatever happened to the trade, it costs nothing.
 * @param {unknown} error
 */
export function withoutSession(error) {
  if (!(error instanceof MinaraError) || error.outcome === "not_sent" || error.outcome === "refused") return error;
  const { code, status } = /** @type {MinaraErrorDetails} */ (error);
  const why = status === undefined ? code : `${code}, HTTP ${status}`;
  const message = `The Worker opened no session (${why}). The call was not made, and nothing was billed.`;
  // A success that cannot be read may hold the token.
  const known = code === "bad_response" ? { code, status } : { ...error, retryable: true, cause: error };
  return new MinaraError(message, { .../** @type {MinaraErrorDetails} */ (known), outcome: "not_sent" });
}

/**
 * @param {string} what  the call waited for
 * @param {number} milliseconds  the call's own limit
 */
export function notBegun(what, milliseconds) {
  const message =
    `Timed out: ${what} within ${milliseconds} ms (timeout.total). The call was not made, and nothing was billed.`;
  return new MinaraError(message, { code: "timeout", outcome: "not_sent" });
}
