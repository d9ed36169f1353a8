// The answer of a stream that was cut, as the API keeps it under the call's id.
import { inContext } from "./chat-errors.js";
import { MinaraError, isUnbilled } from "./errors.js";

/** @import { ChatAnswer } from "./index.js" */
/** @import { Calls } from "./chat-stream.js" */

/** Codes of a stream that did not bring its answer, which may be complete where it was made. */
const INCOMPLETE = ["stream_truncated", "event_too_large", "network", "timeout", "bad_response", "internal"];

/**
 * Looks for the answer where one can be kept; throws what cut the stream where there is none.
 * @param {unknown} error  what cut the stream
 * @param {Calls} calls
 * @param {{ text: string, sentAt: number, signal: AbortSignal }} stream  its text so far, when it was asked for, and what
 *   ends the search
 */
export async function storedAnswer(error, { requestId, total, find }, { text, sentAt, signal }) {
  const mayBeKept = error instanceof MinaraError && INCOMPLETE.includes(error.code) && !isUnbilled(error);
  const left = total - (performance.now() - sentAt);
  if (requestId === undefined || !mayBeKept || left <= 0) throw error;
  try {
    const { answer, rest } = await find(requestId, text, { signal, total: left });
    return { answer: /** @type {ChatAnswer} */ (withoutNulls(answer)), rest };
  } catch (failure) {
    if (signal.aborted) throw signal.reason;
    // That the job failed is the last word; that it could not be looked up says less than what cut the stream.
    throw isVerdict(failure) ? inContext(failure, { partial: text }) : error;
  }
}

/** @param {unknown} failure */
function isVerdict(failure) {
  if (!(failure instanceof MinaraError)) return false;
  const { code, outcome } = failure;
  return code === "stream_error" || (code === "bad_response" && outcome === "done");
}

/**
 * What is stored may leave out what the stream has said.
 * @param {object} answer
 */
function withoutNulls(answer) {
  return Object.fromEntries(Object.entries(answer).filter(([, value]) => value !== null));
}
