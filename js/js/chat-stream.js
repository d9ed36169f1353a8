// An answer as it is written: one request, one reader, and every way to take the text out of it.
import { onAbort } from "./abort.js";
import { described } from "./call-details.js";
import { ChatConnection, dismiss } from "./chat-connection.js";
import { cancelled } from "./chat-errors.js";
import { deferred } from "./deferred.js";
import { misuse } from "./errors.js";
import { readableOf } from "./readable-parts.js";
import { storedAnswer } from "./stored-answer.js";

/** @import { CallResponse, ChatAnswer, ChatPart, ChatStreamAnswer, Usage } from "./index.js" */
/** @import { Reply } from "./call-details.js" */
/** @import { MinaraError } from "./errors.js" */
/** @import { Terms } from "./options.js" */
/** @import { Find } from "./chat-job.js" */

/**
 * What the client lends to a stream.
 * @typedef {object} Calls
 * @property {(terms: Terms) => Promise<Reply>} send
 * @property {() => boolean} isSent  whether the request may have been billed
 * @property {Find} find
 * @property {(error: unknown) => unknown} clean  the error without the key or token
 * @property {string | undefined} requestId  under which the API keeps the answer
 * @property {number} total  longest time for everything, in milliseconds
 */

export class ChatStream {
  #terms;
  #calls;
  /** @type {Promise<Reply> | undefined} the request, once it was sent */
  #reply;
  #sentAt = 0;
  /** Ends whatever is under way: for the caller's signal, and for `cancel`. */
  #stop = new AbortController();
  #stopListening = () => {};
  #isRead = false;
  #hasBegun = false;
  #isReading = false;
  /** @type {Promise<unknown> | undefined} the read under way, for whoever asks again before it is over */
  #reading;
  /** @type {Promise<IteratorResult<ChatPart, undefined>> | undefined} what ended the stream while no one read, for the next read */
  #ahead;
  #isOver = false;
  #text = "";
  /** @type {ChatConnection | undefined} */
  #connection;
  /** @type {ChatAnswer & Pick<ChatStreamAnswer, "finishReason">} what is known of the answer but its text */
  #answer = {};
  #outcome = deferred();
  /** @type {MinaraError | undefined} what is told of a stream that was cancelled */
  #cancellation;

  /**
   * @param {Terms} terms
   * @param {Calls} calls
   */
  constructor(terms, calls) {
    this.#terms = terms;
    this.#calls = calls;
  }

  get requestId() {
    return this.#calls.requestId;
  }

  /** @returns {string | undefined} */
  get chatId() {
    return this.#answer.chatId ?? this.#connection?.decoder.chatId;
  }

  /** @returns {string | undefined} */
  get messageId() {
    return this.#answer.messageId ?? this.#connection?.decoder.messageId;
  }

  /** @returns {string | undefined} */
  get finishReason() {
    return this.#answer.finishReason ?? this.#connection?.decoder.finishReason;
  }

  /** @returns {Usage | undefined} */
  get usage() {
    return this.#answer.usage ?? this.#connection?.decoder.usage;
  }

  /** @returns {AsyncIterableIterator<ChatPart, undefined, undefined>} */
  [Symbol.asyncIterator]() {
    if (this.#isRead) {
      const message = "A chat stream can be read once. Use final() for the whole answer, or toReadableStream().tee().";
      throw misuse(message, { outcome: this.#calls.isSent() ? "unknown" : "not_sent" });
    }
    this.#isRead = true;
    return {
      next: () => this.#next(),
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
  final() {
    return this.#whole((answer) => answer);
  }

  /** @returns {Promise<string>} */
  text() {
    return this.#whole(({ content }) => content);
  }

  /** @param {(answer: ChatStreamAnswer) => any} pick */
  #whole(pick) {
    const read = async () => {
      // Whoever begins to read in the same turn comes first.
      await undefined;
      if (!this.#isRead) for await (const _ of this);
      else {
        // That reader is told of a failure too: where it is handled there, it must not count as unhandled here.
        whole.catch(() => {});
        if (!this.#hasBegun && !this.#isOver) this.#listen();
      }
      return pick(await this.#outcome.promise);
    };
    const whole = read();
    return whole;
  }

  /** @param {unknown} [reason] */
  async cancel(reason) {
    if (this.#isOver) return;
    this.#cancellation = cancelled(this.#text, this.#calls.isSent());
    this.#fail(this.#cancellation);
    // First the abort: a read that waits for the network cannot end before it.
    this.#stop.abort(reason);
    await this.#reading?.catch(() => {});
    this.#disconnect((connection) => connection.abandon());
    if (!this.#hasBegun) this.#reply?.then(dismiss).catch(() => {});
  }

  /**
   * @param {{ type?: "bytes" }} [options]
   * @returns {ReadableStream<any>}
   */
  toReadableStream(options) {
    const cancel = (/** @type {unknown} */ reason) => this.cancel(reason);
    return readableOf(this[Symbol.asyncIterator](), options?.type === "bytes", cancel);
  }

  /** @returns {Promise<CallResponse<ChatStream>>} */
  async withResponse() {
    try {
      return described({ ...(await this.#open()), data: this });
    } catch (error) {
      // Whoever reads may still look for a stored answer, and stops listening after that.
      if (!this.#hasBegun) this.#stopListening();
      // The reason of an abort that no one but this stream knows of.
      throw (error === this.#stop.signal.reason && this.#cancellation) || error;
    }
  }

  #open() {
    this.#reply ??= this.#send();
    return this.#reply;
  }

  async #send() {
    this.#sentAt = performance.now();
    this.#listen();
    const reply = await this.#calls.send({ ...this.#terms, signal: this.#stop.signal });
    // What the caller's signal holds must not outlive the call: one that no one reads ends by its limits, or is here whole.
    if (!reply.scope) this.#stopListening();
    else {
      // Whether the first byte has come only a reader would know.
      if (!this.#hasBegun) reply.scope.received();
      reply.scope.watch((/** @type {boolean} */ isGivenUp) => (isGivenUp ? void this.#giveUp() : undefined));
    }
    return reply;
  }

  /** Ends with the caller's signal. */
  #listen() {
    this.#stopListening();
    this.#stopListening = onAbort(this.#terms.signal, (reason) => {
      this.#stop.abort(reason);
      this.#giveUp();
    });
  }

  /** Where no one reads, the next read would end the stream, which whoever waits for the whole answer may wait for in vain. */
  async #giveUp() {
    this.#stopListening();
    // The module calls this in the middle of its own work, and whoever sends has not got the promise yet.
    await undefined;
    if (this.#isReading || this.#isOver) return;
    this.#ahead = this.#next();
    this.#ahead.catch(() => {});
  }

  /** @returns {Promise<IteratorResult<ChatPart, undefined>>} */
  #next() {
    const again = () => this.#next();
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead) return ahead;
    if (this.#reading) return this.#reading.then(again, again);
    this.#isReading = true;
    const reading = this.#advance();
    // It may be over already, having waited for nothing.
    if (this.#isReading) this.#reading = reading;
    return reading;
  }

  /**
   * Reads up to the next text. By hand and in one function: a generator, or a further function that is awaited, costs
   * as much as the chunk.
   * @returns {Promise<IteratorResult<ChatPart, undefined>>}
   */
  async #advance() {
    try {
      if (!this.#hasBegun && !this.#isOver) {
        const whole = await this.#begin();
        if (whole !== "") return this.#last(whole);
      }
      while (!this.#isOver && this.#connection) {
        const connection = this.#connection;
        if (connection.isComplete) break;
        const text = connection.take(await connection.read());
        if (text !== "" && !this.#isOver) return this.#give(text);
      }
      if (!this.#isOver) this.#end();
      return { value: undefined, done: true };
    } catch (error) {
      return await this.#recover(error);
    } finally {
      this.#isReading = false;
      this.#reading = undefined;
    }
  }

  /** Sends the request. A server that does not stream has given the whole text. */
  async #begin() {
    this.#hasBegun = true;
    const reply = await this.#open();
    if (this.#isOver) {
      dismiss(reply);
      return "";
    }
    if (reply.scope) {
      this.#connection = new ChatConnection(reply, this.#terms, () => void this.#giveUp());
      return "";
    }
    const { signal } = this.#terms;
    // A polyfill may have no `throwIfAborted`.
    if (signal?.aborted) throw signal.reason;
    this.#answer = reply.data;
    return this.#answer.content ?? "";
  }

  /**
   * @param {string} text
   * @returns {IteratorResult<ChatPart, undefined>}
   */
  #give(text) {
    this.#text += text;
    return { value: { text }, done: false };
  }

  /**
   * The last part: the end behind it may never be read.
   * @param {string} text
   */
  #last(text) {
    const part = this.#give(text);
    this.#end();
    return part;
  }

  /**
   * Completes a stream that failed, where that can be done, or ends it with what it failed with.
   * @param {unknown} caught
   * @returns {Promise<IteratorResult<ChatPart, undefined>>}
   */
  async #recover(caught) {
    try {
      const error = this.#disconnect((connection) => connection.fail(caught, this.#text)) ?? caught;
      if (this.#isOver) return { value: undefined, done: true };
      if (this.#stop.signal.aborted) throw this.#stop.signal.reason;
      this.#listen();
      const stream = { text: this.#text, sentAt: this.#sentAt, signal: this.#stop.signal };
      const { answer, rest } = await storedAnswer(error, this.#calls, stream);
      this.#stopListening();
      this.#answer = { ...this.#answer, ...answer };
      if (rest !== "") return this.#last(rest);
      this.#end();
      return { value: undefined, done: true };
    } catch (failure) {
      if (this.#isOver) return { value: undefined, done: true };
      const error = this.#calls.clean(failure);
      this.#fail(error);
      throw error;
    }
  }

  /**
   * Lets go of the connection, if there is one, and of its decoder.
   * @param {(connection: ChatConnection) => unknown} how
   */
  #disconnect(how) {
    const connection = this.#connection;
    if (!connection) return undefined;
    const result = how(connection);
    this.#dismiss(connection);
    return result;
  }

  /**
   * Keeps what the decoder knows, and gives its memory back.
   * @param {ChatConnection} connection
   */
  #dismiss(connection) {
    const { chatId, messageId, finishReason, usage } = this;
    const known = Object.entries({ chatId, messageId, finishReason, usage }).filter(([, value]) => value !== undefined);
    this.#answer = { ...this.#answer, ...Object.fromEntries(known) };
    this.#connection = undefined;
    connection.decoder.free();
  }

  /** @param {unknown} error  anything: it may be what a function of the caller's has thrown */
  #fail(error) {
    this.#isOver = true;
    this.#stopListening();
    this.#outcome.reject(error);
  }

  #end() {
    this.#isOver = true;
    this.#stopListening();
    const connection = this.#connection;
    const drained = connection?.finish().then(() => this.#dismiss(connection)) ?? Promise.resolve();
    this.#outcome.resolve(drained.then(() => ({ ...this.#answer, content: this.#text })));
  }
}
