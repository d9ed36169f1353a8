// The vectors of the native tests through the built package: the same rules, errors, answers and addresses in JavaScript.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Minara, MinaraError } from "minara";

const vectors = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));

const KEY = "sk-minara-vectors";
const REQUESTS = {
  chat: { message: "Hi" },
  intentToSwap: { intent: "swap", walletAddress: "0x742d35cc6634c0532925a3b844bc9e7595f0beb1" },
  perpTradingSuggestion: { symbol: "BTC" },
  predictionMarketAsk: { link: "https://a.b/" },
};

/** A client whose `fetch` answers by `respond`, and what it was sent. */
function clientOf(respond) {
  const sent = [];
  const fetch = async (request) => {
    sent.push(await request.text());
    return respond(request);
  };
  return { minara: new Minara({ apiKey: KEY, fetch, maxRetries: 0 }), sent };
}

function expand(value) {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(expand);
  if ("$repeat" in value) return value.$repeat[0].repeat(value.$repeat[1]);
  if ("$number" in value) return Number(value.$number);
  if ("$json" in value) return JSON.parse(value.$json);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, expand(inner)]));
}

const textOf = (json) => (typeof json === "string" ? json : (json.before ?? "") + expand({ $repeat: json.$repeat }) + (json.after ?? ""));

async function failureOf(promise) {
  const error = await promise.then((data) => assert.fail(`it gave ${JSON.stringify(data)}`), (thrown) => thrown);
  assert.ok(error instanceof MinaraError, String(error));
  return error;
}

// What the wire form alone requires is the Worker's to check.
for (const { name, endpoint, form, input, json, violations, warnings = [] } of vectors("requests").cases.filter((row) => row.form !== "wire")) {
  test(`request: ${name}`, async () => {
    const answers = { stream: () => new Response('data: {"text":"gm"}\n\ndata: [DONE]\n\n', { headers: { "content-type": "text/event-stream" } }), whole: () => Response.json({}), background: () => Response.json({ id: "bg_1" }, { status: 202 }) };
    const { minara, sent } = clientOf(answers[form]);
    const method = endpoint === "chat" ? { stream: "chatStream", whole: "chat", background: "chatBackground" }[form] : endpoint;
    const call = minara[method](expand(input));
    if (violations) {
      const error = await failureOf(form === "stream" ? call.final() : call);
      assert.deepEqual(error.violations.map(({ field, message }) => [field, message]), violations);
      assert.deepEqual([error.code, error.outcome, error.field, sent], ["invalid_request", "not_sent", violations[0][0], []]);
      return;
    }
    const response = await call.withResponse();
    if (form === "stream") await response.data.final();
    assert.deepEqual(sent, [textOf(json)]);
    assert.deepEqual(response.warnings.map(({ field, message }) => [field, message]), warnings);
  });
}

for (const row of vectors("errors").cases) {
  // A page alone meets a hidden redirect; the clock of the vectors is not this machine's.
  if (row.status === 0 || row.now !== undefined) continue;
  test(`error: ${row.name}`, async () => {
    const body = expand(row.body);
    const headers = { ...(row.retryAfterHeader && { "retry-after": row.retryAfterHeader }), ...(row.requestIdHeader && { "x-request-id": row.requestIdHeader }) };
    const { minara } = clientOf(() => new Response(body, { status: row.status, headers }));
    const error = await failureOf(minara.chat(REQUESTS.chat));
    const { code, outcome, retryable, retryAfter, requestId, field, status, message } = error;
    assert.deepEqual(
      { code, outcome, retryable, retryAfter, requestId, field, status, message },
      { code: row.code, outcome: row.outcome, retryable: row.retryable, retryAfter: row.retryAfter, requestId: row.requestId, field: row.field, status: row.status, message: row.message },
    );
    if (row.keptBytes) assert.equal(Buffer.byteLength(error.body), row.keptBytes);
    else assert.equal(error.body, "kept" in row ? (row.kept ?? undefined) : body);
  });
}

for (const { name, call, body, contentType = "application/json", code, message } of vectors("responses").cases) {
  test(`answer: ${name}`, async () => {
    const { minara } = clientOf(() => new Response(body, contentType ? { headers: { "content-type": contentType } } : undefined));
    const made = call === "chatStatus" ? minara.chatStatus("bg_1") : minara[call](REQUESTS[call]);
    // As JSON.parse gives it: nulls and unknown members stay.
    if (!code) return assert.deepEqual(await made, JSON.parse(body));
    const error = await failureOf(made);
    // A look-up is not billed, whatever it gives.
    const isFree = call === "chatStatus";
    const said = isFree ? message.replace(/Count the call as billed.*/, "The look-up costs nothing: look again.") : message;
    assert.deepEqual([error.code, error.outcome, error.status, error.body], [code, isFree ? "refused" : "done", 200, body]);
    // Without a type of its own the platform names one.
    if (contentType) assert.equal(error.message, said);
  });
}

test("addresses and keys are judged as natively", () => {
  const { baseUrls, keys, faults } = vectors("urls");
  const verdict = (options) => {
    try {
      new Minara(options);
      return undefined;
    } catch (error) {
      return error.message;
    }
  };
  const sentence = (fault) => `Invalid client options: ${fault}. Nothing was sent.`;
  for (const { url, withKey, withoutKey } of baseUrls) {
    assert.equal(verdict({ baseUrl: url, apiKey: KEY }), faults[withKey] && sentence(faults[withKey]), `${url} with a key`);
    assert.equal(verdict({ baseUrl: url }), faults[withoutKey] && sentence(faults[withoutKey]), `${url} without a key`);
  }
  for (const { key, fault } of keys) assert.equal(verdict({ apiKey: key }), fault && sentence(`apiKey ${fault}`), JSON.stringify(key));
});
