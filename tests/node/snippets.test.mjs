// Every piece of JavaScript and TypeScript in the documentation compiles as a reader would have it compiled.
import assert from "node:assert/strict";
import { test } from "node:test";

import { faultsOf, snippetsOf } from "./snippets.fixture.mjs";

const SOURCES = ["README.md", "js/README.md", "worker/README.md", "js/js/index.d.ts", "js/js/sse.d.ts", "js/js/testing.d.ts"];
const all = SOURCES.flatMap(snippetsOf);

test("every snippet and example compiles against the package's types", async () => {
  const counts = Object.fromEntries(SOURCES.map((source) => [source, snippetsOf(source).length]));
  assert.ok(counts["README.md"] > 0 && counts["js/README.md"] > 0 && counts["js/js/index.d.ts"] > 20, JSON.stringify(counts));
  assert.deepEqual(await faultsOf(all), []);
});

test("what does not compile in a snippet is told by its line", async () => {
  const snippet = (language, code) => ({ source: "js/README.md", line: 7, language, code });
  const unknown = "try {} catch (error) {\n  show(error.retryable);\n}\n";
  assert.deepEqual(await faultsOf([snippet("js", unknown)]), ["js/README.md:8: TS18046: 'error' is of type 'unknown'."]);
  const late = 'import { Minara } from "minara";\n\nnew Minara({ baseURL: "/api" });\n';
  const [fault] = await faultsOf([snippet("ts", late)]);
  assert.match(fault, /^js\/README\.md:9: TS2561: .*'baseURL' does not exist/);
});

test("no snippet has a value that is cut short, which would throw or be charged", () => {
  const cut = all.flatMap(({ source, line, code }) =>
    [...code.matchAll(/"[^"\n]*…[^"\n]*"/g)].map(([value]) => `${source}:${line}: ${value}`),
  );
  assert.deepEqual(cut, []);
});
