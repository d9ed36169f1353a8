// A module of 50 KB to compare ours with: plain code, made here so that everyone has the same one.

/** Its size in bytes. */
const SIZE = 50 * 1024;

/** One function: `(param i32) (result i32)`, which mixes its argument eighty times. */
const MIXES = 80;

/** @returns {Uint8Array<ArrayBuffer>} */
export function referenceModule() {
  const body = functionBody();
  const perFunction = body.length + 1;
  const count = Math.floor((SIZE - 64) / perFunction);
  const types = section(1, [1, 0x60, 1, 0x7f, 1, 0x7f]);
  const functions = section(3, [...u32(count), ...new Array(count).fill(0)]);
  const exports = section(7, [1, 3, ...Buffer.from("run"), 0, 0]);
  const code = section(10, [...u32(count), ...Array.from({ length: count }, () => body).flat()]);
  return Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...types, ...functions, ...exports, ...code]);
}

/** @returns {number[]} with its length before it */
function functionBody() {
  // local.get 0; i32.const n; i32.mul; i32.const n; i32.xor; local.set 0
  const mix = Array.from({ length: MIXES }, (_, index) => [
    0x20,
    0,
    0x41,
    ...s32(index + 3),
    0x6c,
    0x41,
    ...s32(index),
    0x73,
    0x21,
    0,
  ]);
  const code = [0, ...mix.flat(), 0x20, 0, 0x0b];
  return [...u32(code.length), ...code];
}

/** @param {number} id @param {number[]} bytes */
const section = (id, bytes) => [id, ...u32(bytes.length), ...bytes];

/** @param {number} value @returns {number[]} unsigned LEB128 */
const u32 = (value) => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...u32(value >>> 7)]);

/** @param {number} value @returns {number[]} signed LEB128 of a number that is not negative */
const s32 = (value) => (value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...s32(value >>> 7)]);
