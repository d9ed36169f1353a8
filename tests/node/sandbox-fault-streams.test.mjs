// What the sandbox's faults make of an answer's bytes and events.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { CHAT, events, joined, payloads, post, question, sandboxFor, STREAM, streamUnder, UNARY } from "./sandbox.fixture.mjs";

test("a stalled stream can send heartbeats that are no progress", async (t) => {
  const expected = { comment: /^: heartbeat$/, "empty-delta": /"delta":\{"content":""\}/, "role-delta": /"delta":\{"role":"assistant"\}/ };
  for (const [heartbeat, shape] of Object.entries(expected)) {
    const sandbox = await sandboxFor(t);
    sandbox.script({ stall: 2, heartbeat, heartbeatMs: 1 });
    const response = await post(sandbox, CHAT, STREAM);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (events(text).length < 6) text += (await reader.read()).value;
    await reader.cancel();
    for (const event of events(text).slice(2, 5)) assert.match(event, shape);
    const [{ chatId }] = payloads(text.split("\n\n")[0]).map((data) => JSON.parse(data));
    if (heartbeat !== "comment") assert.equal(JSON.parse(payloads(events(text)[2])[0]).chatId, chatId);
    await sandbox.until(({ counters }) => counters.closedByClient === 1);
  }
});

test("heartbeats in a healthy stream stand between whole events", async (t) => {
  const { text } = await streamUnder(t, { heartbeatMs: 1, pace: 2 });
  const all = events(text);
  assert.ok(all.includes(": heartbeat"));
  assert.ok(all.every((event) => event === ": heartbeat" || event === "data: [DONE]" || JSON.parse(event.slice(6))));
});

test("split writes n bytes at a time, through the middle of characters", async (t) => {
  const korean = question("ETH 가격은?", { stream: true });
  for (const split of [1, 2, 7]) {
    const { chunks, text } = await streamUnder(t, { split }, korean);
    assert.ok(chunks.every((chunk) => chunk.length <= split));
    assert.ok(split > 2 || chunks.some((chunk) => (chunk[0] & 0xc0) === 0x80), "a chunk begins inside a character");
    assert.match(joined(text), /가격 움직임/);
  }
  const json = await streamUnder(t, { split: 3 }, UNARY);
  assert.match(JSON.parse(json.text).content, /Sandbox/);
});

test("gzip compresses event by event", async (t) => {
  const { head, chunks, body } = await streamUnder(t, { gzip: true });
  assert.match(head, /content-encoding: gzip/i);
  assert.ok(chunks.length > 50);
  assert.match(gunzipSync(body).toString("utf8"), /data: \[DONE\]\n\n$/);
  const json = await streamUnder(t, { gzip: true }, UNARY);
  assert.doesNotMatch(json.head, /content-length/i);
  assert.match(JSON.parse(gunzipSync(json.body).toString("utf8")).content, /Sandbox/);
});

test("events can be malformed, errors, or anything else in any place", async (t) => {
  const malformed = events((await streamUnder(t, { malformed: 3 })).text);
  assert.throws(() => JSON.parse(malformed[3].slice(6)), SyntaxError);
  assert.ok(JSON.parse(malformed[4].slice(6)));
  const error = { code: "overloaded", message: "try later" };
  const failed = events((await streamUnder(t, { errorEvent: { at: 1, ...error }, end: 2 })).text);
  assert.deepEqual(failed.slice(1), [`data: ${JSON.stringify({ error })}`]);
  const insert = [
    { at: 0, raw: "\uFEFF: hello\n\n" },
    { at: 1, data: { text: "one" } },
    { at: 1, data: "two" },
    { at: 9999, raw: "data: late\n\n" },
  ];
  const extra = events((await streamUnder(t, { insert })).text);
  assert.deepEqual([extra[0], extra[2], extra[3], extra.at(-1)], ["\uFEFF: hello", 'data: {"text":"one"}', "data: two", "data: late"]);
});

test("a stream can lack [DONE], its last blank line, or its finish_reason", async (t) => {
  const finish = (text) => JSON.parse(events(text).findLast((event) => event !== "data: [DONE]").slice(6)).choices[0].finish_reason;
  const noDone = (await streamUnder(t, { noDone: true })).text;
  assert.doesNotMatch(noDone, /DONE/);
  assert.equal(finish(noDone), "stop");
  assert.match((await streamUnder(t, { noLastBlankLine: true })).text, /\n\ndata: \[DONE\]\n$/);
  assert.match((await streamUnder(t, { noLastBlankLine: true, noDone: true })).text, /"finish_reason":"stop"\}\],"usage":.*\}\n$/);
  for (const finishReason of ["length", "error", null]) {
    assert.equal(finish((await streamUnder(t, { finishReason })).text), finishReason);
  }
});

test("line endings can be CRLF or CR", async (t) => {
  for (const lineEnding of ["\r\n", "\r"]) {
    const { text } = await streamUnder(t, { lineEnding });
    assert.ok(text.endsWith(`data: [DONE]${lineEnding}${lineEnding}`));
    assert.equal(text.replaceAll(lineEnding, "").includes("\n"), false);
  }
});

test("a stream request can be answered by JSON and the reverse", async (t) => {
  const json = await streamUnder(t, { as: "json" });
  assert.match(json.head, /content-type: application\/json/i);
  assert.match(JSON.parse(json.text).content, /Sandbox/);
  const stream = await streamUnder(t, { as: "stream" }, UNARY);
  assert.match(stream.head, /content-type: text\/event-stream/i);
  assert.match(stream.text, /\[DONE\]/);
});

test("the text of an answer can be scripted, whole or delta by delta", async (t) => {
  const deltas = ["a", "", "😀", "\n\n", "z"];
  const { text } = await streamUnder(t, { deltas });
  assert.deepEqual(payloads(text).slice(1, -2).map((data) => JSON.parse(data).choices[0].delta.content), deltas);
  const { text: json } = await streamUnder(t, { content: "only this" }, UNARY);
  assert.deepEqual([JSON.parse(json).content, JSON.parse(json).usage.outputTokens], ["only this", 1]);
});

test("raw bytes can be split, cut and stalled like any body", async (t) => {
  const raw = "data: 가나다\n\ndata: [DONE]\n\n";
  const split = await streamUnder(t, { raw, split: 1 });
  assert.equal(split.text, raw);
  const ended = await streamUnder(t, { raw, end: 8 });
  assert.deepEqual([...ended.body], [...Buffer.from(raw).subarray(0, 8)]);
  assert.equal(ended.whole, true);
});
