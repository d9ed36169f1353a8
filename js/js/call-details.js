// What can be known of a call beside its data: how it was answered, and under which id it is sent.

/** @import { CallResponse, ChatInput } from "./index.js" */
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
 * @property {any} [scope]         the time limits of an event stream
 * @property {Instance} instance    in which both live
 * @property {string} [bearer]      the session's token that it was sent with
 */

/**
 * @param {Reply} reply
 * @returns {CallResponse<any>}
 */
export function described({ data, status, headers, requestId, warnings }) {
  return { data, status, headers, requestId, warnings };
}

/**
 * Under which id a call is sent, which only a chat has.
 * @param {unknown} request
 * @param {Terms} terms
 */
export function idOf(request, { requestId }) {
  return /** @type {string | undefined} */ (requestId) ?? /** @type {ChatInput | null} */ (request)?.requestId;
}

/** 128 random bits. `crypto.randomUUID` is missing in pages without https. */
export function newRequestId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `req-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
