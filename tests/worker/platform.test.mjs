// The crossings of `platform.js` by themselves, for what the runtime cannot be made to do on time.
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";

import { callUpstream, randomId, readBody, readText, Relay, verifyChallenge } from "../../worker/src/platform.js";

const bytes = new TextEncoder();

describe("a relay", () => {
  /** Relays a text in pieces of so many bytes, and gives what was found and what came out. */
  async function relayed(text, size, limit = 1000) {
    globalThis.IdentityTransformStream = TransformStream;
    const all = bytes.encode(text);
    const pieces = Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
    const relay = new Relay(ReadableStream.from(pieces), '"name":"[^"]', limit);
    const out = await new Response(relay.readable).text();
    await relay.done;
    // A carriage return ends a line before it is known whether a line feed belongs to it.
    return { found: (await relay.found).trimEnd(), out };
  }

  const named = 'data: {"name":"x"}';
  for (const [name, text, found] of [
    ["the first event", `${named}\n\ndata: 2\n\n`, named],
    ["a later event", `: wait\n\ndata: 1\n\n${named}\n\n`, named],
    ["an event of several lines", `event: a\r\nid: 1\r\n${named}\r\n\r\ndata: 2\r\n\r\n`, `event: a\r\nid: 1\r\n${named}`],
    ["an event whose lines end in \\r", `data: 1\r\r${named}\r\r`, named],
    ["an event whose lines end in different ways", `data: 1\r\n\n${named}\r\n\r`, named],
    ["an event of letters of several bytes", `data: é😀\n\n${named}é\n\n`, `${named}é`],
    ["no event, where none fits", 'data: {"name":""}\n\ndata: {\\"name\\":\\"x\\"}\n\n', ""],
    ["no event, where the one that fits is not whole", `${named}\n`, ""],
    ["no event, where two of them fit together alone", 'data: {"name":\n\n"x"}\n\n', ""],
    ["no event in an empty stream", "", ""],
  ]) {
    for (const size of [1, 2, 3, 1000]) {
      test(`finds ${name}, in pieces of ${size} bytes`, async () => {
        assert.deepEqual(await relayed(text, size), { found, out: text });
      });
    }
  }

  test("looks as far as its limit, and hands on what comes after", async () => {
    const text = `data: 1\n\n${named}\n\n`;
    for (const [limit, found] of [[text.length, named], [text.length - 1, named], [text.length - 2, ""], [0, ""]]) {
      assert.deepEqual(await relayed(text, 1, limit), { found, out: text }, `limit ${limit}`);
    }
  });

  test("breaks where its source breaks", async () => {
    globalThis.IdentityTransformStream = TransformStream;
    const fault = new Error("reset");
    const source = new ReadableStream({
      start: (controller) => controller.enqueue(bytes.encode("data: 1\n\n")),
      pull: (controller) => controller.error(fault),
    });
    const relay = new Relay(source, '"name"', 1000);
    await assert.rejects(new Response(relay.readable).text(), fault);
    await relay.done;
    assert.equal(await relay.found, "");
  });
});

test("two random ids are never one", () => {
  const [one, other] = [randomId(), randomId()];
  assert.deepEqual([one.length, other.length], [16, 16]);
  assert.notDeepEqual(one, other);
});

describe("a body", () => {
  const pieces = (...sizes) => ReadableStream.from(sizes.map((size) => new Uint8Array(size)));

  test("that does not say how long it is is read up to its limit, and not a byte more", async () => {
    assert.equal((await readBody({ body: pieces(3, 7) }, false, 10, 1000)).byteLength, 10);
    assert.equal(await readBody({ body: pieces(3, 8) }, false, 10, 1000), undefined);
  });

  test("of an answer that is compressed is counted as it comes out, whatever its length says", async () => {
    const answer = (headers) => ({ body: pieces(3, 8), headers: new Headers(headers), text: () => assert.fail("read without a limit") });
    for (const headers of [{ "content-length": "5", "content-encoding": "gzip" }, {}, { "content-length": "11" }]) {
      await assert.rejects(readText(answer(headers), 10), (word) => word === "too-large");
    }
  });

  test("of an answer that breaks off, or outlasts its reader's own deadline, is told apart by one word", async () => {
    const silent = () => new Response(new ReadableStream());
    const reset = (headers) => new Response(new ReadableStream({ pull: () => Promise.reject(new TypeError("reset")) }), { headers });
    for (const [answer, deadline, told] of [
      [silent(), 1, "late"],
      [reset({}), undefined, "broken"],
      [reset({ "content-length": "5" }), undefined, "broken"],
      [reset({}), 60_000, "broken"],
    ]) {
      await assert.rejects(readText(answer, 10, deadline), (word) => word === told);
    }
  });
});

describe("a call of the API", () => {
  const original = globalThis.fetch;
  /** @type {RequestInit[]} */
  let fetched;
  beforeEach(() => {
    fetched = [];
  });
  afterEach(() => {
    globalThis.fetch = original;
  });

  /** Calls with that signal; the deadline for its headers is `firstByte` milliseconds. */
  const call = (signal, firstByte = 60_000) =>
    callUpstream(signal, "https://api.example/v1", "POST", "Bearer key", "application/json", "{}", firstByte, 1);

  /** A fetch that ends when its signal does, and in no other way. */
  function hold(_, init) {
    fetched.push(init);
    return new Promise((_resolve, reject) => init.signal.addEventListener("abort", () => reject(init.signal.reason)));
  }

  test("is not made for a caller who has gone before it", async () => {
    globalThis.fetch = hold;
    await assert.rejects(call(AbortSignal.abort()), (word) => word === "early");
    assert.deepEqual(fetched, []);
  });

  test("ends when its caller goes, and says so", async () => {
    globalThis.fetch = hold;
    const caller = new AbortController();
    const called = call(caller.signal);
    caller.abort();
    await assert.rejects(called, (word) => word === "client");
    assert.deepEqual([fetched.length, fetched[0].signal.aborted], [1, true]);
  });

  test("ends when no headers come in time, and says so", async () => {
    globalThis.fetch = hold;
    await assert.rejects(call(new AbortController().signal, 1), (word) => word === "first-byte");
  });

  test("that fails by itself is the network's failure", async () => {
    globalThis.fetch = () => Promise.reject(new TypeError("Bearer key"));
    await assert.rejects(call(new AbortController().signal), (word) => word === "network");
  });

  test("gives its answer, whose body has a deadline of its own", async () => {
    globalThis.fetch = async (_, init) => {
      fetched.push(init);
      return new Response("{}");
    };
    const answer = await call(new AbortController().signal);
    assert.equal(await answer.text(), "{}");
    const [{ method, headers, body, redirect, signal }] = fetched;
    assert.deepEqual([method, body, redirect], ["POST", "{}", "manual"]);
    assert.deepEqual(headers, { authorization: "Bearer key", accept: "application/json", "content-type": "application/json" });
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    assert.equal(signal.reason, "total");
  });
});

describe("an answer of the API whose body is on its way", () => {
  const original = globalThis.fetch;
  afterEach(() => {
    globalThis.fetch = original;
  });

  /** The body ends when its call does, with an error of its own, as those of the runtime are. */
  const hanging = (signal) =>
    new ReadableStream({
      start: (controller) => signal.addEventListener("abort", () => controller.error(new Error("Network connection lost."))),
    });

  for (const headers of [{}, { "content-length": "5" }]) {
    const read = async (signal, total) => {
      globalThis.fetch = async (_, init) => new Response(hanging(init.signal), { headers });
      const url = "https://api.example/v1";
      return readText(await callUpstream(signal, url, "POST", "Bearer key", "application/json", "{}", 60_000, total), 10);
    };
    const which = "content-length" in headers ? "whose length is known" : "of any length";

    test(`says that the deadline has passed, ${which}`, async () => {
      await assert.rejects(read(new AbortController().signal, 1), (word) => word === "total");
    });

    test(`says that the caller has gone, ${which}`, async () => {
      const caller = new AbortController();
      const reading = read(caller.signal, 1_000);
      setTimeout(() => caller.abort(), 1);
      await assert.rejects(reading, (word) => word === "client");
    });
  }
});

describe("the verification of a challenge", () => {
  const original = globalThis.fetch;
  afterEach(() => {
    globalThis.fetch = original;
  });

  test("has a deadline, and its secret follows no redirect", async () => {
    let fetched;
    globalThis.fetch = (_, init) => {
      fetched = init;
      return new Promise((_resolve, reject) => init.signal.addEventListener("abort", () => reject(init.signal.reason)));
    };
    // The deadline's own timer keeps no process alive.
    const awake = setTimeout(() => {}, 20_000);
    await assert.rejects(verifyChallenge("https://turnstile.example", "{}", 1), { name: "TimeoutError" });
    clearTimeout(awake);
    assert.equal(fetched.redirect, "manual");
  });
});
