// The Worker between a test and the sandbox, with a key whose every appearance is a failure.
import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { request } from "node:http";

import { startSandbox } from "../../sandbox/server.mjs";
import { startWorkerd } from "./workerd.mjs";

/** The API key of every test. No byte that leaves the Worker may hold it. */
export const canary = "sk-minara-canary-7f3a9c51d2e84b60";
export const sessionSecret = "session-secret-of-the-tests-0123456789";

export const paths = {
  chat: "/api/v1/developer/chat",
  swap: "/api/v1/developer/intent-to-swap-tx",
  perp: "/api/v1/developer/perp-trading-suggestion",
  prediction: "/api/v1/developer/prediction-market-ask",
};

/** A body for each path that is valid. */
export const bodies = {
  [paths.chat]: { mode: "fast", stream: false, message: { role: "user", content: "Why did SOL rise today?" } },
  [paths.swap]: { intent: "swap 0.1 ETH to USDC", walletAddress: "0x742d35cc6634c0532925a3b844bc9e7595f0beb1", chain: "base" },
  [paths.perp]: { symbol: "BTC", leverage: 10 },
  [paths.prediction]: { link: "https://polymarket.com/event/example", mode: "fast" },
};

export const streamed = { ...bodies[paths.chat], stream: true };

/**
 * @typedef {import("./workerd.mjs").WorkerdOptions & { sandbox?: import("../../sandbox/server.mjs").SandboxOptions }} GatewayOptions
 */

/**
 * Starts a sandbox and the Worker in front of it.
 * @param {GatewayOptions} [options]
 */
export async function startGateway({ sandbox: sandboxOptions, settings, ...options } = {}) {
  const sandbox = await startSandbox({ key: canary, ...sandboxOptions });
  const worker = await startWorkerd({
    ...options,
    settings: { MINARA_API_KEY: canary, MINARA_BASE_URL: sandbox.url, ...settings },
  }).catch(async (error) => {
    await sandbox.close();
    throw error;
  });
  /** @type {string[]} */
  const seen = [];
  const gateway = {
    url: worker.url,
    worker,
    sandbox,
    /** Posts of calls that the sandbox has seen. */
    get posts() {
      return Object.values(sandbox.counters.posts).reduce((sum, count) => sum + count, 0);
    },
    /**
     * The platform's, but what is read of the answer is remembered, also of one that breaks off.
     * @type {typeof globalThis.fetch}
     */
    async fetch(input, init) {
      const response = await fetch(input, init);
      seen.push(JSON.stringify([...response.headers]));
      return new Response(response.body?.pipeThrough(remember(seen)), response);
    },
    /** @param {string} path @param {RequestInit} [init] */
    async request(path, init) {
      const response = await gateway.fetch(worker.url + path, { redirect: "manual", ...init });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, json: parsed(text), error: parsed(text)?.error };
    },
    /** @param {string} path @param {unknown} [body] @param {Record<string, string>} [headers] */
    post(path, body = bodies[path], headers = {}) {
      const text = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
      return gateway.request(path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: text });
    },
    /**
     * A call whose answer the test reads by itself.
     * @param {string} path @param {unknown} body @param {Record<string, string>} [headers] @param {AbortSignal} [signal]
     */
    open(path, body, headers = {}, signal) {
      const all = { "content-type": "application/json", ...headers };
      return gateway.fetch(worker.url + path, { method: "POST", headers: all, body: JSON.stringify(body), signal });
    },
    /** @param {string} host @param {string} method @param {string} path @param {string} [body] */
    async askAs(host, method, path, body) {
      const answer = await askAs(host, worker.port, method, path, body);
      seen.push(JSON.stringify(answer));
      return answer;
    },
    /** What the books say. */
    async usage(token = "") {
      const { status, json } = await gateway.request("/api/admin/usage", { headers: { authorization: `Bearer ${token}` } });
      assert.equal(status, 200);
      return json;
    },
    /** Waits until the books say so; settlements come after their answers. */
    async settled(token, holds) {
      for (let attempt = 0; attempt < 200; attempt += 1) {
        const usage = await gateway.usage(token);
        if (holds(usage)) return usage;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return assert.fail(`the books never said so: ${JSON.stringify(await gateway.usage(token))}`);
    },
    /** Remembers bytes that a test read by itself. */
    keep: (text) => seen.push(text),
    async stop() {
      await worker.stop();
      await sandbox.close();
      assertNoKey([...seen, ...worker.log]);
    },
  };
  return gateway;
}

/** What no text may hold: how every key of the tests begins, and how the usual one ends. */
const ofKeys = [canary.slice(0, 16), canary.slice(-12)];

/** @param {string[]} texts  whatever came out of a Worker */
export function assertNoKey(texts) {
  assert.equal(texts.find((text) => ofKeys.some((part) => text.includes(part))), undefined, "the key got out");
}

/**
 * Lets an answer through and writes it down as it comes, as one text: a key may lie in two pieces.
 * @param {string[]} seen
 */
function remember(seen) {
  const place = seen.push("") - 1;
  return new TransformStream({
    transform(piece, controller) {
      seen[place] += Buffer.from(piece).toString("latin1");
      controller.enqueue(piece);
    },
  });
}

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * A session token as the Worker makes them.
 * @param {{ id?: Buffer, started: number, expires: number, secret?: string }} session  times in seconds
 */
export function sessionToken({ id = randomBytes(16), started, expires, secret = sessionSecret }) {
  const claim = Buffer.alloc(24);
  id.copy(claim);
  claim.writeUInt32BE(started, 16);
  claim.writeUInt32BE(expires, 20);
  const tag = createHmac("sha256", secret).update("minara session token 1\0").update(claim).digest();
  return `ms1.${Buffer.concat([claim, tag]).toString("base64url")}`;
}

/** A token of a session that has just begun. */
export function freshToken(options = {}) {
  const now = Math.floor(Date.now() / 1000);
  return sessionToken({ started: now, expires: now + 600, ...options });
}

/** @param {string} token */
export const bearer = (token) => ({ authorization: `Bearer ${token}` });

/** One request under a host of the test's choice, which fetch would not send. */
export function askAs(host, port, method, path, body, origin) {
  return new Promise((resolve, reject) => {
    const headers = { host, "content-type": "application/json", ...(origin && { origin }) };
    const outgoing = request({ host: "127.0.0.1", port, method, path, headers, agent: false }, async (response) => {
      const pieces = await response.toArray();
      resolve({ status: response.statusCode, headers: response.rawHeaders, text: Buffer.concat(pieces).toString() });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
