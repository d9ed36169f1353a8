import { setImmediate, setTimeout } from "node:timers/promises";

/**
 * Waits `ms` milliseconds; 0 still gives way once, so that writes stay separate.
 * Resolves to false as soon as `signal` is aborted: nobody waits for the rest any more.
 */
export async function pause(ms, signal) {
  if (signal?.aborted) return false;
  if (ms === 0) {
    await setImmediate();
    return !signal?.aborted;
  }
  try {
    await setTimeout(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
