// What Rust and JavaScript each write down: nothing but these tests tells when one of them is changed alone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { contentSecurityPolicy } from "../../www/headers.mjs";

/** @param {string} path */
const source = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/**
 * What a pattern's group has in a file, in which the pattern fits one place and no other.
 * @param {string} path
 * @param {RegExp} pattern
 */
function only(path, pattern) {
  const found = [...source(path).matchAll(new RegExp(pattern, "g"))].map(([, text]) => text);
  assert.equal(found.length, 1, `places like ${pattern} in ${path}`);
  return found[0];
}

/** A number as either language writes it, or a product of some. @param {string} text */
function valueOf(text) {
  const factors = text.split("*").map((factor) => Number(factor.replaceAll("_", "")));
  assert.ok(factors.every(Number.isFinite), `a number: ${text}`);
  return factors.reduce((product, factor) => product * factor);
}

/** @param {string} path @param {RegExp[]} patterns */
const values = (path, patterns) => patterns.map((pattern) => valueOf(only(path, pattern)));

const inRust = (...names) => names.map((name) => new RegExp(`\\bconst ${name}: \\w+ = ([^;]+);`));
const inJavaScript = (...names) => names.map((name) => new RegExp(`\\bconst ${name} = ([^;]+);`));
const totals = (...names) => names.map((name) => new RegExp(`\\bconst ${name}: Self = Self \\{ total: ([^,]+),`));

const flagsOfEvents = ["OTHER", "NEW_TYPE", "NEW_ID", "LONG"];
const flagsOfChat = ["DONE", "FAILED", "ASCII", "UTF16"];

for (const [what, [rust, named], [javaScript, likewise]] of [
  [
    "the wait for the end of a connection is as long",
    ["src/transport/grace.rs", inRust("GRACE_MS")],
    ["js/js/chat-connection.js", inJavaScript("GRACE")],
  ],
  [
    "the longest timer is as long",
    ["src/transport/scope/state.rs", inRust("LONGEST_TIMER_MS")],
    ["js/js/abort.js", inJavaScript("LONGEST_TIMER")],
  ],
  [
    "the total limits of a stream and of any other call are as long",
    ["src/deadline.rs", totals("STREAM", "UNARY")],
    ["js/js/client.js", inJavaScript("STREAM_TOTAL", "TOTAL")],
  ],
  [
    "the buffer of input is as large as the largest piece that is written into it",
    ["js/src/buffers.rs", inRust("INPUT_BYTES")],
    ["js/js/memory.js", inJavaScript("MAX_INPUT_BYTES")],
  ],
  [
    "the largest event is as large",
    ["stream/src/sse/decoder.rs", inRust("DEFAULT_MAX_EVENT_BYTES")],
    ["js/js/sse-reader.js", inJavaScript("DEFAULT_MAX_EVENT_BYTES")],
  ],
  [
    "the flags of an event are the same bits",
    ["stream/src/sse/batch.rs", inRust(...flagsOfEvents)],
    ["js/js/sse-reader.js", inJavaScript(...flagsOfEvents)],
  ],
  [
    "the flags of a chunk's text are the same bits",
    ["js/src/client/chat.rs", inRust(...flagsOfChat)],
    ["js/js/chat-decoder.js", inJavaScript(...flagsOfChat)],
  ],
]) {
  test(`${what} in ${rust} and in ${javaScript}`, () => {
    assert.deepEqual(values(javaScript, likewise), values(rust, named));
  });
}

test("what the table says of an event stands above as many bits as its flags have", () => {
  const bits = values("stream/src/sse/batch.rs", inRust("FLAG_BITS"));
  const entries = source("js/js/sse-reader.js").matchAll(/\b(?:flags|words\[entry\+\+\]) >>> (\d+)/g);
  const shifts = [...entries].map(([, shift]) => Number(shift));
  assert.deepEqual([...new Set(shifts)], bits);
});

/** The method by what it is in Rust: `chatStream` for `Call(Endpoint::Chat, Delivery::Stream)`. @param {string} operation */
function methodOf(operation) {
  const [, endpoint, delivery] = /^Call\(Endpoint::(\w+), Delivery::(\w+)\)$/.exec(operation) ?? [];
  const name = endpoint ? endpoint + delivery.replace("Whole", "") : operation.replace("Status", "ChatStatus");
  return name[0].toLowerCase() + name.slice(1);
}

test("an operation's number in js/js/client.js is its place in js/src/client/caller.rs", () => {
  const list = only("js/src/client/caller.rs", /\bconst OPERATIONS: \[Operation; \d+\] = \[([^\]]+)\];/);
  const methods = [...list.matchAll(/\bOperation::(\w+(?:\([^)]*\))?),/g)].map(([, operation]) => methodOf(operation));
  const object = only("js/js/client.js", /\bconst OPERATION = \{([^}]+)\};/);
  const numbers = [...object.matchAll(/(\w+): (\d+),/g)].map(([, name, number]) => [name, Number(number)]);
  assert.equal(numbers.length, 9);
  assert.deepEqual(numbers, methods.map((name, place) => [name, place]));
});

/** As JavaScript has an error's code. @param {string} variant  as Rust has it */
const codeOf = (variant) => variant.replaceAll(/\B[A-Z]/g, "_$&").toLowerCase();

test("a stream's answer is looked for behind the same codes in src/recovery.rs and in js/js/stored-answer.js", () => {
  const variants = only("src/recovery.rs", /\bis_cut = matches!\(\s*error\.code\(\),([^)]+)\)/);
  const codes = [...variants.matchAll(/Code::(\w+)/g)].map(([, variant]) => codeOf(variant));
  const names = only("js/js/stored-answer.js", /\bconst INCOMPLETE = \[([^\]]+)\]/);
  assert.ok(codes.length > 0);
  assert.deepEqual([...names.matchAll(/"(\w+)"/g)].map(([, name]) => name).sort(), codes.sort());
});

test("the page's policy is the same in worker/src/page.rs, where there is no challenge, and in www/headers.mjs", () => {
  const macro = only("worker/src/page.rs", /\bconcat!\(([^)]+)\)/);
  const literals = [...macro.matchAll(/"([^"]*)"/g)].map(([, literal]) => literal);
  // Its two places for more stay empty.
  assert.equal(only("worker/src/page.rs", /\bconst POLICY: &str = policy!\(([^)]*)\);/), '"", ""');
  assert.equal(literals.join(""), contentSecurityPolicy);
});
