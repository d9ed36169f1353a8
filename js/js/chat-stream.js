// An answer as it is written: one request, one reader, and every way to take the text out of it.
import { onAbort, within } from "./abort.js";
import { ChatDecoder } from "./chat-decoder.js";
import { described } from "./client.js";
import { MinaraError, misuse } from "./errors.js";
import { storedAnswer } from "./stored-answer.js";

/** @import { CallResponse, ChatAnswer, ChatPart, ChatStreamAnswer, ChatStreamOptions, Usage } from "./index.js" */
/** @import { Reply } from "./client.js" */
/** @import { Look } from "./stored-answer.js" */

/**
 * What the client lends to a stream.
 * @typedef {object} Calls
 * @property {(options: object) => Promise<Reply>} send
 * @property {Look} look
 * @property {string | undefined} requestId  under which the API keeps the answer
 * @property {number} total  longest time for everything, in milliseconds
 */

/** How long the end of the connection is waited for after the end of the answer, in milliseconds. */
const GRACE = 500;

/** Codes of a stream that was cut short, whose answer may be complete where it was made. */
const CUT = ["stream_truncated", "network", "timeout"];

export class ChatStream {
  #options;
  #calls;
  /** @type {Promise<Reply> | undefined} the request, once it was sent */
  #reply;
  #sentAt = 0;
  /** Ends whatever is under way: for the caller's signal, and for `cancel`. */
  #stop = new AbortController();
  #stopListening = () => {};
  #isRead = false;
  /** @type {AsyncGenerator<ChatPart, undefined, undefined> | undefined} */
  #reading;
  #isOver = false;
  #text = "";
  /** @type {ChatDecoder | undefined} */
  #decoder;
  /** @type {ChatAnswer} what is known of the answer but its text */
  #answer = {};
  #outcome = deferred();
  /** @type {Promise<void>} */
  #drained = Promise.resolve();

  /**
   * @param {ChatStreamOptions} options
   * @param {Calls} calls
   */
  constructor(options, calls) {
    this.#options = options;
    this.#calls = calls;
  }

  /** @returns {string | undefined} */
  get chatId() {
    return this.#answer.chatId ?? this.#decoder?.chatId;
  }

  /** @returns {string | undefined} */
  get messageId() {
    return this.#answer.messageId ?? this.#decoder?.messageId;
  }

  /** @returns {Usage | undefined} */
  get usage() {
    return this.#answer.usage ?? this.#decoder?.usage;
  }

  /** @returns {AsyncIterableIterator<ChatPart, undefined, undefined>} */
  [Symbol.asyncIterator]() {
    if (this.#isRead) throw misuse("A chat stream can be read once. Use final() for the whole answer, or tee().");
    this.#isRead = true;
    const parts = (this.#reading = this.#parts());
    return {
      next: () => parts.next(),
      return: async () => {
        await this.cancel();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** @returns {Promise<ChatStreamAnswer>} */
  async final() {
    if (!this.#isRead) for await (const _ of this);
    return this.#outcome.promise;
  }

  async text() {
    return (await this.final()).content;
  }

  /** @param {unknown} [reason] */
  async cancel(reason) {
    if (this.#isOver) return;
    this.#end(cancelled(this.#text));
    // First the abort: a generator that waits for the network cannot return before it.
    this.#stop.abort(reason);
    await this.#reading?.return(undefined);
  }

  /**
   * @param {{ type?: "bytes" }} [options]
   * @returns {ReadableStream<any>}
   */
  toReadableStream({ type } = {}) {
    const parts = this[Symbol.asyncIterator]();
    const encoder = type === "bytes" ? new TextEncoder() : undefined;
    const source = {
      pull: async (/** @type {ReadableStreamDefaultController} */ controller) => {
        const { done, value } = await parts.next();
        if (done) return controller.close();
        controller.enqueue(encoder ? encoder.encode(value.text) : value);
      },
      cancel: (/** @type {unknown} */ reason) => this.cancel(reason),
    };
    // Without a queue of its own, so that nothing is sent before the first read.
    return new ReadableStream(source, { highWaterMark: 0 });
  }

  /** @returns {Promise<CallResponse<ChatStream>>} */
  async withResponse() {
    return described({ ...(await this.#open()), data: this });
  }

  #open() {
    this.#reply ??= this.#send();
    return this.#reply;
  }

  async #send() {
    this.#sentAt = performance.now();
    const { signal, ...options } = this.#options;
    this.#stopListening = onAbort(signal, (reason) => this.#stop.abort(reason));
    try {
      return await this.#calls.send({ ...options, signal: this.#stop.signal });
    } catch (error) {
      this.#stopListening();
      throw error;
    }
  }

  /** @returns {AsyncGenerator<ChatPart, undefined, undefined>} */
  async *#parts() {
    if (this.#isOver) return undefined;
    try {
      try {
        const reply = await this.#open();
        yield* reply.exchange ? this.#streamed(reply) : this.#unstreamed(reply.data);
      } catch (error) {
        if (this.#stop.signal.aborted) throw this.#stop.signal.reason;
        yield* this.#completed(error);
      }
      this.#end();
      return undefined;
    } catch (error) {
      if (this.#isOver) return undefined;
      this.#end(error);
      throw error;
    }
  }

  /** @param {ChatAnswer} answer  of a server that does not stream */
  *#unstreamed(answer) {
    this.#answer = answer;
    yield* this.#given(answer.content ?? "");
  }

  /** @param {string} text */
  *#given(text) {
    this.#text += text;
    if (text !== "") yield { text };
  }

  /** @param {Reply} reply */
  async *#streamed({ exchange, response, instance, status, requestId }) {
    const reader = /** @type {ReadableStream<Uint8Array>} */ (response?.body).getReader();
    let hasLeft = false;
    const leave = () => {
      hasLeft = true;
      reader.cancel().catch(() => {});
    };
    /** @type {MinaraError | undefined} */
    let trap;
    const unwatch = instance.watch((failure) => {
      trap = failure;
      leave();
    });
    const failed = (/** @type {unknown} */ cause) => trap ?? exchange.failure(cause, this.#text);
    const read = () => reader.read().catch((cause) => Promise.reject(failed(cause)));
    let isDrained = true;
    try {
      const decoder = (this.#decoder = new ChatDecoder(this.#options));
      exchange.onabort = leave;
      for (let isFirst = true; !decoder.done; isFirst = false) {
        const { done, value } = await read();
        if (hasLeft) throw failed(undefined);
        if (done) return decoder.finish();
        if (isFirst) exchange.received();
        const text = decoder.push(value);
        if (text !== "") {
          exchange.pause();
          // Not by way of `#given`: to delegate costs as much again as to read the chunk.
          this.#text += text;
          yield { text };
          exchange.progress();
        }
        if (decoder.failure) throw decoder.failure;
      }
      isDrained = false;
      this.#drained = drain(reader, decoder).then(() => this.#dismissDecoder());
    } catch (error) {
      leave();
      throw inContext(trap ?? error, { status, requestId, partial: this.#text });
    } finally {
      unwatch();
      exchange.close();
      exchange.free();
      if (isDrained) this.#dismissDecoder();
    }
  }

  /** Keeps what the decoder knows, and gives its memory back. */
  #dismissDecoder() {
    const { chatId, messageId, usage } = this;
    const known = Object.entries({ chatId, messageId, usage }).filter(([, value]) => value !== undefined);
    this.#answer = { ...this.#answer, ...Object.fromEntries(known) };
    this.#decoder?.free();
    this.#decoder = undefined;
  }

  /**
   * Completes a stream that was cut from the answer that the API keeps, or throws what cut it.
   * @param {unknown} error
   */
  async *#completed(error) {
    const { requestId } = this.#calls;
    const isCut = error instanceof MinaraError && CUT.includes(error.code) && error.outcome !== "not_sent";
    if (requestId === undefined || !isCut) throw error;
    const { answer, rest } = await this.#stored(requestId, error);
    this.#answer = answer;
    yield* this.#given(rest);
  }

  /**
   * @param {string} id
   * @param {MinaraError} error
   */
  async #stored(id, error) {
    const milliseconds = this.#calls.total - (performance.now() - this.#sentAt);
    if (milliseconds <= 0) throw error;
    const limit = { signal: this.#stop.signal, milliseconds, expired: () => error };
    try {
      return await within(limit, (signal) => storedAnswer(id, this.#text, this.#calls.look, signal));
    } catch (failure) {
      if (this.#stop.signal.aborted) throw this.#stop.signal.reason;
      // That the job failed is the last word; that it could not be looked up says less than what cut the stream.
      const isVerdict = failure instanceof MinaraError && ["stream_error", "bad_response"].includes(failure.code);
      throw isVerdict ? inContext(failure, { partial: this.#text }) : error;
    }
  }

  /** @param {unknown} [error] */
  #end(error) {
    this.#isOver = true;
    this.#stopListening();
    if (error !== undefined) return this.#outcome.reject(error);
    this.#outcome.resolve(this.#drained.then(() => ({ ...this.#answer, content: this.#text })));
  }
}

/**
 * Reads on to the end of the connection, which frees it for the next call, and takes along what comes late, such as
 * the usage behind a `finish_reason`.
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader
 * @param {ChatDecoder} decoder
 */
async function drain(reader, decoder) {
  const timer = setTimeout(() => reader.cancel().catch(() => {}), GRACE);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      decoder.push(value);
    }
  } catch {
    // The answer is complete: what happens to its connection is no one's concern.
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The error with what the stream knows and the decoder does not.
 * @param {unknown} error
 * @param {{ status?: number, requestId?: string, partial: string }} context
 */
function inContext(error, { partial, ...context }) {
  if (!(error instanceof MinaraError)) return error;
  return new MinaraError(error.message, { ...context, partial: partial || undefined, ...error, cause: error.cause });
}

/** @param {string} partial */
function cancelled(partial) {
  const message = "The stream was cancelled before the answer was complete. It may be billed all the same.";
  return new MinaraError(message, { code: "stream_truncated", outcome: "unknown", partial });
}

/** @returns {{ promise: Promise<any>, resolve: (value: unknown) => void, reject: (reason: unknown) => void }} */
function deferred() {
  /** @type {any} */
  const settle = {};
  const promise = new Promise((resolve, reject) => Object.assign(settle, { resolve, reject }));
  // Who awaits it hears of a failure; a stream whose end no one awaits is no unhandled rejection.
  promise.catch(() => {});
  return { promise, ...settle };
}
