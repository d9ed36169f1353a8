// What the types say in words: every type, member and parameter of them.
import assert from "node:assert/strict";
import { test } from "node:test";

import { text } from "./package.fixture.mjs";

const FILES = ["index.d.ts", "testing.d.ts"];

test("every public type and member is documented", () => {
  const undocumented = [];
  for (const name of FILES) {
    const lines = text(name).split("\n");
    lines.forEach((line, index) => {
      const isMember =
        /^( {2})?(export |readonly |static )*(class|interface|type|function|constructor|\[?[\w.]+\]?\??)\b.*[;{(=]$/.test(
          line,
        );
      const before = lines[index - 1]?.trim() ?? "";
      const isContinued = /^ {2}(private constructor|\w+\(.*options|\): )/.test(line) || !/^( {2})?\S/.test(line);
      if (isMember && !isContinued && !before.endsWith("*/") && !/^(import|export \{|\}|\|)/.test(line.trim()))
        undocumented.push(`${name}:${index + 1} ${line}`);
    });
  }
  assert.deepEqual(undocumented, []);
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
