// Server-sent events for anyone: bytes in, events out.
import { onAbort } from "./abort.js";
import { misuse } from "./errors.js";
import { ready, running } from "./instance.js";
import { MAX_INPUT_BYTES, isBytes, memoryOf } from "./memory.js";
import { checkReaderOptions } from "./options.js";

/** @import { MinaraError, ReadSseOptions, SseEvent, SseOptions } from "./index.js" */

/** The largest event unless told otherwise, in bytes. */
export const DEFAULT_MAX_EVENT_BYTES = 1024 * 1024;

// Flags in the engine's table.
const OTHER = 1;
const NEW_TYPE = 2;
const NEW_ID = 4;
const LONG = 8;

export class SseDecoder {
  #instance;
  #memory;
  #engine;
  #type = "message";
  #id = "";
  /** @type {MinaraError | undefined} */
  #failure;
  /** @type {ReturnType<typeof misuse> | undefined} */
  #freed;

  /** @param {SseOptions} [options] */
  constructor(options = {}) {
    checkReaderOptions(options);
    this.#instance = running("SseDecoder");
    this.#memory = memoryOf(this.#instance);
    this.#engine = new this.#instance.bindings.SseEngine(options.maxEventBytes ?? DEFAULT_MAX_EVENT_BYTES);
  }

  /** @param {Uint8Array} chunk */
  push(chunk) {
    if (!isBytes(chunk)) throw misuse("SseDecoder.push takes a Uint8Array");
    /** @type {SseEvent[]} */
    const events = [];
    if (chunk.length <= MAX_INPUT_BYTES) {
      this.#pushPiece(chunk, events);
      return events;
    }
    for (let at = 0; at < chunk.length; at += MAX_INPUT_BYTES) {
      this.#pushPiece(chunk.subarray(at, at + MAX_INPUT_BYTES), events);
      if (this.#failure) break;
    }
    return events;
  }

  /**
   * @param {Uint8Array} piece
   * @param {SseEvent[]} events
   */
  #pushPiece(piece, events) {
    const failure = this.#failure ?? this.#freed ?? this.#instance.failure;
    if (failure) throw failure;
    this.#memory.write(piece);
    const said = this.#engine.push(piece.length);
    if (said > 1) this.#collect(said >>> 1, events);
    if (said & 1) this.#fail(events);
  }

  /**
   * Events that precede an error are given out; the next call throws it.
   * @param {SseEvent[]} events
   */
  #fail(events) {
    this.#failure = this.#engine.failure();
    if (events.length === 0) throw this.#failure;
  }

  /**
   * @param {number} count
   * @param {SseEvent[]} events
   */
  #collect(count, events) {
    const memory = this.#memory;
    const { header, words } = memory;
    const asciiLength = words[header + 2];
    const otherLength = words[header + 4];
    const ascii = asciiLength > 0 ? memory.ascii(words[header + 1], asciiLength) : "";
    const other = otherLength > 0 ? memory.other(words[header + 3], otherLength) : "";
    const long = words[header + 5];
    let entry = words[header + 6] >>> 2;
    let asciiAt = 0;
    let otherAt = 0;
    let longAt = 0;
    let type = this.#type;
    let id = this.#id;
    for (let left = count; left > 0; left--) {
      const flags = words[entry];
      const end = flags >>> 4;
      entry++;
      let data;
      if (flags & OTHER) {
        data = other.slice(otherAt, end);
        otherAt = end;
      } else if (flags & LONG) {
        data = memory.utf8(long + longAt, end - longAt);
        longAt = end;
      } else {
        data = ascii.slice(asciiAt, end);
        asciiAt = end;
      }
      if (flags & NEW_TYPE) type = other.slice(otherAt, (otherAt = words[entry++] >>> 4));
      if (flags & NEW_ID) id = other.slice(otherAt, (otherAt = words[entry++] >>> 4));
      events.push({ event: type, data, id });
    }
    this.#type = type;
    this.#id = id;
  }

  finish() {
    const failure = this.#failure ?? this.#freed ?? this.#instance.failure;
    if (failure) throw failure;
    const cut = this.#engine.finish();
    if (cut) throw (this.#failure = cut);
  }

  get retry() {
    return (this.#freed ?? this.#instance.failure) ? undefined : this.#engine.retry();
  }

  /** Gives its memory back at once; without this the garbage collector does it. */
  free() {
    if (this.#freed) return;
    this.#freed = misuse("This SseDecoder was freed: make a new one for another stream.");
    if (!this.#instance.failure) this.#engine.free();
  }

  /** Why the stream failed, known as soon as the events before it are given out. */
  get failure() {
    return this.#failure;
  }
}

/**
 * @param {Response | ReadableStream<Uint8Array>} source
 * @param {ReadSseOptions} [options]
 */
export function readSse(source, options = {}) {
  const body = source instanceof ReadableStream ? source : source?.body;
  if (body !== null && typeof body?.getReader !== "function") {
    throw misuse("readSse takes a Response or a ReadableStream of bytes");
  }
  if (body?.locked) throw misuse("readSse takes a stream that no one reads yet: this one is locked.");
  if (/** @type {Response} */ (source).ok === false) throw noSuccess(/** @type {Response} */ (source));
  checkReaderOptions(options);
  return new SseReading(body, options);
}

/**
 * An answer of an error, which would pass for a stream without events.
 * @param {Response} response
 */
function noSuccess({ status, body }) {
  body?.cancel().catch(() => {});
  const message = `readSse takes an answer that is a success, and this one is HTTP ${status}: look at response.ok first.`;
  return misuse(message, { code: "bad_response", status, outcome: "unknown" });
}

/**
 * The events of a stream, chunk by chunk. By hand rather than as a generator, which costs three turns of the event
 * loop's microtasks for each event.
 */
class SseReading {
  #body;
  #options;
  /** @type {ReadableStreamDefaultReader<Uint8Array> | undefined} */
  #reader;
  /** @type {SseDecoder | undefined} */
  #decoder;
  /** @type {SseEvent[]} those of the last chunk */
  #events = [];
  #given = 0;
  /** @type {Promise<unknown> | undefined} the read under way, for whoever asks again before it is over */
  #reading;
  #isReading = false;
  #isOver = false;
  /** @type {{ reason: unknown } | undefined} */
  #aborted;
  #stopListening = () => {};

  /**
   * @param {ReadableStream<Uint8Array> | null} body
   * @param {ReadSseOptions} options
   */
  constructor(body, options) {
    this.#body = body;
    this.#options = options;
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  /** @returns {Promise<IteratorResult<SseEvent, undefined>>} */
  next() {
    if (this.#given < this.#events.length && !this.#aborted) {
      return Promise.resolve({ value: this.#events[this.#given++], done: false });
    }
    const again = () => this.next();
    return this.#reading ? this.#reading.then(again, again) : this.#read();
  }

  /** @returns {Promise<IteratorResult<SseEvent, undefined>>} */
  async return() {
    if (!this.#isOver) this.#leave();
    return { value: undefined, done: true };
  }

  #read() {
    this.#isReading = true;
    const reading = this.#advance();
    // It may be over already, having waited for nothing.
    if (this.#isReading) this.#reading = reading;
    return reading;
  }

  /**
   * Reads up to the next event. One function, because each that is awaited costs as much as an event.
   * @returns {Promise<IteratorResult<SseEvent, undefined>>}
   */
  async #advance() {
    try {
      if (!this.#isOver && !this.#reader) await this.#open();
      while (!this.#isOver) {
        const decoder = /** @type {SseDecoder} */ (this.#decoder);
        this.#throwIfFailed(decoder);
        const { done, value } = (await this.#reader?.read()) ?? { done: true, value: undefined };
        this.#throwIfAborted();
        // Whoever left the loop has ended the reading, and the decoder with it.
        if (this.#isOver) break;
        if (done) {
          decoder.finish();
          this.#end();
          break;
        }
        this.#events = decoder.push(value);
        this.#given = 1;
        if (this.#events.length > 0) return { value: this.#events[0], done: false };
      }
      return { value: undefined, done: true };
    } catch (error) {
      this.#leave(error);
      throw error;
    } finally {
      this.#isReading = false;
      this.#reading = undefined;
    }
  }

  async #open() {
    const { signal, maxEventBytes } = this.#options;
    this.#reader = this.#body?.getReader();
    await new Promise((resolve, reject) => {
      this.#stopListening = onAbort(signal, (reason) => {
        this.#aborted = { reason };
        this.#reader?.cancel(reason).catch(() => {});
        // The module may be still on its way.
        reject(reason);
      });
      ready(signal).then(resolve, reject);
    });
    this.#decoder = new SseDecoder({ maxEventBytes });
  }

  /** @param {SseDecoder} decoder */
  #throwIfFailed(decoder) {
    this.#throwIfAborted();
    if (decoder.failure) throw decoder.failure;
  }

  #throwIfAborted() {
    if (this.#aborted) throw this.#aborted.reason;
  }

  /** @param {unknown} [reason] */
  #leave(reason) {
    const cancelled = this.#reader ? this.#reader.cancel(reason) : this.#body?.cancel(reason);
    cancelled?.catch(() => {});
    this.#end();
  }

  #end() {
    this.#isOver = true;
    this.#events = [];
    this.#stopListening();
    this.#decoder?.free();
    this.#decoder = undefined;
  }
}
