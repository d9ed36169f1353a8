// What a page loads of the package, gzipped: it must not grow unnoticed.
import assert from "node:assert/strict";
import { test } from "node:test";

import { measureOurPage, measureReaderPage } from "../../bench/size/bundle.mjs";

/** In bytes. Lowered with every step that saves some, raised only for a fault mended; bench/size/README.md has the steps. */
const LIMITS = {
  client: { script: 13_870, wasm: 54_420 },
  reader: { script: 5_710, wasm: 9_770 },
};

test("a page with the client and the SSE reader loads no more than its limit", async () => {
  checkLimit(await measureOurPage(), LIMITS.client);
});

test("a page with the SSE reader alone loads no more than its limit", async () => {
  checkLimit(await measureReaderPage(), LIMITS.reader);
});

/** @param {{ script: number, wasm: number }} found @param {{ script: number, wasm: number }} limit */
function checkLimit({ script, wasm }, limit) {
  assert.ok(script <= limit.script, `the script has ${script} bytes`);
  assert.ok(wasm <= limit.wasm, `the module has ${wasm} bytes`);
}
