// The bearer token with which a Worker knows its visitor.
import { onAbort, within } from "./abort.js";
import { deferred } from "./deferred.js";
import { MinaraError, isUnbilled, misuse } from "./errors.js";

/** @import { MinaraErrorDetails } from "./index.js" */

/**
 * Asks the Worker for a token: a new one against a Turnstile token, or a renewal under the bearer given.
 * @typedef {(turnstileToken: string | undefined, bearer: string | undefined) => Promise<unknown>} Trade
 */

/**
 * A trade under way.
 * @typedef {object} Pending
 * @property {number} era          how many tokens had come before it began
 * @property {number} waiting      calls that wait for it
 * @property {AbortController} left  aborted when none does any more
 * @property {import("./deferred.js").Deferred<string>} token
 */

/** Codes by which the Worker says that a session cannot be renewed any more. */
const ENDED = ["session_required", "unauthorized"];

/** A token this close to its end is renewed before it is used, in milliseconds. */
const RENEW_BEFORE = 60_000;

/** How long a call waits for that while it has a token, in milliseconds. */
const PATIENCE = 3_000;

export class Session {
  #solve;
  #trade;
  #now;
  /** @type {string | undefined} */
  #token;
  #expiresAt = Infinity;
  /** Whether the last token came too close to its end. */
  #cameLate = false;
  /** How many tokens have come. Of trades that ran beside each other the first to bring one does. */
  #era = 0;
  /** @type {Pending | undefined} the trade that calls wait for: they share it */
  #pending;

  /**
   * @param {(context: { signal: AbortSignal }) => Promise<string | undefined>} solve  the caller's, gives a Turnstile token
   * @param {Trade} trade
   * @param {() => number} [now]
   */
  constructor(solve, trade, now = Date.now) {
    this.#solve = solve;
    this.#trade = trade;
    this.#now = now;
  }

  /**
   * The token for the next call; none before the Worker has asked for one.
   * @param {AbortSignal} [signal]  ends the waiting
   */
  async bearer(signal) {
    const isFresh = this.#now() < this.#expiresAt - RENEW_BEFORE;
    if (!this.#pending && (this.#token === undefined || isFresh)) return this.#token;
    return this.#share((pending) => this.#renewEarly(pending), signal);
  }

  /**
   * Another token than the one that was refused: renewed where that can be, for a new one is another visitor's.
   * @param {string | undefined} refused
   * @param {AbortSignal} [signal]  ends the waiting
   */
  async replace(refused, signal) {
    if (this.#token !== undefined && this.#token !== refused && !this.#pending) return this.#token;
    return this.#share((pending) => (refused === undefined ? this.#begin(pending) : this.#renew(pending)), signal);
  }

  /**
   * Waits for the trade that is under way, or for a new one. One that no one waits for any more is left to itself: the
   * caller's function may never settle, as where the challenge was taken off the page, and would hold up every call.
   * @param {(pending: Pending) => Promise<string>} obtain
   * @param {AbortSignal | undefined} signal
   */
  #share(obtain, signal) {
    const pending = (this.#pending ??= this.#start(obtain));
    pending.waiting += 1;
    onAbort(signal, () => {
      pending.waiting -= 1;
      if (pending.waiting === 0) this.#leave(pending);
    });
    return pending.token.promise;
  }

  /** @param {(pending: Pending) => Promise<string>} obtain */
  #start(obtain) {
    /** @type {Pending} */
    const pending = { era: this.#era, waiting: 0, left: new AbortController(), token: deferred() };
    this.#pending = pending;
    obtain(pending)
      .then(pending.token.resolve, pending.token.reject)
      .finally(() => this.#leave(pending));
    return pending;
  }

  /** @param {Pending} pending */
  #leave(pending) {
    if (this.#pending === pending) this.#pending = undefined;
    pending.left.abort();
  }

  /**
   * Renewal keeps the identity to which the visitor's chats and ids are bound. So it comes before a new beginning, and one
   * that only could not be had at the moment is no reason for that.
   * @param {Pending} pending
   */
  async #renew(pending) {
    try {
      return this.#keep(await this.#trade(undefined, this.#token), pending);
    } catch (error) {
      // Without anyone who waits there is no one to ask.
      const isLeft = this.#pending !== pending;
      if (isLeft || !(error instanceof MinaraError) || !ENDED.includes(error.code)) throw error;
      return this.#begin(pending);
    }
  }

  /**
   * A renewal before its time, without which the token serves as long as it lives.
   * @param {Pending} pending
   */
  async #renewEarly(pending) {
    const token = /** @type {string} */ (this.#token);
    const isAlive = this.#now() < this.#expiresAt;
    const renewal = this.#renew(pending);
    if (!isAlive) return renewal;
    try {
      return await within({ milliseconds: PATIENCE, expired: () => null }, () => renewal);
    } catch (error) {
      if (error === null || error instanceof MinaraError) return token;
      throw error;
    }
  }

  /** @param {Pending} pending */
  async #begin(pending) {
    const turnstileToken = await this.#solve({ signal: pending.left.signal });
    // A Worker without Turnstile knows its visitors by their origin alone.
    if (turnstileToken !== undefined && (typeof turnstileToken !== "string" || turnstileToken === "")) {
      throw misuse(
        "session must give a Turnstile token: a non-empty string, or undefined where none is asked for.",
        { field: "session" },
      );
    }
    return this.#keep(await this.#trade(turnstileToken, undefined), pending);
  }

  /**
   * Keeps the token that a trade has brought, unless one that ran beside it has brought another before. Calls that wait
   * for a later trade have it too: a visitor may solve the challenge of a call that has ended since.
   * @param {unknown} answer
   * @param {Pending} pending
   */
  #keep(answer, pending) {
    const { token, expiresAt } = /** @type {{ token?: unknown, expiresAt?: unknown }} */ (answer ?? {});
    // It goes into a header.
    if (typeof token !== "string" || !/^[!-~]+$/.test(token)) {
      const message = "The Worker's session answer has no token. The call was not made, and nothing was billed.";
      throw new MinaraError(message, { code: "bad_response", outcome: "not_sent" });
    }
    if (pending.era === this.#era) {
      this.#era += 1;
      this.#token = token;
      this.#expiresAt = this.#endOf(milliseconds(expiresAt));
      const waiting = this.#pending ?? pending;
      waiting.token.resolve(token);
      this.#leave(waiting);
    }
    return token;
  }

  /**
   * When a new token ends. One that has ended already, or that comes too close to its end again, says that this device's
   * clock is wrong, by which every call would renew it: the Worker will say when it ends.
   * @param {number} end
   */
  #endOf(end) {
    const left = end - this.#now();
    const cameLate = this.#cameLate;
    this.#cameLate = left <= RENEW_BEFORE;
    return left <= 0 || (cameLate && this.#cameLate) ? Infinity : end;
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
  if (!(error instanceof MinaraError) || isUnbilled(error)) return error;
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
