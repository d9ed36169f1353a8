// Compiling and instantiating our module beside references around 50 KB, in turns, in Node and in Chromium.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

import { launchChromium } from "../../tests/chromium.mjs";
import { median } from "../statistics.mjs";
import { referenceModule } from "./reference.mjs";

const ROUNDS = 61;

/** @typedef {Record<string, number>} Medians  in milliseconds, by module */

/**
 * @typedef {object} StartUp
 * @property {Record<string, { raw: number, gzip: number }>} sizes  in bytes, by module
 * @property {Medians} Node
 * @property {Medians} Chromium
 */

/** Published modules that Rust made: branches, memory and tables like ours, but hardly an import. */
const PUBLISHED = {
  "source-map 0.7.6": "source-map/lib/mappings.wasm",
  "fast_qr 0.9.0": "fast_qr/fast_qr_bg.wasm",
  "wasm-flate 1.0.2": "wasm-flate/wasm_flate_bg.wasm",
};

/**
 * @param {string} folder  where the references are installed
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<StartUp>}
 */
export async function measureStartUp(folder, env) {
  const packageDir = dirname(createRequire(import.meta.url).resolve("minara/package.json"));
  const published = Object.entries(PUBLISHED).map(([name, file]) => [
    name,
    readFileSync(join(folder, "node_modules", file)),
  ]);
  /** @type {Record<string, Uint8Array>} */
  const modules = {
    ours: readFileSync(join(packageDir, "minara_bg.wasm")),
    "minara/sse": readFileSync(join(packageDir, "minara_sse_bg.wasm")),
    ...Object.fromEntries(published),
    "straight-line code": referenceModule(),
  };
  const sizes = Object.entries(modules).map(([name, bytes]) => [
    name,
    { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length },
  ]);
  return {
    sizes: Object.fromEntries(sizes),
    Node: medians(await timeModules({ modules, rounds: ROUNDS })),
    Chromium: medians(await inChromium(modules, env)),
  };
}

/**
 * Runs by itself in a page too: it uses nothing around it. Only compiling and instantiating are timed; the imports are
 * made between the two.
 * @param {{ modules: Record<string, Uint8Array | number[]>, rounds: number }} input
 * @returns {Promise<Record<string, number[]>>}
 */
async function timeModules({ modules, rounds }) {
  /** @type {Record<string, number[]>} */
  const times = {};
  const entries = Object.entries(modules);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < entries.length; turn += 1) {
      const [name, bytes] = entries[(turn + round) % entries.length];
      // Engines keep what they compiled, so each round compiles other bytes: a custom section with the round's number.
      const unlike = Uint8Array.from([...bytes, 0, 3, 1, round & 0x7f, round >> 7]);
      const started = performance.now();
      const module = await WebAssembly.compile(unlike);
      const compiled = performance.now();
      /** @type {Record<string, Record<string, () => void>>} */
      const imports = {};
      for (const { module: from, name: what } of WebAssembly.Module.imports(module))
        (imports[from] ??= {})[what] = () => {};
      const ready = performance.now();
      await WebAssembly.instantiate(module, imports);
      (times[name] ??= []).push(performance.now() - ready + compiled - started);
    }
  }
  return times;
}

/** @param {Record<string, Uint8Array>} modules @param {NodeJS.ProcessEnv} env @returns {Promise<Record<string, number[]>>} */
async function inChromium(modules, env) {
  const browser = await launchChromium(env);
  try {
    const page = await browser.newPage();
    const plain = Object.fromEntries(Object.entries(modules).map(([name, bytes]) => [name, [...bytes]]));
    return await page.evaluate(`(${timeModules})(${JSON.stringify({ modules: plain, rounds: ROUNDS })})`);
  } finally {
    await browser.close();
  }
}

/** @param {Record<string, number[]>} times @returns {Medians} */
function medians(times) {
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}
