// Compiling and instantiating our module beside the reference, in turns, in Node and in Chromium.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { launchChromium } from "../../tests/chromium.mjs";
import { referenceModule } from "./reference.mjs";

const ROUNDS = 41;

/** @typedef {{ ours: number, reference: number, ratio: number }} StartUp  medians in milliseconds */

/** @returns {Promise<Record<string, StartUp>>} */
export async function measureStartUp() {
  const packageDir = dirname(createRequire(import.meta.url).resolve("minara/package.json"));
  const modules = { ours: readFileSync(join(packageDir, "minara_bg.wasm")), reference: referenceModule() };
  return {
    Node: medians(await timeModules({ modules, rounds: ROUNDS })),
    Chromium: medians(await inChromium(modules)),
  };
}

/**
 * Runs by itself in a page too: it uses nothing around it.
 * @param {{ modules: Record<string, Uint8Array | number[]>, rounds: number }} input
 * @returns {Promise<Record<string, number[]>>}
 */
async function timeModules({ modules, rounds }) {
  /** @type {Record<string, number[]>} */
  const times = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, bytes] of Object.entries(modules)) {
      // Engines keep what they compiled, so each round compiles other bytes: a custom section with the round's number.
      const unlike = Uint8Array.from([...bytes, 0, 3, 1, round & 0x7f, round >> 7]);
      const started = performance.now();
      const module = await WebAssembly.compile(unlike);
      /** @type {Record<string, Record<string, () => void>>} */
      const imports = {};
      for (const { module: from, name: what } of WebAssembly.Module.imports(module))
        (imports[from] ??= {})[what] = () => {};
      await WebAssembly.instantiate(module, imports);
      (times[name] ??= []).push(performance.now() - started);
    }
  }
  return times;
}

/** @param {Record<string, Uint8Array>} modules */
async function inChromium(modules) {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const plain = Object.fromEntries(Object.entries(modules).map(([name, bytes]) => [name, [...bytes]]));
    return await page.evaluate(`(${timeModules})(${JSON.stringify({ modules: plain, rounds: ROUNDS })})`);
  } finally {
    await browser.close();
  }
}

/** @param {any} times @returns {StartUp} */
function medians(times) {
  const median = (/** @type {number[]} */ values) => values.sort((a, b) => a - b)[values.length >> 1];
  const [ours, reference] = [median(times.ours), median(times.reference)];
  return { ours, reference, ratio: ours / reference };
}
