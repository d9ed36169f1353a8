// The shared vectors of the stream readers, in Chromium, from the package as a page loads it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { launchChromium } from "../chromium.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".json": "application/json", ".wasm": "application/wasm" };

const server = createServer((request, response) => {
  const [, folder, name] = request.url.match(/^\/(pkg|vectors)\/([\w.-]+)$/) ?? [];
  if (!folder) return response.setHeader("content-type", "text/html").end("<!doctype html><title>vectors</title>");
  response.setHeader("content-type", TYPES[extname(name)] ?? "text/plain");
  response.end(readFileSync(join(root, folder === "pkg" ? "pkg" : "tests/vectors", name)));
});
let browser;
let page;

before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  browser = await launchChromium();
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
});

after(async () => {
  await browser?.close();
  server.close();
});

test("before init a decoder says what to wait for", async () => {
  const fault = await page.evaluate(async () => {
    const { SseDecoder } = await import("/pkg/web.js");
    try {
      new SseDecoder();
    } catch ({ name, code, message }) {
      return { name, code, message };
    }
  });
  assert.equal(fault.name, "MinaraError");
  assert.equal(fault.code, "invalid_request");
  assert.match(fault.message, /^SseDecoder needs .* await init\(\) before using it\.$/);
});

for (const [name, entry, minimum] of [
  ["sse", "web.js", 2000],
  ["sse", "sse.js", 2000],
  ["chat", "web.js", 5000],
]) {
  test(`every rule of vectors/${name}.json holds in ${entry}, however the stream is cut`, async () => {
    const replay = async ([name, entry]) => {
      const { SseDecoder, init } = await import(`/pkg/${entry}`);
      const { ChatDecoder } = await import("/pkg/minara.js");
      const { replayChat, replaySse } = await import("/vectors/replay.mjs");
      const vectors = await (await fetch(`/vectors/${name}.json`)).json();
      await init();
      return name === "sse" ? replaySse(SseDecoder, vectors) : replayChat(ChatDecoder, vectors);
    };
    const { compared, differences } = await page.evaluate(replay, [name, entry]);
    assert.deepEqual(differences, []);
    assert.ok(compared > minimum, `${compared} readings`);
  });
}

test("minara/sse loads its own module file and no other, and its errors are those of minara", async () => {
  const loaded = [];
  const alone = await browser.newPage();
  alone.on("response", (response) => loaded.push(response.url()));
  await alone.goto(`http://127.0.0.1:${server.address().port}/`);
  const { events, code, isError } = await alone.evaluate(async () => {
    const { readSse, SseDecoder } = await import("/pkg/sse.js");
    const events = [];
    for await (const event of readSse(new Response("id: 7\ndata: é 🚀\n\n"))) events.push(event);
    try {
      new SseDecoder({ maxEventBytes: 3 }).push(new TextEncoder().encode("data: four\n\n"));
    } catch (error) {
      const { MinaraError } = await import("/pkg/web.js");
      return { events, code: error.code, isError: error instanceof MinaraError };
    }
  });
  await alone.close();
  assert.deepEqual(events, [{ event: "message", data: "é 🚀", id: "7" }]);
  assert.deepEqual({ code, isError }, { code: "event_too_large", isError: true });
  assert.deepEqual(
    loaded.filter((url) => url.endsWith(".wasm")).map((url) => new URL(url).pathname),
    ["/pkg/minara_sse_bg.wasm"],
  );
});

test("readSse needs no init, and reads a response as it comes", async () => {
  const events = await page.evaluate(async () => {
    const { readSse } = await import("/pkg/web.js");
    const events = [];
    for await (const event of readSse(new Response("id: 7\ndata: é 🚀\n\nevent: x\ndata: 2\n\n"))) events.push(event);
    return events;
  });
  assert.deepEqual(events, [
    { event: "message", data: "é 🚀", id: "7" },
    { event: "x", data: "2", id: "7" },
  ]);
});
