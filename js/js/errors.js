/** @import { MinaraErrorDetails } from "./index.js" */

/** What an error may carry beyond its message, in the order in which a console shows it. */
const MEMBERS = /** @type {const} */ ([
  "code",
  "status",
  "requestId",
  "retryable",
  "retryAfter",
  "outcome",
  "field",
  "violations",
  "partial",
  "body",
]);

export class MinaraError extends Error {
  /**
   * @param {string} message
   * @param {MinaraErrorDetails} details
   */
  constructor(message, details) {
    const { cause } = details;
    super(message, cause === undefined ? undefined : { cause });
    assign(this, { retryable: false, ...details });
  }

  /** An Error's own members are lost in `JSON.stringify` and `structuredClone`; this plain object keeps them. */
  toJSON() {
    return assign({ name: this.name, message: this.message }, this);
  }
}

Object.defineProperty(MinaraError.prototype, "name", { value: "MinaraError", writable: true, configurable: true });

/**
 * Only what is there becomes a member, so that a console shows no row of `undefined`.
 * @template {object} Target
 * @param {Target} target
 * @param {Partial<MinaraErrorDetails>} source
 * @returns {Target & MinaraErrorDetails}
 */
function assign(target, source) {
  const present = MEMBERS.filter((name) => source[name] !== undefined);
  return Object.assign(target, Object.fromEntries(present.map((name) => [name, source[name]])));
}

/**
 * A call that broke a rule before anything was sent.
 * @param {string} message
 * @param {string} [field]
 */
export function misuse(message, field) {
  return new MinaraError(message, { code: "invalid_request", outcome: "not_sent", field });
}
