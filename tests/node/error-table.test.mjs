// The table of errors stands in three places: the core's, which decides, the README's and that of the types.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const read = (/** @type {string} */ path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const readme = read("README.md");
const types = read("js/js/index.d.ts");
const snakeCase = (/** @type {string} */ name) => name.replace(/\B[A-Z]/g, "_$&").toLowerCase();

/** Name, the Worker's status and outcome, as `src/error/code.rs` has them. */
const CORE = [...read("src/error/code.rs").matchAll(/^ {4}\w+ "(\w+)" (\d+) (\w+),$/gm)].map(([, code, status, outcome]) => ({
  code,
  status: status === "0" ? "–" : status,
  outcome: snakeCase(outcome),
}));

const words = (/** @type {string} */ cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, word]) => word);
const statusesIn = (/** @type {string} */ cell) => cell.match(/\b\d{3}\b|–/g) ?? [];

/**
 * The rows of a table whose cells are code, when, more and outcome; a row of several codes is one of each.
 * @param {string} text
 * @param {RegExp} start  of a row's line
 */
function rowsOf(text, start) {
  const lines = text.split("\n").filter((line) => start.test(line));
  return lines.flatMap((line) => {
    const cells = line.replace(start, "`").replace(/ \|$/, "").split("|");
    const outcomes = words(cells.at(-1) ?? "").filter((word) => CORE.some(({ outcome }) => outcome === word));
    const codes = words(cells[0]);
    return codes.map((code, index) => ({ code, cells, outcomes, index, of: codes.length }));
  });
}

const README = rowsOf(readme.slice(readme.indexOf("## Errors"), readme.indexOf("## Where things are")), /^\| `/);
const TYPES = rowsOf(types.slice(types.indexOf(" * | code |"), types.indexOf("export type MinaraErrorCode")), /^ \* \| `/);
const codesOf = (/** @type {{ code: string }[]} */ rows) => rows.map(({ code }) => code);

test("the README, the types and their table name the core's codes, in its order", () => {
  assert.equal(CORE.length, 23);
  assert.deepEqual(codesOf(README), codesOf(CORE));
  assert.deepEqual(codesOf(TYPES), codesOf(CORE));
  const union = /export type MinaraErrorCode =([^;]+);/.exec(types)?.[1] ?? "";
  assert.deepEqual([...union.matchAll(/"(\w+)"/g)].map(([, code]) => code), codesOf(CORE));
});

test("the README has the core's statuses, and the types no others", () => {
  CORE.forEach(({ code, status }, at) => {
    const { cells, index, of } = README[at];
    const statuses = statusesIn(cells[2]);
    assert.equal(statuses[statuses.length === of ? index : 0], status, code);
    const said = statusesIn(TYPES[at].cells[1]);
    assert.ok(said.length === 0 || said.includes(status), `${code}: ${said}, not ${status}`);
  });
});

test("the README and the types have the same outcomes, the core's first", () => {
  CORE.forEach(({ code, outcome }, at) => {
    assert.equal(README[at].outcomes[0], outcome, `${code} in the README`);
    assert.deepEqual(TYPES[at].outcomes, README[at].outcomes, `${code} in the types`);
  });
});

test("what may simply be sent again is what the core says", () => {
  const core = [...read("tests/errors.rs").matchAll(/\("(\w+)", (?:Some\(\d+\)|None), (true|false), \w+\)/g)];
  assert.deepEqual(core.map(([, code]) => code), codesOf(CORE));
  const always = core.filter(([, , isRetryable]) => isRetryable === "true").map(([, code]) => code);
  assert.deepEqual(always, codesOf(README.filter(({ cells }) => /\byes\b/.test(cells[3]))));
});
