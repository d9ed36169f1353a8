// An API of which a test writes every answer by hand, in the order and at the time that it wants.
import { once } from "node:events";
import { createServer } from "node:http";

/** What a test waits for at most, in milliseconds. */
const PATIENCE = 20_000;

/**
 * @typedef {object} ApiCall
 * @property {any} body
 * @property {import("node:http").ServerResponse} response
 * @property {boolean} isOpen  whether its connection still waits for something
 * @property {(status: number, body?: unknown) => void} answer  ends it with JSON
 */

/** Starts it on a free port. */
export async function startApi() {
  /** @type {ApiCall[]} */
  const calls = [];
  const arrivals = new EventTarget();
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const text = Buffer.concat(pieces).toString();
    calls.push({
      body: text === "" ? undefined : JSON.parse(text),
      response,
      get isOpen() {
        return !response.closed;
      },
      answer: (status, body = {}) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body)),
    });
    arrivals.dispatchEvent(new Event("call"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  let taken = 0;
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    calls,
    /** The next call that no test has taken yet, once it is here. */
    async next() {
      const index = taken;
      taken += 1;
      while (calls.length <= index) await once(arrivals, "call", { signal: AbortSignal.timeout(PATIENCE) });
      return calls[index];
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
