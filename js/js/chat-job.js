// A chat that the API works on by itself.
import { within } from "./abort.js";
import { MinaraError, isUnbilled } from "./errors.js";
import { checkWaitOptions } from "./options.js";

/** @import { ChatAnswer, MinaraErrorDetails, WaitOptions } from "./index.js" */

/**
 * Looks a job up until its answer is there: the answer, and its text after what was delivered.
 * @typedef {(
 *   id: string,
 *   delivered: string,
 *   limits: { signal: AbortSignal | null | undefined, total: number },
 * ) => Promise<{ answer: ChatAnswer, rest: string }>} Find
 */

/** Longest wait for a job unless told otherwise, in milliseconds. */
const DEFAULT_TOTAL = 600_000;

export class ChatJob {
  /** @type {string | undefined} */
  #id;
  #find;
  #signal;
  #isStarted;

  /**
   * @param {Record<string, unknown>} answer  the API's, whose members this has
   * @param {Find} find
   * @param {AbortSignal | null | undefined} signal  of the call, which holds for a wait that has none
   * @param {boolean} isStarted  whether the API has said so; else the id is the caller's word
   */
  constructor({ wait: _, __proto__: __, ...members }, find, signal, isStarted) {
    // The name left out is that of a setter, which would put another object in this one's class's place.
    Object.assign(this, members);
    this.#id = [members.id, members.requestId].find((id) => typeof id === "string");
    this.#find = find;
    this.#signal = signal;
    this.#isStarted = isStarted;
  }

  /**
   * @param {WaitOptions} [options]
   * @param {number} [started]  since when it is waited for
   * @returns {Promise<ChatAnswer>}
   */
  async wait(options = {}, started = performance.now()) {
    checkWaitOptions(options);
    const { signal = this.#signal, timeout } = options;
    const id = this.#id;
    if (id === undefined) throw nameless();
    const total = timeout?.total ?? DEFAULT_TOTAL;
    try {
      return (await this.#find(id, "", { signal, total: total - (performance.now() - started) })).answer;
    } catch (/** @type {any} */ error) {
      if (!this.#isStarted && error?.code === "invalid_request") throw error;
      // Its own clock may be a millisecond off, for that one counts in whole ones.
      throw ofJob(error, id, performance.now() - started >= total - 1 ? total : undefined);
    }
  }
}

/**
 * Waits for a job that is being started. The limit and the signal are those of the waiting: the start goes on without it.
 * @param {Promise<ChatJob>} starting
 * @param {WaitOptions} [options]
 */
export async function waitFor(starting, options = {}) {
  // Whoever waits hears of a failure here, and only here.
  starting.catch(() => {});
  checkWaitOptions(options);
  const started = performance.now();
  const milliseconds = options.timeout?.total ?? DEFAULT_TOTAL;
  const limit = { signal: options.signal, milliseconds, expired: () => unstarted(milliseconds) };
  return (await within(limit, () => starting)).wait(options, started);
}

/** @param {number} passed */
function unstarted(passed) {
  const message =
    `The job was not started within ${passed} ms (timeout.total of wait). It may start all the same: await the call itself.`;
  return new MinaraError(message, { code: "timeout", outcome: "unknown" });
}

function nameless() {
  const message = "The API started the job without giving its id, so its answer cannot be looked up.";
  return new MinaraError(message, { code: "bad_response", outcome: "done" });
}

/**
 * The failure of a wait as that of the job, which was accepted before it.
 * @param {unknown} error
 * @param {string} id
 * @param {number | undefined} passed  the wait's limit, if that has passed
 */
function ofJob(error, id, passed) {
  if (!(error instanceof MinaraError)) return error;
  const { code, message, status } = /** @type {MinaraErrorDetails & MinaraError} */ (error);
  const isLate = passed !== undefined && code === "timeout" && status === undefined;
  if (!isLate && !isUnbilled(error)) return error;
  const what = isLate
    ? `The job was not done after ${passed} ms (timeout.total of wait).`
    : `The job could not be looked up (${code}): ${message}`;
  const next =
    code === "not_found"
      ? "The API keeps it for 24 hours, for whoever started it."
      : `It goes on: wait again, or look it up with chatStatus("${id}").`;
  return new MinaraError(`${what} ${next}`, { ...error, outcome: "unknown", retryable: false, cause: error });
}
