// Rounds in which every contender runs once, in turn: what slows the machine down slows all of them.
import { median } from "../statistics.mjs";

const WARM_UP = 3;

/**
 * The median time of each contender in milliseconds.
 * @param {Record<string, () => unknown>} runs
 * @param {number} rounds
 * @returns {Promise<Record<string, number>>}
 */
export async function measure(runs, rounds) {
  const names = Object.keys(runs);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds + WARM_UP; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length];
      const start = performance.now();
      const running = runs[name]();
      if (running instanceof Promise) await running;
      const elapsed = performance.now() - start;
      if (round >= WARM_UP) times[name].push(elapsed);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])]));
}
