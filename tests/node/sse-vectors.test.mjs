// The shared vectors of the stream readers, in Node.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { SseDecoder } from "minara";
import { SseDecoder as SseDecoderAlone } from "minara/sse";

import { replayChat, replaySse } from "../vectors/replay.mjs";
import { packageDir } from "./package.fixture.mjs";

const vectors = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));
// Not among what the entries export.
const { ChatDecoder } = await import(pathToFileURL(join(packageDir, "minara.js")).href);

for (const [entry, Decoder] of [["minara", SseDecoder], ["minara/sse", SseDecoderAlone]]) {
  test(`every rule of the event stream format holds in ${entry}, however the stream is cut`, () => {
    const { compared, differences } = replaySse(Decoder, vectors("sse"));
    assert.deepEqual(differences, []);
    assert.ok(compared > 2000, `${compared} readings`);
  });
}

test("every rule of the chat stream holds, however the stream is cut", () => {
  const { compared, differences } = replayChat(ChatDecoder, vectors("chat"));
  assert.deepEqual(differences, []);
  assert.ok(compared > 5000, `${compared} readings`);
});

/** What the contract says, on what the host's own parser gives. */
function textOf(data) {
  let json;
  try {
    json = JSON.parse(data);
  } catch {
    return data;
  }
  if (typeof json === "string") return json;
  if (json === null || typeof json !== "object") return data;
  if (Array.isArray(json)) return "";
  const { choices, delta, chunk, content, text, data: inner } = json;
  const places = [choices?.[0]?.delta?.content, delta?.content, delta, chunk?.content, chunk, content, text, inner?.text];
  return places.find((place) => typeof place === "string") ?? "";
}

/** Mulberry32: the same strings in every run. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test("the text of 3,000 generated streams is what JSON.parse gives, halves of surrogate pairs and all", () => {
  const next = random(7);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const pieces = ["a", " b", "\\n", '\\"', "\\ud83d", "\\ude80", "\\ud83d\\ude80", "é", "🚀", "\\u0041", "{", "\\\\", ""];
  const string = () => `"${Array.from({ length: Math.floor(next() * 4) }, () => pick(pieces)).join("")}"`;
  const shapes = [
    () => `{"choices":[{"index":0,"delta":{"content":${string()}},"finish_reason":null}]}`,
    () => `{"choices":[{"index":0,"delta":{"content":${string()}},"finish_reason":null}]}`,
    () => `{"delta":${string()},"delta":{"content":${string()}}}`,
    () => `{"text":${string()},"c\\u006fntent":${pick(["null", "1", string()])}}`,
    () => string(),
    () => `{"content":${string()}`,
  ];
  for (let round = 0; round < 3000; round++) {
    const payloads = Array.from({ length: 1 + Math.floor(next() * 6) }, () => pick(shapes)());
    const stream = new TextEncoder().encode(payloads.map((payload) => `data: ${payload}\n\n`).join(""));
    const size = 1 + Math.floor(next() * 80);
    const decoder = new ChatDecoder({ terminator: "optional" });
    let text = "";
    for (let at = 0; at < stream.length; at += size) text += decoder.push(stream.subarray(at, at + size));
    // Half a pair at the very end still waits for the other.
    const expected = payloads.map(textOf).join("").replace(/[\ud800-\udbff]$/, "").toWellFormed();
    assert.equal(text, expected, payloads.join("\n"));
    decoder.free();
  }
});
