// What the types say in words: every type, member and parameter of them.
import assert from "node:assert/strict";
import { test } from "node:test";

import { text } from "./package.fixture.mjs";

const FILES = ["index.d.ts", "testing.d.ts"];

/** The first line of what has to be documented. Those of parameters are indented further, or end in a comma. */
const BEGINNING = /^( {2})?(?!private |import |export \{)\[?\w.*[;{(=]$/;

/**
 * @param {string} types
 * @returns {string[]} the beginning of every type and member that no comment stands before, with the number of its line
 */
function undocumentedIn(types) {
  const lines = types.split("\n");
  return lines.flatMap((line, index) =>
    BEGINNING.test(line) && !lines[index - 1]?.endsWith("*/") ? [`${index + 1} ${line}`] : [],
  );
}

test("every public type and member is documented", () => {
  for (const name of FILES) assert.deepEqual(undocumentedIn(text(name)), [], name);
});

test("what is not documented is reported, whatever its form and its parameters", () => {
  const members = [
    "  constructor(options?: MinaraOptions);",
    "  chat(request: ChatInput, options?: ChatOptions): ChatPromise<ChatAnswer>;",
    "  predictionMarketAsk(",
    "  static readonly limit: number;",
    "  readonly usage?: Usage;",
    "  [Symbol.asyncIterator](): AsyncIterator<ChatPart>;",
  ];
  const types = ["export class Minara {", ...members, "}", "export type Mode =", "export function init(): void;"];
  const reported = undocumentedIn(types.join("\n")).map((line) => line.replace(/^\d+ /, ""));
  assert.deepEqual(reported, types.filter((line) => line !== "}"));
});

test("a type or member whose comment is taken away is reported, and no other", () => {
  for (const name of FILES) {
    const types = text(name);
    // The first is that of the file.
    const [, ...comments] = types.matchAll(/^ *\/\*\*(?:(?!\*\/).)*\*\/\n/gms);
    assert.ok(comments.length >= 20, `${comments.length} comments in ${name}`);
    for (const { index, 0: comment } of comments) {
      const before = types.slice(0, index);
      const after = types.slice(index + comment.length);
      assert.deepEqual(undocumentedIn(before + after), [`${before.split("\n").length} ${after.split("\n")[0]}`]);
    }
  }
});

/** A comment of documentation and the beginning of a function, method or constructor that follows it. */
const DOCUMENTED = /\/\*\*(?<docs>(?:(?!\*\/).)*)\*\/\s*(?:export |static )*(?:function )?(?<name>[\w.[\]]+)\(/gs;

/**
 * @param {string} types
 * @returns {{ name: string, docs: string, parameters: string[] }[]} every function, method and constructor that is public
 */
function functionsOf(types) {
  return [...types.matchAll(DOCUMENTED)].map((match) => {
    const { name, docs } = /** @type {Record<string, string>} */ (match.groups);
    return { name, docs, parameters: parametersOf(types.slice(match.index + match[0].length)) };
  });
}

/**
 * The names of a list of parameters, whose types may hold commas and brackets.
 * @param {string} rest  what follows the opening bracket
 */
function parametersOf(rest) {
  let depth = 0;
  let list = "";
  for (const character of rest.replaceAll("=>", "")) {
    if ("([{<".includes(character)) depth += 1;
    if (")]}>".includes(character)) depth -= 1;
    if (depth < 0) break;
    list += depth === 0 ? character : "";
  }
  return list.split(",").flatMap((parameter) => /^\s*(\w+)\??:/.exec(parameter)?.[1] ?? []);
}

test("every parameter of a public function, method or constructor is documented, and none that is not there", () => {
  const functions = FILES.flatMap((name) => functionsOf(text(name)));
  for (const { name, docs, parameters } of functions) {
    const documented = [...docs.matchAll(/@param (\w+) [^\s*@]/g)].map(([, parameter]) => parameter);
    assert.deepEqual(documented, parameters, `@param of ${name}`);
  }
  const reader = functions.find(({ name }) => name === "readSse");
  assert.deepEqual(reader?.parameters, ["source", "options"]);
});
