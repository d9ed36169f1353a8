// Bytes and text across the boundary: chunks are written into the module's memory by address, text is read from it.

/** @import { Instance } from "./instance.js" */

/** @typedef {((this: Uint8Array, start: number, end: number) => string) | undefined} Slice */

/**
 * Node's own ways from bytes to a string: they copy, ten to twenty times as fast as its TextDecoder decodes.
 * @type {{ latin1Slice: Slice, ucs2Slice: Slice }}
 */
const { latin1Slice, ucs2Slice } = /** @type {any} */ (globalThis).Buffer?.prototype ?? {};

/** Whether text that is not ASCII is best handed over as UTF-16. */
const TAKES_UTF16 = ucs2Slice !== undefined;

/** A larger chunk is pushed in pieces. */
export const MAX_INPUT_BYTES = 64 * 1024;

/** Up to so many characters are put together one by one: a decoder's call costs more than they do. */
const SHORT = latin1Slice ? 12 : 64;

/** Up to so many bytes are copied one by one, for the same reason. */
const COPIED_BY_HAND = 32;

/** @type {TextDecoder | undefined} made when it is needed, so that the package can be imported where there is none */
let decoder;
/** @param {Uint8Array} bytes */
const decode = (bytes) => (decoder ??= new TextDecoder("utf-8", { ignoreBOM: true })).decode(bytes);
const { fromCharCode } = String;

/**
 * Whether it holds bytes: those of another realm are no instance of this one's class.
 * @param {any} chunk
 * @returns {chunk is Uint8Array}
 */
export const isBytes = (chunk) => ArrayBuffer.isView(chunk) && /** @type {any} */ (chunk).BYTES_PER_ELEMENT === 1;

/** @type {WeakMap<Instance, ModuleMemory>} */
const known = new WeakMap();

/**
 * The memory of that instance.
 * @param {Instance} instance
 */
export function memoryOf(instance) {
  let memory = known.get(instance);
  if (!memory) {
    memory = new ModuleMemory(instance.memory, instance.bindings.setUpBuffers(TAKES_UTF16));
    known.set(instance, memory);
  }
  return memory;
}

/**
 * The memory of one instance, with the buffers that its stream readers share. Its views are renewed when it has grown,
 * which detaches them.
 */
class ModuleMemory {
  /** @type {WebAssembly.Memory} */
  #memory;
  /** @type {Uint8Array} */
  #bytes;
  /** @type {Uint32Array} */
  #words;
  #input;

  /**
   * @param {WebAssembly.Memory} memory
   * @param {number} header  where the buffers' addresses and lengths stand
   */
  constructor(memory, header) {
    this.#memory = memory;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#words = new Uint32Array(memory.buffer);
    /** Index in `words` of the buffers' header. */
    this.header = header >>> 2;
    this.#input = this.#words[this.header];
  }

  get bytes() {
    return this.#bytes.length > 0 ? this.#bytes : this.#renew().#bytes;
  }

  get words() {
    return this.#words.length > 0 ? this.#words : this.#renew().#words;
  }

  #renew() {
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#words = new Uint32Array(this.#memory.buffer);
    return this;
  }

  /**
   * Writes a chunk into the input.
   * @param {Uint8Array} chunk
   */
  write(chunk) {
    const { bytes } = this;
    const { length } = chunk;
    const address = this.#input;
    if (length > COPIED_BY_HAND) bytes.set(chunk, address);
    else for (let at = 0; at < length; at++) bytes[address + at] = chunk[at];
  }

  /**
   * @param {number} address
   * @param {number} length
   */
  ascii(address, length) {
    const { bytes } = this;
    const end = address + length;
    if (length <= SHORT) return short(bytes, address, end);
    return latin1Slice ? latin1Slice.call(bytes, address, end) : decode(bytes.subarray(address, end));
  }

  /**
   * Text that is not ASCII: UTF-16 where that is taken, else UTF-8.
   * @param {number} address
   * @param {number} length  in code units of 16 or 8 bits
   */
  other(address, length) {
    return ucs2Slice ? this.utf16(address, length) : this.utf8(address, length);
  }

  /**
   * @param {number} address
   * @param {number} length  in code units
   */
  utf16(address, length) {
    return /** @type {NonNullable<Slice>} */ (ucs2Slice).call(this.bytes, address, address + 2 * length);
  }

  /**
   * @param {number} address
   * @param {number} length
   */
  utf8(address, length) {
    return decode(this.bytes.subarray(address, address + length));
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {number} end
 */
function short(bytes, start, end) {
  let text = "";
  let at = start;
  for (; at + 8 <= end; at += 8) {
    // By eight: half the time of by four.
    text += fromCharCode(
      bytes[at],
      bytes[at + 1],
      bytes[at + 2],
      bytes[at + 3],
      bytes[at + 4],
      bytes[at + 5],
      bytes[at + 6],
      bytes[at + 7],
    );
  }
  for (; at + 4 <= end; at += 4) text += fromCharCode(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
  for (; at < end; at++) text += fromCharCode(bytes[at]);
  return text;
}
