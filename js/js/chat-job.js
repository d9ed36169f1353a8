// A chat that the API works on by itself.
import { within } from "./abort.js";
import { MinaraError } from "./errors.js";
import { checkWaitOptions } from "./options.js";
import { storedAnswer } from "./stored-answer.js";

/** @import { ChatAnswer, WaitOptions } from "./index.js" */
/** @import { Look } from "./stored-answer.js" */

/** Longest wait for a job unless told otherwise, in milliseconds. */
const DEFAULT_TOTAL = 600_000;

export class ChatJob {
  /** @type {string | undefined} */
  #id;
  #look;
  #clean;
  #signal;

  /**
   * @param {Record<string, unknown>} answer  the API's, whose members this has
   * @param {Look} look
   * @param {(error: unknown) => unknown} clean  the error without the key or token
   * @param {AbortSignal | null | undefined} signal  of the call, which holds for a wait that has none
   */
  constructor({ wait: _, ...members }, look, clean, signal) {
    Object.assign(this, members);
    this.#id = [members.id, members.requestId].find((id) => typeof id === "string");
    this.#look = look;
    this.#clean = clean;
    this.#signal = signal;
  }

  /**
   * @param {WaitOptions} [options]
   * @returns {Promise<ChatAnswer>}
   */
  async wait(options = {}) {
    checkWaitOptions(options);
    const { signal = this.#signal, timeout } = options;
    const id = this.#id;
    if (id === undefined) throw nameless();
    const milliseconds = timeout?.total ?? DEFAULT_TOTAL;
    const limit = { signal, milliseconds, expired: () => expired(id, milliseconds) };
    try {
      return (await within(limit, (both) => storedAnswer(id, "", this.#look, both))).answer;
    } catch (error) {
      throw this.#clean(error);
    }
  }
}

function nameless() {
  const message = "The API started the job without giving its id, so its answer cannot be looked up.";
  return new MinaraError(message, { code: "bad_response", outcome: "done" });
}

/**
 * @param {string} id
 * @param {number} milliseconds
 */
function expired(id, milliseconds) {
  const message =
    `The job was not done after ${milliseconds} ms (timeout.total of wait). ` +
    `It goes on: wait again, or look it up with chatStatus("${id}").`;
  return new MinaraError(message, { code: "timeout", outcome: "unknown" });
}
