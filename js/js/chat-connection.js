// The open answer of a streamed chat call: its bytes, its time limits, and the decoder that makes text of them.
import { ChatDecoder } from "./chat-decoder.js";
import { inContext, unreadable } from "./chat-errors.js";
import { isBytes } from "./memory.js";

/** @import { Reply } from "./call-details.js" */
/** @import { MinaraError } from "./errors.js" */
/** @import { Terms } from "./options.js" */

/** How long the end of the connection is waited for after the end of the answer, in milliseconds. */
const GRACE = 500;

export class ChatConnection {
  /** @type {ReadableStreamDefaultReader<Uint8Array>} */
  #reader;
  #scope;
  #context;
  #stopWatching = () => {};
  /** @type {MinaraError | undefined} */
  #trap;
  #hasLeft = false;
  #hasBegun = false;
  /** @type {number | undefined} since when text is waited for, while it is */
  #waitsSince;
  /** A read is under way, so that what is thrown comes from the network. */
  #isReading = false;
  /** The input has ended. */
  #isDrained = false;
  /** @type {ChatDecoder} */
  decoder;

  /**
   * Must be closed, whatever happens. An answer that cannot be read throws at once, and is closed.
   * @param {Reply} reply
   * @param {Terms} terms
   * @param {() => void} onGivenUp  called when a limit passes, the caller aborts or the module fails
   */
  constructor({ scope, response, instance, status, requestId }, terms, onGivenUp) {
    this.#scope = scope;
    this.#context = { status, requestId };
    const { body } = response;
    if (typeof body?.getReader !== "function" || body.locked) {
      this.#close();
      throw inContext(unreadable("has no body that can be read"), { ...this.#context, partial: "" });
    }
    this.#reader = body.getReader();
    this.#stopWatching = instance.watch((failure) => {
      this.#trap = failure;
      this.#leave();
      onGivenUp();
    });
    try {
      this.decoder = new ChatDecoder(terms);
    } catch (error) {
      throw this.fail(error, "");
    }
    scope.watch((/** @type {boolean} */ isGivenUp) => {
      if (!isGivenUp) return this.#waitsSince;
      this.#leave();
      return onGivenUp();
    });
  }

  /** Whether there is nothing left to read. Throws what the decoder found wrong behind the text it gave last. */
  get isComplete() {
    if (this.decoder.failure) throw this.decoder.failure;
    return this.decoder.done;
  }

  /** The next chunk, for `take`. */
  read() {
    this.#waitsSince ??= performance.now();
    this.#isReading = true;
    return this.#reader.read();
  }

  /**
   * The text that a chunk adds. Where it adds some, the idle limit rests until the next read.
   * @param {ReadableStreamReadResult<Uint8Array>} chunk
   */
  take({ done, value }) {
    this.#isReading = false;
    if (this.#hasLeft) throw this.#trap ?? this.#scope.failure(undefined);
    if (done) {
      this.#isDrained = true;
      this.decoder.finish();
      return "";
    }
    if (!this.#hasBegun) this.#scope.received();
    this.#hasBegun = true;
    if (!isBytes(value)) throw unreadable("gives its body in pieces that are no bytes");
    const text = this.decoder.push(value);
    if (text !== "") this.#waitsSince = undefined;
    return text;
  }

  /**
   * Gives the connection up; what to throw for what was caught.
   * @param {unknown} caught
   * @param {string} delivered  the text so far
   */
  fail(caught, delivered) {
    const error = this.#trap ?? (this.#isReading ? this.#scope.failure(caught) : caught);
    this.#leave();
    this.#close();
    return inContext(error, { ...this.#context, partial: delivered });
  }

  /** Closes it without an error: the reader wants no more. */
  abandon() {
    this.#leave();
    this.#close();
  }

  /** Closes it after the answer's end; the promise of the connection's end, up to which the decoder is at work. */
  finish() {
    this.#close();
    return this.#isDrained ? Promise.resolve() : drain(this.#reader, this.decoder);
  }

  #leave() {
    this.#hasLeft = true;
    cancel(this.#reader);
  }

  #close() {
    this.#stopWatching();
    this.#scope.close();
    this.#scope.free();
  }
}

/**
 * Lets an answer go that no one will read.
 * @param {Reply} reply
 */
export function dismiss({ scope, response }) {
  scope?.close();
  scope?.free();
  response.body?.cancel?.()?.catch(() => {});
}

/**
 * A `fetch` that was given to the client may have a reader that cannot.
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader
 */
function cancel(reader) {
  reader.cancel?.()?.catch(() => {});
}

/**
 * Reads on to the end of the connection, which frees it for the next call, and takes along what comes late, such as
 * the usage behind a `finish_reason`.
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader
 * @param {ChatDecoder} decoder
 */
async function drain(reader, decoder) {
  let isLate = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  // A reader that cannot be cancelled would be waited for without end.
  const grace = new Promise((resolve) => {
    timer = setTimeout(() => {
      isLate = true;
      cancel(reader);
      resolve(undefined);
    }, GRACE);
  });
  const readOn = async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || isLate) return;
      decoder.push(value);
    }
  };
  // The answer is complete: what happens to its connection is no one's concern.
  await Promise.race([readOn().catch(() => {}), grace]);
  clearTimeout(timer);
}
