import assert from "node:assert/strict";
import { test } from "node:test";

import { closingLine, countCommand, countNodeTests, countRustTests, judge } from "../../scripts/test/counts.mjs";

test("the summaries of all Rust test binaries are added up", () => {
  const output = [
    "running 2 tests",
    "test request::accepts ... ok",
    "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s",
    "",
    "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
    "   Doc-tests minara",
    "test result: ok. 4 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s",
  ].join("\n");
  assert.deepEqual(countRustTests(output), { passed: 19, failed: 2 });
});

test("coloured Rust output is read as well", () => {
  assert.deepEqual(countRustTests("test result: \x1b[32mok\x1b[m. 5 passed; 0 failed; 0 ignored;"), {
    passed: 5,
    failed: 0,
  });
});

test("text that a test prints about results is not taken for a summary", () => {
  assert.deepEqual(countRustTests("note: test result: ok. 9 passed; 0 failed;"), { passed: 0, failed: 0 });
});

for (const mark of ["ℹ", "#"]) {
  test(`node's summary is read where its lines start with ${mark}`, () => {
    const lines = ["tests 9", "suites 1", "pass 5", "fail 2", "cancelled 1", "skipped 1", "todo 0", "duration_ms 41.2"];
    const output = lines.map((line) => `${mark} ${line}`).join("\n");
    assert.deepEqual(countNodeTests(output), { passed: 5, failed: 3 });
  });
}

test("a command is one test, passed when it ends with 0", () => {
  assert.deepEqual(countCommand("", 0), { passed: 1, failed: 0 });
  assert.deepEqual(countCommand("", 101), { passed: 0, failed: 1 });
});

test("a suite that ran no test has failed", () => {
  assert.deepEqual(judge({ passed: 0, failed: 0 }, 0), { passed: 0, failed: 1, remark: "ran no test" });
});

test("a suite whose command fails without a failed test has failed", () => {
  assert.deepEqual(judge({ passed: 7, failed: 0 }, 134), { passed: 7, failed: 1, remark: "exit code 134" });
});

test("failed tests are not counted twice when the command fails too", () => {
  assert.deepEqual(judge({ passed: 7, failed: 2 }, 1), { passed: 7, failed: 2 });
});

test("the closing line names both counts", () => {
  assert.equal(closingLine({ passed: 12, failed: 0 }), "12 passed, 0 failed");
});
