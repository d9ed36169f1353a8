// The errors of a streamed answer that do not come from the module.
import { MinaraError } from "./errors.js";

/**
 * A `fetch` that was given to the client may answer with anything.
 * @param {string} fault
 */
export function unreadable(fault) {
  return new MinaraError(`The answer ${fault}: check the fetch option.`, { code: "bad_response", outcome: "done" });
}

/**
 * The error with what the stream knows and the decoder does not.
 * @param {unknown} error
 * @param {{ status?: number, requestId?: string | undefined, partial: string }} context
 */
export function inContext(error, { partial, ...context }) {
  if (!(error instanceof MinaraError)) return error;
  return new MinaraError(error.message, { ...context, partial: partial || undefined, ...error, cause: error.cause });
}

/**
 * @param {string} partial
 * @param {boolean} wasSent  and not refused
 */
export function cancelled(partial, wasSent) {
  const when = wasSent
    ? "before the answer was complete. It may be billed all the same."
    : "before the API had its request. Nothing is billed.";
  const outcome = wasSent ? "unknown" : "not_sent";
  const details = /** @type {const} */ ({ code: "stream_truncated", outcome, partial: partial || undefined });
  return new MinaraError(`The stream was cancelled ${when}`, details);
}
