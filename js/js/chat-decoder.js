// From the chunks of a chat stream to its text: one string for each chunk.
import { running } from "./instance.js";
import { MAX_INPUT_BYTES, memoryOf } from "./memory.js";
import { DEFAULT_MAX_EVENT_BYTES } from "./sse-reader.js";

/** @import { MinaraError, Usage } from "./index.js" */

// What `push` says beside the text's length.
const DONE = 1;
const FAILED = 2;
const ASCII = 4;
const UTF16 = 8;

/**
 * Decodes the answer of a streamed chat call. Text that precedes an error in one chunk is returned; the error is then
 * in `failure` at once, and thrown by the next call.
 */
export class ChatDecoder {
  #instance;
  #memory;
  #engine;
  /** Whether the answer is complete. */
  done = false;
  /** @type {MinaraError | undefined} why the stream failed; every further call throws it */
  failure;

  /** @param {{ terminator?: "required" | "optional" | undefined, maxEventBytes?: number }} [options] */
  constructor({ terminator = "required", maxEventBytes = DEFAULT_MAX_EVENT_BYTES } = {}) {
    this.#instance = running("ChatDecoder");
    this.#memory = memoryOf(this.#instance);
    this.#engine = new this.#instance.bindings.ChatEngine(terminator === "required", maxEventBytes);
  }

  /**
   * The text that this chunk adds.
   * @param {Uint8Array} chunk
   */
  push(chunk) {
    if (chunk.length <= MAX_INPUT_BYTES) return this.#pushPiece(chunk);
    let text = "";
    for (let at = 0; at < chunk.length && !this.failure; at += MAX_INPUT_BYTES) {
      try {
        text += this.#pushPiece(chunk.subarray(at, at + MAX_INPUT_BYTES));
      } catch (error) {
        // Of a failure behind text of earlier pieces the next call tells, as within one piece.
        if (text === "") throw error;
        this.failure ??= /** @type {MinaraError} */ (error);
      }
    }
    return text;
  }

  /** @param {Uint8Array} piece */
  #pushPiece(piece) {
    if (this.failure ?? this.#instance.failure) throw this.failure ?? this.#instance.failure;
    const engine = this.#engine;
    this.#memory.write(piece);
    const said = engine.push(piece.length);
    if (said & (DONE | FAILED)) this.#end(said);
    const length = said >>> 4;
    if (length === 0) return "";
    const memory = this.#memory;
    const address = memory.words[memory.header + 7];
    if (said & ASCII) return memory.ascii(address, length);
    return said & UTF16 ? memory.utf16(address, length) : memory.utf8(address, length);
  }

  /** @param {number} said */
  #end(said) {
    this.done = (said & DONE) !== 0;
    if (this.done) return;
    this.failure = this.#engine.failure();
    if (said >>> 4 === 0) throw this.failure;
  }

  /** Ends the input. Throws `stream_truncated` when the answer is not complete. */
  finish() {
    if (this.failure ?? this.#instance.failure) throw this.failure ?? this.#instance.failure;
    const failure = this.#engine.finish();
    if (failure) throw (this.failure = failure);
    this.done = true;
  }

  get chatId() {
    return this.#instance.failure ? undefined : this.#engine.chatId();
  }

  get messageId() {
    return this.#instance.failure ? undefined : this.#engine.messageId();
  }

  get finishReason() {
    return this.#instance.failure ? undefined : this.#engine.finishReason();
  }

  /** @returns {Usage | undefined} */
  get usage() {
    const usage = this.#instance.failure ? undefined : this.#engine.usage();
    return usage === undefined ? undefined : JSON.parse(usage);
  }

  /** Gives its memory back; it must not be used after. Without this the garbage collector does it. */
  free() {
    if (!this.#instance.failure) this.#engine.free();
  }
}
