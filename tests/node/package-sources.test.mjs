// The package's own JavaScript: what its files import of each other.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const folder = new URL("../../js/js/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".js"));

/** What a file imports when it runs; types may go round. */
const importsOf = (/** @type {string} */ name) =>
  [...readFileSync(new URL(name, folder), "utf8").matchAll(/^(?:import|export) .*?"\.\/([\w-]+\.js)";$/gms)]
    .map(([, imported]) => imported)
    .filter((imported) => files.includes(imported));

/**
 * @param {string} name
 * @param {string[]} path  by which it was come to
 * @returns {string[]} the first way back to one of the path, if there is one
 */
function cycleFrom(name, path = []) {
  if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
  for (const imported of importsOf(name)) {
    const cycle = cycleFrom(imported, [...path, name]);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

test("no file of the package imports one that imports it", () => {
  assert.ok(importsOf("client.js").includes("chat-stream.js"));
  assert.deepEqual(files.map((name) => cycleFrom(name)).find(({ length }) => length > 0) ?? [], []);
});
