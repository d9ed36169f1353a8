import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";

import { contentSecurityPolicy } from "../../www/headers.mjs";
import { canary } from "./gateway.mjs";
import { build, startWorkerd } from "./workerd.mjs";

const read = (name) => readFileSync(join(build, name));

describe("the Worker's bundle", () => {
  const module = new WebAssembly.Module(read("index_bg.wasm"));

  test("is under 400 KB, gzipped", () => {
    const sizes = ["index.js", "index_bg.wasm"].map((name) => gzipSync(read(name), { level: 9 }).length);
    const kilobytes = sizes.map((size) => (size / 1024).toFixed(0));
    console.log(`bundle, gzipped: index.js ${kilobytes[0]} KB, index_bg.wasm ${kilobytes[1]} KB`);
    assert.ok(sizes[0] + sizes[1] < 400 * 1024, `${sizes}`);
  });

  test("exports the Worker's handlers and the runtime's, and nothing of the bindings for pages", () => {
    const own = /^(fetch|budget_(new|fetch|alarm)|__wbg_budget_free|memory)$/;
    const sdk = /^(__|init$|wasm_bindgen__|minifyconfig|r2range|containerstartupoptions|intounderlying|wasm_streams)/;
    const exported = WebAssembly.Module.exports(module).map(({ name }) => name);
    assert.deepEqual(exported.filter((name) => !own.test(name) && !sdk.test(name)), []);
    for (const name of ["fetch", "budget_new", "budget_fetch", "budget_alarm"]) assert.ok(exported.includes(name), name);
    assert.deepEqual(exported.filter((name) => /minara|caller|decoder|chat|sse/i.test(name)), []);
  });

  test("holds no key", () => {
    for (const name of ["index.js", "index_bg.wasm"]) assert.doesNotMatch(read(name).toString("latin1"), /sk-minara-[A-Za-z0-9]{8}/);
  });
});

describe("the page's policy", () => {
  test("is the same from the Worker and from the static files", async () => {
    const worker = await startWorkerd({ settings: { MINARA_API_KEY: canary } });
    try {
      const { headers } = await fetch(`${worker.url}/index.html`);
      assert.equal(headers.get("content-security-policy"), contentSecurityPolicy);
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.equal(headers.get("referrer-policy"), "no-referrer");
    } finally {
      await worker.stop();
    }
  });

  test("lets no inline script run", () => {
    const hash = createHash("sha256").update("alert(1)").digest("base64");
    for (const source of ["'unsafe-inline'", "'unsafe-eval'", hash, "*", "http:"]) assert.ok(!contentSecurityPolicy.split(/[ ;]/).includes(source));
  });
});
