// Waiting that a signal ends, and signals that a time limit ends too. No listener and no timer outlives its use.

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal | null | undefined} signal
 * @returns {Promise<T>}
 */
async function abortable(promise, signal) {
  if (!signal) return promise;
  /** @type {() => void} */
  let stop = () => {};
  const aborted = new Promise((_, reject) => {
    stop = onAbort(signal, reject);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stop();
  }
}

/**
 * Calls `listener` with the reason, at once if the signal is aborted already.
 * @param {AbortSignal | null | undefined} signal
 * @param {(reason: unknown) => void} listener
 * @returns {() => void} stops listening
 */
export function onAbort(signal, listener) {
  if (!signal) return () => {};
  const abort = () => listener(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort);
  return () => signal.removeEventListener("abort", abort);
}

/** Timers of the platform take at most 2^31 − 1 milliseconds and run at once beyond it. */
const LONGEST_TIMER = 2_147_483_647;

/**
 * Runs `task` with a signal that is aborted by the caller's or after so many milliseconds.
 * @template T
 * @param {{ signal?: AbortSignal | null | undefined, milliseconds: number, expired: () => unknown }} limit
 * @param {(signal: AbortSignal) => Promise<T>} task
 * @returns {Promise<T>}
 */
export async function within({ signal, milliseconds, expired }, task) {
  const controller = new AbortController();
  const stop = onAbort(signal, (reason) => controller.abort(reason));
  const timer = milliseconds <= LONGEST_TIMER ? setTimeout(() => controller.abort(expired()), milliseconds) : undefined;
  try {
    controller.signal.throwIfAborted();
    return await abortable(task(controller.signal), controller.signal);
  } finally {
    stop();
    clearTimeout(timer);
  }
}
