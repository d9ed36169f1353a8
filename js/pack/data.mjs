// Data that nothing reads: the messages of panics and their places, tables for printing floats and odd characters.
// What read them is gone (js/pack/trim.mjs), but no tool drops the data of a module that is linked. It is blanked here,
// and wasm-opt leaves blank memory out.
import binaryen from "binaryen";

import { segmentsOf } from "./binary.mjs";
import { piecesOf } from "./linked.mjs";

/** @typedef {import("./linked.mjs").Piece} Piece */

/**
 * @param {{ wasm: Uint8Array, linked: Uint8Array }} module  as it is to be published but for its data, and as it was linked
 * @returns {{ wasm: Uint8Array, blanked: number }} the number of bytes
 */
export function blankDeadData({ wasm, linked }) {
  const pieces = piecesOf(linked);
  const isKnown = spots(pieces);
  const isLive = spots([...reachable(pieces, constantsOf(wasm))]);
  const copy = Uint8Array.from(wasm);
  let blanked = 0;
  for (const { address, bytes } of segmentsOf(copy)) {
    for (let index = 0; index < bytes.length; index += 1) {
      if (!isKnown.has(address + index) || isLive.has(address + index)) continue;
      bytes[index] = 0;
      blanked += 1;
    }
  }
  return { wasm: copy, blanked };
}

/**
 * A piece is live if the code holds an address in it or around it as far as the linker knew addresses of it, or if a live
 * piece leads to it. Addresses around it are known where a table is indexed by what does not begin with 0: it is then named
 * by one before its start.
 * @param {Piece[]} pieces
 * @param {number[]} constants  of the code
 */
function reachable(pieces, constants) {
  const isNamed = (/** @type {Piece} */ { start, end, named }) => {
    const [first, last] = [Math.min(start, ...named), Math.max(end - 1, ...named)];
    return constants.some((value) => first <= value && value <= last);
  };
  const live = new Set(pieces.filter(isNamed));
  // What is added to a set while it is gone through is gone through too.
  for (const piece of live) for (const next of piece.leadsTo) live.add(next);
  return live;
}

/** Every number in the code that may be an address, also the two halves of 64 bits and the lanes of a vector. */
function constantsOf(/** @type {Uint8Array} */ wasm) {
  const module = binaryen.readBinary(wasm);
  // A segment's address is no use of it.
  const code = module.emitText().replaceAll(/^ *\(data .*$/gm, "");
  const found = [];
  for (const [, number] of code.matchAll(/(?:i32\.const |offset=)(-?\d+)/g)) found.push(Number(number));
  for (const [, lane] of code.matchAll(/\b0x([0-9a-f]{8})\b/g)) found.push(Number.parseInt(lane, 16));
  for (const [, number] of code.matchAll(/i64\.const (-?\d+)/g)) {
    const bits = BigInt.asUintN(64, BigInt(number));
    found.push(Number(bits & 0xffffffffn), Number(bits >> 32n));
  }
  module.dispose();
  return [...new Set(found)];
}

/** @param {Piece[]} pieces */
function spots(pieces) {
  return new Set(pieces.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, index) => start + index)));
}
