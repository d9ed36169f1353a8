/** @import { MinaraErrorDetails } from "./index.js" */

/** What an error has only where it is known. */
const OPTIONAL = /** @type {const} */ (["status", "requestId", "retryAfter", "field", "violations", "partial", "body"]);

export class MinaraError extends Error {
  /**
   * @param {string} message
   * @param {MinaraErrorDetails} details
   */
  constructor(message, details) {
    const { cause } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.code = details.code;
    this.outcome = details.outcome;
    this.retryable = details.retryable ?? false;
    // Only what is there becomes a member, so that a console shows no row of `undefined`.
    for (const name of OPTIONAL) {
      if (details[name] !== undefined) Object.assign(this, { [name]: details[name] });
    }
  }

  /** An error's own members are lost in `JSON.stringify` and `structuredClone`; this plain object keeps them. */
  toJSON() {
    return { ...this, name: this.name, message: this.message };
  }
}

Object.defineProperty(MinaraError.prototype, "name", { value: "MinaraError", writable: true, configurable: true });

/**
 * A call that broke a rule before anything was sent.
 * @param {string} message
 * @param {string} [field]
 */
export function misuse(message, field) {
  return new MinaraError(message, { code: "invalid_request", outcome: "not_sent", field });
}
