// Our verdict on a request against an independent validator's on the API's own document.
import assert from "node:assert/strict";
import { test } from "node:test";

import Ajv from "ajv";
import { Minara, MinaraError } from "minara";

import { openapi, operations } from "../../sandbox/validate.mjs";
import { laxer, stricter } from "./exceptions.mjs";
import { randomFrom, requestFor } from "./generate.mjs";

const SEED = 20261121;
const PER_CALL = 700;
const METHODS = {
  "/v1/developer/chat": "chat",
  "/v1/developer/intent-to-swap-tx": "intentToSwap",
  "/v1/developer/perp-trading-suggestion": "perpTradingSuggestion",
  "/v1/developer/prediction-market-ask": "predictionMarketAsk",
};

const ajv = new Ajv({ allErrors: false, strict: false });
ajv.addSchema(openapi, "openapi.json");
const pointer = (path) => `openapi.json#/paths/${encodeURIComponent(path.replaceAll("/", "~1"))}/post/requestBody/content/application~1json/schema`;
const documents = Object.fromEntries(Object.keys(METHODS).map((path) => [path, ajv.compile({ $ref: pointer(path) })]));

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Sends a request with a `fetch` that records: the body on the wire, or undefined where the rules stopped it. */
async function ours(path, request) {
  let sent;
  const fetch = async (/** @type {Request} */ outgoing) => {
    sent = await outgoing.text();
    return isObject(request) && request.stream === true
      ? new Response('data: {"text":"gm"}\n\ndata: [DONE]\n\n', { headers: { "content-type": "text/event-stream" } })
      : Response.json(isObject(request) && request.background === true ? { status: "queued" } : {});
  };
  const minara = new Minara({ apiKey: "sk-minara-contract", fetch, maxRetries: 0 });
  try {
    if (path !== "/v1/developer/chat" || !isObject(request)) await minara[METHODS[path]](request);
    // A job that is to stream fits no method; the one for jobs says so.
    else if (request.background === true) await minara.chatBackground(request);
    else if (request.stream === true) await minara.chatStream(request).text();
    else await minara.chat(request);
  } catch (error) {
    if (!(error instanceof MinaraError) || error.code !== "invalid_request" || sent !== undefined) throw error;
    assert.equal(error.outcome, "not_sent");
    assert.ok(error.violations?.length ?? error.field, error.message);
    return undefined;
  }
  return JSON.parse(sent);
}

/** What the document says once the exceptions are applied, and which of them decided. */
function theirs(path, request) {
  const isTaken = (body) => documents[path](body);
  if (!isObject(request)) return { verdict: isTaken(request), decided: [] };
  const readers = laxer.filter(({ read }) => JSON.stringify(read(path, request)) !== JSON.stringify(request));
  const read = readers.reduce((body, reader) => reader.read(path, body), request);
  const refusals = stricter.filter(({ meets }) => meets(path, read));
  const fits = isTaken(read);
  const decided = [];
  if (fits && refusals.length === 1) decided.push(refusals[0].name);
  // Alone or not: without this one reader the document would have refused.
  for (const reader of fits && refusals.length === 0 ? readers : []) {
    const without = readers.filter((other) => other !== reader).reduce((body, other) => other.read(path, body), request);
    if (!isTaken(without) || stricter.some(({ meets }) => meets(path, without))) decided.push(reader.name);
  }
  return { verdict: fits && refusals.length === 0, decided };
}

test("our verdict on generated requests is the document's, but for the listed exceptions", async () => {
  const random = randomFrom(SEED);
  const exercised = new Map([...stricter, ...laxer].map(({ name }) => [name, 0]));
  const counts = { requests: 0, taken: 0, refused: 0, agreed: 0 };
  for (const path of Object.keys(METHODS)) {
    for (let index = 0; index < PER_CALL; index += 1) {
      const request = requestFor(openapi, path, random);
      const shown = `${path} ${JSON.stringify(request)?.slice(0, 400)}`;
      const { verdict, decided } = theirs(path, request);
      const body = await ours(path, request);
      assert.equal(body !== undefined, verdict, `${verdict ? "refused" : "sent"}: ${shown}`);
      if (body !== undefined) {
        assert.deepEqual(operations.get(path).checkRequest(body), [], `what was sent for ${shown}`);
        assert.equal(documents[path](body), true, `what was sent for ${shown}`);
      }
      for (const name of decided) exercised.set(name, exercised.get(name) + 1);
      counts.requests += 1;
      counts[body === undefined ? "refused" : "taken"] += 1;
      if (documents[path](request) === (body !== undefined)) counts.agreed += 1;
    }
  }
  console.log(counts, Object.fromEntries(exercised));
  assert.ok(counts.requests >= 2_000);
  // A generator that only makes wrong ones, or right ones, would prove little.
  assert.ok(counts.taken > counts.requests / 4 && counts.refused > counts.requests / 4, JSON.stringify(counts));
  for (const [name, times] of exercised) assert.ok(times > 0, `no request depends on the exception "${name}": is it stale?`);
});

test("the fields that the exceptions know are the document's and the three newer ones", () => {
  for (const path of Object.keys(METHODS)) {
    const { $ref } = openapi.paths[path].post.requestBody.content["application/json"].schema;
    const documented = Object.keys(openapi.components.schemas[$ref.split("/").at(-1)].properties);
    assert.deepEqual([...operations.get(path).fields].sort(), [...documented, ...(path === "/v1/developer/chat" ? ["chatId", "requestId", "background"] : [])].sort());
  }
});
