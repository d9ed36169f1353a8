/**
 * How many tests a suite ran, read from what it printed.
 * @typedef {{ passed: number, failed: number }} Counts
 */

/**
 * libtest and wasm-bindgen-test: one summary line per test binary.
 * @param {string} output
 * @returns {Counts}
 */
export function countRustTests(output) {
  const summary = /^test result: \w+\. (\d+) passed; (\d+) failed;/gm;
  return sum([...plain(output).matchAll(summary)].map(([, passed, failed]) => [passed, failed]));
}

/**
 * node:test, by its spec reporter (ℹ pass 3) or its TAP reporter (# pass 3).
 * A cancelled test is one that did not pass.
 * @param {string} output
 * @returns {Counts}
 */
export function countNodeTests(output) {
  const text = plain(output);
  const total = (/** @type {string} */ word) =>
    [...text.matchAll(new RegExp(`^(?:ℹ|#) ${word} (\\d+)$`, "gm"))].reduce((all, [, count]) => all + Number(count), 0);
  return { passed: total("pass"), failed: total("fail") + total("cancelled") };
}

/**
 * A command that is itself the test.
 * @param {string} _output
 * @param {number} exitCode
 * @returns {Counts}
 */
export function countCommand(_output, exitCode) {
  return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/**
 * A suite whose command failed although no test of it did (it crashed, or did not compile) counts as one
 * failure, and so does one that ran no test at all.
 * @param {Counts} counts
 * @param {number} exitCode
 * @returns {Counts & { remark?: string }}
 */
export function judge(counts, exitCode) {
  if (counts.failed > 0) return counts;
  if (exitCode !== 0) return { ...counts, failed: 1, remark: `exit code ${exitCode}` };
  if (counts.passed === 0) return { ...counts, failed: 1, remark: "ran no test" };
  return counts;
}

/**
 * The closing line of a whole run.
 * @param {Counts} counts
 */
export function closingLine({ passed, failed }) {
  return `${passed} passed, ${failed} failed`;
}

/** @param {string} text */
function plain(text) {
  return text.replaceAll(/\x1b\[[0-9;]*m/g, "").replaceAll("\r\n", "\n");
}

/** @param {string[][]} pairs @returns {Counts} */
function sum(pairs) {
  return pairs.reduce(
    (total, [passed, failed]) => ({ passed: total.passed + Number(passed), failed: total.failed + Number(failed) }),
    { passed: 0, failed: 0 },
  );
}
