// The package's errors. Published by itself: whatever entries a program imports, there is one class.
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
 * A call that broke a rule, before anything was sent unless `more` says otherwise.
 * @param {string} message
 * @param {Partial<MinaraErrorDetails>} [more]
 */
export function misuse(message, more) {
  return new MinaraError(message, { code: "invalid_request", outcome: "not_sent", ...more });
}

/**
 * Whether the call that failed has certainly not been billed.
 * @param {unknown} error
 */
export function isUnbilled(error) {
  return error instanceof MinaraError && (error.outcome === "not_sent" || error.outcome === "refused");
}

/**
 * A module that cannot be had, or is not the one.
 * @param {unknown} cause
 * @param {{ code: "internal" | "network", retryable?: boolean }} kind
 */
export function unloaded(cause, kind) {
  const { message: why } = /** @type {Error} */ (cause);
  const isPolicy = /policy|CSP|embedder/i.test(why);
  const advice = isPolicy
    ? "A Content-Security-Policy has to allow 'wasm-unsafe-eval' in script-src."
    : "Check that the .wasm file of this very version is served beside the package's JavaScript or given to init.";
  const message = `The WebAssembly module could not be loaded (${why}). ${advice}`;
  return new MinaraError(message, { ...kind, outcome: "not_sent", cause });
}

/**
 * The error without those keys and tokens, of whichever form they are.
 * @param {unknown} error
 * @param {(string | undefined)[]} secrets
 * @param {(text: string, secret: string) => string} withoutSecret
 */
export function withoutSecrets(error, secrets, withoutSecret) {
  if (!(error instanceof MinaraError)) return error;
  /** @type {any} */
  const details = error.toJSON();
  let isClean = true;
  for (const name of ["message", "requestId", "field", "partial", "body"]) {
    for (const secret of secrets) {
      const text = details[name];
      if (!secret || !text) continue;
      details[name] = withoutSecret(text, secret);
      isClean &&= details[name] === text;
    }
  }
  // It may be the caller's own reason.
  return isClean ? error : new MinaraError(details.message, { ...details, cause: error.cause });
}
