// The local Minara API: put together, started and stopped here.
import { createServer } from "node:http";
import { Chat } from "./chat.mjs";
import { control, CONTROL } from "./control.mjs";
import { allowAnyOrigin } from "./cors.mjs";
import { chargedCall, handle } from "./exchange.mjs";
import { FaultScript } from "./faults.mjs";
import { Journal } from "./journal.mjs";
import { perpSuggestion } from "./perp.mjs";
import { predictMarket } from "./prediction.mjs";
import { swapTransaction } from "./swap.mjs";

/**
 * @typedef {object} SandboxOptions
 * @property {number} [port] 0, the default, takes a free one
 * @property {string} [host] default 127.0.0.1
 * @property {string | string[] | null} [key] the accepted API keys; null takes every caller (default `sk-minara-sandbox`)
 * @property {number} [pace] milliseconds per delta; 0, the default, still writes each delta by itself
 * @property {boolean} [cors] answer pages of any origin (default false)
 * @property {() => number} [now] the clock of jobs and records, in milliseconds (default Date.now)
 * @property {number} [queueMs] how long a background job is queued (default 10 × pace)
 * @property {number} [runMs] how long it then runs (default 60 × pace)
 * @property {"job" | "answer"} [replay] what a repeated `requestId` gets once done: the job, or the bare answer
 */

/**
 * Starts a sandbox.
 *
 * @param {SandboxOptions} [options]
 */
export async function startSandbox(options = {}) {
  const { pace = 0, now = Date.now } = options;
  const settings = {
    port: 0,
    host: "127.0.0.1",
    key: "sk-minara-sandbox",
    cors: false,
    queueMs: pace * 10,
    runMs: pace * 60,
    replay: "job",
    ...options,
    pace,
    now,
  };
  const sandbox = assemble(settings);
  const server = createServer((request, response) => {
    if (settings.cors && allowAnyOrigin(request, response)) return;
    const serve = request.url.startsWith(CONTROL) ? control : handle;
    serve(sandbox, request, response).catch((error) => {
      console.error(error);
      response.destroy();
    });
  });
  countConnections(server, sandbox.journal);
  // Kept-alive connections must outlive any test: one that closes by itself looks like a fault.
  server.keepAliveTimeout = 600_000;
  server.requestTimeout = 0;
  await listen(server, settings);
  return handleOf(sandbox, server, settings);
}

function assemble(options) {
  const stop = new AbortController();
  const journal = new Journal();
  const charge = () => journal.count("charges");
  const chat = new Chat({ ...options, charge, stopped: stop.signal });
  const faults = new FaultScript();
  const calls = {
    "/v1/developer/chat": (body, exchange, fault) => chat.ask(body, exchange, fault),
    "/v1/developer/intent-to-swap-tx": chargedCall(swapTransaction, charge),
    "/v1/developer/perp-trading-suggestion": chargedCall(perpSuggestion, charge),
    "/v1/developer/prediction-market-ask": chargedCall(predictMarket, charge),
  };
  const reset = () => {
    faults.clear();
    chat.reset();
    journal.reset();
  };
  return { options, journal, chat, faults, calls, reset, stop: () => stop.abort() };
}

function countConnections(server, journal) {
  server.on("connection", (socket) => {
    journal.live("openConnections", 1);
    socket.once("close", () => journal.live("openConnections", -1));
  });
}

function listen(server, { port, host }) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function handleOf(sandbox, server, { host, key }) {
  const { port } = server.address();
  const { journal, faults } = sandbox;
  sandbox.url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  return {
    url: sandbox.url,
    port,
    key,
    /** The requests seen, oldest first (the last 1,000). */
    get requests() {
      return journal.requests;
    },
    /** A snapshot of all counters. */
    get counters() {
      return journal.counters;
    },
    /** Adds faults to the script; README.md has the table. */
    script: (list) => faults.add(list),
    /** The faults that nobody has met yet. */
    get faults() {
      return faults.remaining;
    },
    reset: sandbox.reset,
    ...endings(sandbox, server),
  };
}

/** What a handle has to wait for something, and to stop. */
function endings({ journal, stop }, server) {
  return {
    /** Resolves once `holds(this)` is true, without polling; rejects after `timeout` ms (default 10,000). */
    until(holds, { timeout = 10_000 } = {}) {
      return journal.until(() => holds(this), timeout);
    },
    /** Stops at once: open connections are closed, pending answers given up. */
    close() {
      stop();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
