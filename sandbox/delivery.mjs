// Puts a reply on the wire, with whatever a fault does to it on the way.
import { createGzip, constants as zlib } from "node:zlib";
import { endingOf } from "./faults.mjs";
import { pause } from "./pause.mjs";
import { alterEvents, chunkEvent, COMMENT } from "./sse.mjs";

/** How long a client has to read what precedes a reset. */
const RESET_LINGER_MS = 20;

/**
 * @typedef {object} Reply
 * @property {number} status
 * @property {Record<string, string>} headers
 * @property {Buffer} [body] a whole body …
 * @property {AsyncIterable<string | Buffer>} [events] … or parts that are flushed one by one
 * @property {boolean} [isChat] the parts are events of a chat stream, which faults can alter
 */

/**
 * @param {{ request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse,
 *   signal: AbortSignal, record: object, endedByFault: boolean }} exchange
 * @param {() => Promise<Reply>} work gives the reply; it has already begun
 * @param {object} fault
 */
export async function deliver(exchange, work, fault) {
  const { response, signal } = exchange;
  const ending = endingOf(fault);
  if (fault.delayMs && !(await pause(fault.delayMs, signal))) return;
  if (ending?.at === "before-headers") return finishBy(ending.kind, exchange, fault);
  const reply = await work();
  if (signal.aborted) return;
  writeHead(exchange, reply, fault, ending);
  const writer = new BodyWriter(response, { split: fault.split, gzip: fault.gzip, signal });
  const heartbeat = fault.heartbeatMs && !ending ? beat(writer, exchange, fault) : undefined;
  const reached = await writeParts(writer, exchange, partsOf(reply, fault, ending), ending);
  clearInterval(heartbeat);
  if (signal.aborted) return;
  await writer.flushed();
  if (ending && reached) return finishBy(ending.kind, exchange, fault, writer);
  await writer.end();
}

function writeHead(exchange, reply, fault, ending) {
  const { response, record } = exchange;
  const headers = { ...reply.headers };
  // A length is promised only for a body that will be written whole and unchanged.
  if (reply.body && !fault.gzip && reply.status !== 204 && !(ending && ending.kind === "end")) {
    headers["content-length"] ??= String(reply.body.length);
  }
  if (fault.gzip) headers["content-encoding"] = "gzip";
  record.status = reply.status;
  response.writeHead(reply.status, headers);
  response.flushHeaders();
}

/** Writes parts until the end or the scripted position; true when that position was reached. */
async function writeParts(writer, exchange, parts, ending) {
  let index = 0;
  for await (const part of parts) {
    if (exchange.signal.aborted) return false;
    if (ending && index === ending.at) {
      if (ending.midEvent) await writer.write(half(part));
      return true;
    }
    if (!(await writer.write(Buffer.from(part)))) return false;
    exchange.record.events += 1;
    index += 1;
  }
  return ending !== undefined && index === ending.at;
}

const half = (part) => Buffer.from(part).subarray(0, Math.ceil(Buffer.byteLength(part) / 2));

/** A whole body is one part; a scripted position counts its bytes, so it is cut there into two. */
function partsOf(reply, fault, ending) {
  if (reply.events) return reply.isChat ? alterEvents(reply.events, fault) : reply.events;
  const { body } = reply;
  if (!ending || ending.at === 0) return [body];
  const at = Math.min(ending.at, body.length);
  ending.at = 1;
  return [body.subarray(0, at), body.subarray(at)];
}

/** Ends the exchange in the way that a fault names. */
async function finishBy(kind, exchange, fault, writer) {
  const { request, response, signal } = exchange;
  if (kind === "stall") return stall(exchange, fault, writer);
  exchange.endedByFault = true;
  // A reset that overtakes its data is seen as a plain end by some clients (libuv): let them read first.
  if (kind === "reset" && writer) await pause(RESET_LINGER_MS, signal);
  if (kind === "reset") request.socket.resetAndDestroy();
  else if (kind === "cut") request.socket.destroy();
  else if (writer) await writer.end();
  else if (!signal.aborted) response.socket.end();
}

/** Keeps the connection open and says nothing more, heartbeats apart, until it is closed. */
async function stall(exchange, fault, writer) {
  const heartbeat = writer && fault.heartbeatMs ? beat(writer, exchange, fault) : undefined;
  if (!exchange.signal.aborted) {
    await new Promise((resolve) => exchange.signal.addEventListener("abort", resolve, { once: true }));
  }
  clearInterval(heartbeat);
}

/** Repeats something that is no progress; it carries the ids of the answer that it belongs to. */
function beat(writer, { answer = {} }, { heartbeat = "comment", heartbeatMs }) {
  const text = {
    comment: COMMENT,
    "empty-delta": chunkEvent(answer, { content: "" }),
    "role-delta": chunkEvent(answer, { role: "assistant" }),
  }[heartbeat];
  return setInterval(() => writer.write(Buffer.from(text)), heartbeatMs);
}

/** Writes parts one after the other, each flushed; a part is never torn apart by another one. */
class BodyWriter {
  #queue = Promise.resolve(true);
  #response;
  #gzip;
  #split;
  #signal;

  constructor(response, { split, gzip, signal }) {
    this.#response = response;
    this.#split = split;
    this.#signal = signal;
    if (gzip) {
      this.#gzip = createGzip();
      this.#gzip.on("data", (bytes) => response.write(bytes));
    }
  }

  /** Resolves when the bytes have left this process; false when the connection is gone. */
  write(bytes) {
    this.#queue = this.#queue.then(() => this.#writeNow(bytes));
    return this.#queue;
  }

  async #writeNow(bytes) {
    const size = this.#split ?? Math.max(bytes.length, 1);
    for (let at = 0; at < bytes.length; at += size) {
      if (this.#signal.aborted) return false;
      await this.#writePiece(bytes.subarray(at, at + size));
      if (this.#split) await pause(0);
    }
    return !this.#signal.aborted;
  }

  #writePiece(bytes) {
    return new Promise((resolve) => {
      if (!this.#gzip) return void this.#response.write(bytes, () => resolve());
      this.#gzip.write(bytes);
      this.#gzip.flush(zlib.Z_SYNC_FLUSH, () => resolve());
    });
  }

  flushed() {
    return this.#queue;
  }

  async end() {
    await this.#queue;
    if (this.#gzip) {
      await new Promise((resolve) => this.#gzip.once("end", resolve).end());
    }
    this.#response.end();
  }
}
