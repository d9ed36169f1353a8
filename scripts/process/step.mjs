import { performance } from "node:perf_hooks";

/**
 * One line of progress: its name at once, its result and its time when it is done.
 * @template T
 * @param {string} name
 * @param {(note: (text: string) => void) => Promise<T>} work  `note` says what was done, e.g. "up to date"
 * @returns {Promise<T>}
 */
export async function step(name, work) {
  process.stdout.write(`${name} … `);
  const started = performance.now();
  let result = "done";
  try {
    return await work((text) => (result = text));
  } catch (error) {
    result = "failed";
    throw error;
  } finally {
    process.stdout.write(`${result} (${seconds(performance.now() - started)})\n`);
  }
}

/** @param {number} milliseconds */
export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
