// What a page loads of the package, gzipped: it must not grow unnoticed.
import assert from "node:assert/strict";
import { test } from "node:test";

import { measureOurPage } from "../../bench/size/bundle.mjs";

/** In bytes. Lowered with every step that saves some; bench/size/README.md has the steps. */
const LIMIT = { script: 12_960, wasm: 53_120 };

test("a page with the client and the SSE reader loads no more than its limit", async () => {
  const { script, wasm } = await measureOurPage();
  assert.ok(script <= LIMIT.script, `the script has ${script} bytes`);
  assert.ok(wasm <= LIMIT.wasm, `the module has ${wasm} bytes`);
});
