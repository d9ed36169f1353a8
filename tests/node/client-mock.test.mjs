// Scripts that mockFetch cannot play are refused where they stand, and not as failures of the connection.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Minara } from "minara";
import { mockFetch } from "minara/testing";

const ONE = "it must be a plain object with one of json, body, stream and error";
const ring = {};
ring.again = ring;

for (const [what, entry, fault] of [
  ["that is missing", undefined, ONE],
  ["that is a text", "gm", ONE],
  ["that is a Response", new Response("gm"), ONE],
  ["that is a function", () => new Response("gm"), ONE],
  ["with a status alone", { status: 500 }, `${ONE}, and has none`],
  ["with the content of two kinds", { json: {}, stream: ["gm"] }, `${ONE}, and has json and stream`],
  ["with a misspelt member", { jsn: {}, body: "" }, "jsn is not known beside body (known: status, headers, body)"],
  ["that fails, with a status", { error: new Error("cut"), status: 500 }, "status is not known beside error (known: error)"],
  [
    "with a member of another kind",
    { json: {}, isCut: true },
    "isCut is not known beside json (known: status, headers, json)",
  ],
  ["whose status has no body, with JSON", { status: 204, json: {} }, "status 204 goes without a body: give body: null"],
  ["whose status has no body, with text", { status: 304, body: "" }, "status 304 goes without a body: give body: null"],
  ["whose status has no body, with a stream", { status: 205, stream: [] }, "status 205 goes without a body: give body: null"],
  ["whose status is too low", { status: 101, body: null }, "status must be a whole number from 200 to 599"],
  ["whose status is too high", { status: 600, json: {} }, "status must be a whole number from 200 to 599"],
  ["whose status is a text", { status: "200", json: {} }, "status must be a whole number from 200 to 599"],
  ["whose JSON is undefined", { json: undefined }, "json must be a value that JSON has a form for"],
  ["whose JSON is a ring", { json: ring }, "json must be a value that JSON has a form for"],
  ["whose body is an object", { body: { content: "gm" } }, "body must be text, bytes or null: for an object give json"],
  ["whose stream is a text", { stream: "gm" }, "stream must be an array of strings"],
  ["whose stream holds more than text", { stream: ["gm", { text: "gn" }] }, "stream must be an array of strings"],
]) {
  test(`mockFetch refuses an answer ${what}, and names its place`, () => {
    const message = `mockFetch cannot play script[1]: ${fault}.`;
    assert.throws(() => mockFetch([{ json: {} }, entry]), { name: "TypeError", message });
  });
}

test("mockFetch refuses headers that HTTP cannot carry", () => {
  const message = /^mockFetch cannot play script\[0\]: headers must be names and values \(.+\)\.$/;
  assert.throws(() => mockFetch([{ json: {}, headers: { "x y": "1" } }]), { name: "TypeError", message });
});

for (const script of [undefined, {}, { json: {} }, "gm"]) {
  test(`mockFetch refuses the script ${JSON.stringify(script)}`, () => {
    assert.throws(() => mockFetch(script), { name: "TypeError", message: "mockFetch takes an array of answers, one per request." });
  });
}

test("mockFetch plays whatever it has taken", async () => {
  const script = [
    { status: 204, body: null },
    { status: 204, body: undefined },
    { body: new TextEncoder().encode('{"content":"gm"}'), headers: new Headers({ "content-type": "application/json" }) },
    Object.assign(Object.create(null), { json: { content: "gn" } }),
    { status: undefined, headers: undefined, stream: ["g", "m"], usage: undefined, isCut: false },
    { json: undefined, body: "g", stream: undefined },
    { json: undefined, body: undefined, stream: ["gn"] },
    { error: undefined },
  ];
  const fetch = mockFetch(script);
  const ask = () => fetch(new Request("https://worker.example/"));
  assert.deepEqual([(await ask()).status, (await ask()).status], [204, 204]);
  assert.deepEqual([await (await ask()).json(), await (await ask()).json()], [{ content: "gm" }, { content: "gn" }]);
  assert.match(await (await ask()).text(), /"content":"m"/);
  assert.equal(await (await ask()).text(), "g");
  assert.match(await (await ask()).text(), /"content":"gn"/);
  await assert.rejects(ask(), (error) => error === undefined);
});

test("the headers of a stream are those of the script, whatever form they have", async () => {
  const script = [new Headers({ "x-team": "desk" }), { "Content-Type": "text/plain", "X-Team": "desk" }];
  const fetch = mockFetch(script.map((headers) => ({ stream: ["gm"], headers })));
  const ask = async () => Object.fromEntries((await fetch(new Request("https://worker.example/"))).headers);
  assert.deepEqual(await ask(), { "content-type": "text/event-stream", "x-team": "desk" });
  assert.deepEqual(await ask(), { "content-type": "text/plain", "x-team": "desk" });
});

test("a script is taken as it is when mockFetch is called", async () => {
  const script = [{ json: { content: "gm" } }];
  const fetch = mockFetch(script);
  script.length = 0;
  const minara = new Minara({ baseUrl: "https://worker.example/api", fetch });
  assert.deepEqual(await minara.chat({ message: "gm" }), { content: "gm" });
});
