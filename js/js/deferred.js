/**
 * A promise that is settled from outside.
 * @template T
 * @typedef {{ promise: Promise<T>, resolve: (value: T | PromiseLike<T>) => void, reject: (reason: unknown) => void }} Deferred
 */

/** @returns {Deferred<any>} */
export function deferred() {
  /** @type {any} */
  const settle = {};
  const promise = new Promise((resolve, reject) => Object.assign(settle, { resolve, reject }));
  // Who awaits it hears of a failure; one that no one awaits is no unhandled rejection.
  promise.catch(() => {});
  return { promise, ...settle };
}
