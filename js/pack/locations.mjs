// The places of panics: file, line and column of everything that can panic. Only a panic's message reads them, and
// js/pack/trim.mjs has done away with those; but no tool knows that the data is dead, so it is blanked here, and
// wasm-opt leaves blank memory out.

/** Id of a module's data section, and bytes of its header (WebAssembly core specification, §5.5.14, §5.5.16). */
const DATA_SECTION = 11;
const HEADER = 8;
const I32_CONST = 0x41;
const END = 0x0b;

/** A `core::panic::Location` in memory: address and length of the file's name, line, column. */
const LOCATION_BYTES = 16;
const LONGEST_NAME = 200;
const FILE_NAME = /^[\w./-]+\.rs$/;

/**
 * @param {Uint8Array} wasm
 * @returns {{ wasm: Uint8Array, blanked: number }} the number of places
 */
export function blankLocations(wasm) {
  const copy = Uint8Array.from(wasm);
  const segments = segmentsOf(copy);
  const found = segments.flatMap((segment) => locationsIn(segment, segments));
  if (found.length === 0)
    throw new Error("Rust's places of panics have another form. Adapt js/pack/locations.mjs to it.");
  for (const { place, name } of found) {
    place.fill(0);
    name.fill(0);
  }
  return { wasm: copy, blanked: found.length };
}

/** @typedef {{ address: number, bytes: Uint8Array }} Segment */

/**
 * @param {Segment} segment
 * @param {Segment[]} segments
 */
function locationsIn({ bytes }, segments) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = [];
  for (let at = 0; at + LOCATION_BYTES <= bytes.length; at += 4) {
    const word = (/** @type {number} */ index) => view.getUint32(at + 4 * index, true);
    const name = nameAt(word(0), word(1), segments);
    const isPlace = name !== undefined && word(2) > 0 && word(2) < 1e5 && word(3) > 0 && word(3) < 1e3;
    if (isPlace) found.push({ place: bytes.subarray(at, at + LOCATION_BYTES), name });
  }
  return found;
}

/**
 * @param {number} address
 * @param {number} length
 * @param {Segment[]} segments
 */
function nameAt(address, length, segments) {
  if (length > LONGEST_NAME) return undefined;
  const home = segments.find(
    (segment) => address >= segment.address && address + length <= segment.address + segment.bytes.length,
  );
  const name = home?.bytes.subarray(address - home.address, address - home.address + length);
  return name && FILE_NAME.test(Buffer.from(name).toString("latin1")) ? name : undefined;
}

/**
 * The active segments, as views of the module's own bytes.
 * @param {Uint8Array} wasm
 * @returns {Segment[]}
 */
function segmentsOf(wasm) {
  let at = HEADER;
  const byte = () => wasm[at++];
  const leb = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const next = byte();
      value |= (next & 0x7f) << shift;
      if (next < 0x80) return value >>> 0;
    }
  };
  while (at < wasm.length) {
    const id = byte();
    const end = leb() + at;
    if (id !== DATA_SECTION) {
      at = end;
      continue;
    }
    return Array.from({ length: leb() }, () => {
      // Addresses of this size are the same read signed or unsigned.
      if (byte() !== 0 || byte() !== I32_CONST) throw new Error("The module's data is not all at fixed addresses.");
      const address = leb();
      if (byte() !== END) throw new Error("The module's data is not all at fixed addresses.");
      const length = leb();
      at += length;
      return { address, bytes: wasm.subarray(at - length, at) };
    });
  }
  return [];
}
