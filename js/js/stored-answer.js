// The answer of a stream that was cut, as the API keeps it under the call's id.
import { inContext } from "./chat-connection.js";
import { MinaraError } from "./errors.js";

/** @import { ChatAnswer } from "./index.js" */
/** @import { Calls } from "./chat-stream.js" */

/** Codes of a stream that was cut short, whose answer may be complete where it was made. */
const CUT = ["stream_truncated", "network", "timeout"];

/**
 * Looks for the answer where one can be kept; throws what cut the stream where there is none.
 * @param {unknown} error  what cut the stream
 * @param {Calls} calls
 * @param {{ text: string, sentAt: number, signal: AbortSignal }} stream  its text so far, when it was asked for, and what
 *   ends the search
 */
export async function storedAnswer(error, { requestId, total, find }, { text, sentAt, signal }) {
  const isCut = error instanceof MinaraError && CUT.includes(error.code) && error.outcome === "unknown";
  const left = total - (performance.now() - sentAt);
  if (requestId === undefined || !isCut || left <= 0) throw error;
  try {
    const { answer, rest } = await find(requestId, text, { signal, total: left });
    return { answer: /** @type {ChatAnswer} */ (withoutNulls(answer)), rest };
  } catch (failure) {
    if (signal.aborted) throw signal.reason;
    // That the job failed is the last word; that it could not be looked up says less than what cut the stream.
    const isVerdict = failure instanceof MinaraError && ["stream_error", "bad_response"].includes(failure.code);
    throw isVerdict ? inContext(failure, { partial: text }) : error;
  }
}

/**
 * What is stored may leave out what the stream has said.
 * @param {object} answer
 */
function withoutNulls(answer) {
  return Object.fromEntries(Object.entries(answer).filter(([, value]) => value !== null));
}
