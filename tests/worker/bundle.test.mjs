import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";

import { contentSecurityPolicy } from "../../www/headers.mjs";
import { startGateway } from "./gateway.mjs";
import { build } from "./workerd.mjs";

const read = (name) => readFileSync(join(build, name));

/** A source by which a script runs that stands in the page itself, or that anyone can serve. */
const letsInline = /^('(unsafe-(inline|eval|hashes)|nonce-|sha(256|384|512)-)|(\*|https?:|data:|blob:)$)/i;

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
    const gateway = await startGateway();
    try {
      const { headers } = await gateway.request("/index.html");
      assert.equal(headers.get("content-security-policy"), contentSecurityPolicy);
      assert.equal(headers.get("x-content-type-options"), "nosniff");
      assert.equal(headers.get("referrer-policy"), "no-referrer");
    } finally {
      await gateway.stop();
    }
  });

  test("lets no inline script run", () => {
    const directives = contentSecurityPolicy.split("; ").map((directive) => directive.split(" "));
    // Without directives of their own, script-src holds for elements and attributes too.
    const scripts = directives.filter(([name]) => name.startsWith("script-src"));
    assert.deepEqual(scripts.map(([name]) => name), ["script-src"]);
    assert.deepEqual(scripts[0].filter((source) => letsInline.test(source)), []);
  });

  test("would be seen to let one run in each of its ways", () => {
    const hashes = ["sha256", "sha384", "sha512"].map((name) => `${name}-${createHash(name).update("alert(1)").digest("base64")}`);
    for (const word of ["unsafe-inline", "unsafe-eval", "unsafe-hashes", "nonce-cjQ", ...hashes]) assert.match(`'${word}'`, letsInline);
    for (const source of ["*", "http:", "https:", "data:", "blob:"]) assert.match(source, letsInline);
    for (const source of ["'self'", "'wasm-unsafe-eval'", "https://challenges.cloudflare.com"]) assert.doesNotMatch(source, letsInline);
  });
});
