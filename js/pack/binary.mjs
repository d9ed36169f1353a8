// The parts of a WebAssembly module, read from its bytes (WebAssembly core specification, §5.5).

/** Bytes of the magic number and version. */
const HEADER = 8;

/** Ids of sections. */
export const SECTION = { custom: 0, import: 2, data: 11 };

const I32_CONST = 0x41;
const END = 0x0b;

export class Reader {
  #bytes;

  /** @param {Uint8Array} bytes @param {number} [at] */
  constructor(bytes, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  get isAtEnd() {
    return this.at >= this.#bytes.length;
  }

  byte() {
    return this.#bytes[this.at++];
  }

  /** LEB128 (§5.2.2). */
  u32() {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  /** Signed LEB128. */
  i32() {
    for (let value = 0, shift = 7; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << (shift - 7);
      if (byte < 0x80) return shift < 32 ? (value << (32 - shift)) >> (32 - shift) : value;
    }
  }

  /** @param {number} length */
  bytes(length) {
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  name() {
    return Buffer.from(this.bytes(this.u32())).toString();
  }
}

/**
 * @typedef {object} Section
 * @property {number} id
 * @property {string} name       empty but for custom sections
 * @property {Uint8Array} bytes  its content, behind the name
 * @property {Uint8Array} whole  with everything before the content
 */

/**
 * The sections in their order, as views of the module's own bytes.
 * @param {Uint8Array} wasm
 * @returns {Section[]}
 */
export function sectionsOf(wasm) {
  const reader = new Reader(wasm, HEADER);
  const sections = [];
  while (!reader.isAtEnd) {
    const start = reader.at;
    const id = reader.byte();
    const length = reader.u32();
    const end = reader.at + length;
    const name = id === SECTION.custom ? reader.name() : "";
    sections.push({ id, name, bytes: wasm.subarray(reader.at, end), whole: wasm.subarray(start, end) });
    reader.at = end;
  }
  return sections;
}

/**
 * A module of other sections, with the same header.
 * @param {Uint8Array} wasm
 * @param {Uint8Array[]} sections  each whole
 * @returns {Uint8Array}
 */
export function withSections(wasm, sections) {
  return Buffer.concat([wasm.subarray(0, HEADER), ...sections]);
}

/**
 * @typedef {object} Segment
 * @property {number} address  in memory
 * @property {number} offset   in the data section
 * @property {Uint8Array} bytes
 */

/**
 * The data with which the memory begins, as views of the module's own bytes.
 * @param {Uint8Array} wasm
 * @returns {Segment[]}
 */
export function segmentsOf(wasm) {
  const section = sectionsOf(wasm).find(({ id }) => id === SECTION.data);
  if (!section) return [];
  const reader = new Reader(section.bytes);
  return Array.from({ length: reader.u32() }, () => {
    const isActive = reader.byte() === 0 && reader.byte() === I32_CONST;
    const address = reader.i32();
    if (!isActive || reader.byte() !== END) throw new Error("The module's data is not all at fixed addresses.");
    const length = reader.u32();
    return { address, offset: reader.at, bytes: reader.bytes(length) };
  });
}
