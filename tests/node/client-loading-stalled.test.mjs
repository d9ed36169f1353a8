// A page whose module does not come: who waits for it can leave, and the next call has it brought anew.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { mockFetch } from "minara/testing";

const folder = dirname(createRequire(import.meta.url).resolve("minara/package.json"));
const { Minara, init, readSse } = await import(pathToFileURL(join(folder, "web.js")).href);
const BASE = { baseUrl: "https://worker.example/api" };
const events = () => new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("data: gm\n\n")) });

test("readSse ends by its signal while the module is on its way, and lets its stream go", { timeout: 5_000 }, async (t) => {
  t.mock.method(globalThis, "fetch", () => new Promise(() => {}));
  const controller = new AbortController();
  const body = events();
  const next = readSse(body, { signal: controller.signal }).next();
  await undefined;
  controller.abort("bye");
  await assert.rejects(next, (reason) => reason === "bye");
  assert.deepEqual(await body.cancel().then(() => "free", () => "locked"), "locked");
});

test("a load that calls still wait for is shared, and one that none does is begun anew", { timeout: 5_000 }, async (t) => {
  const loads = [];
  const signals = [];
  t.mock.method(globalThis, "fetch", ({ signal }) => {
    signals.push(signal);
    return new Promise((resolve) => loads.push(resolve));
  });
  const minara = new Minara({ ...BASE, fetch: mockFetch([{ json: { content: "gm" } }, { json: { content: "gm" } }]) });
  const leaving = new AbortController();
  const left = minara.chat({ message: "gm" }, { signal: leaving.signal });
  const short = minara.chat({ message: "gm" }, { timeout: { total: 30 } });
  leaving.abort("bye");
  await assert.rejects(left, (reason) => reason === "bye");
  const late = minara.chat({ message: "gm" }, { timeout: { total: 60 } });
  await assert.rejects(short, { code: "timeout", outcome: "not_sent" });
  assert.equal(loads.length, 1, "the late one waits for it");
  await assert.rejects(late, { code: "timeout", outcome: "not_sent" });
  assert.deepEqual(signals.map(({ aborted }) => aborted), [true], "what no one waits for is not downloaded on");
  // A page that has called `init` itself waits without a limit, and has its module with the next load.
  const asked = init();
  const waiting = minara.chat({ message: "gm" });
  assert.equal(loads.length, 2);
  const wasm = await readFile(join(folder, "minara_bg.wasm"));
  const answer = () => new Response(wasm, { headers: { "content-type": "application/wasm" } });
  loads[1](answer());
  assert.equal((await waiting).content, "gm");
  await asked;
  // The first comes after all, and changes nothing.
  loads[0](answer());
  assert.equal((await minara.chat({ message: "gm" })).content, "gm");
});
