// What the linker knows of a module's data and writes down when asked to (`--emit-relocs`): where each piece of data
// lies, and who refers to it. The format is that of object files:
// https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md
import { Reader, SECTION, sectionsOf, segmentsOf, withSections } from "./binary.mjs";

/**
 * A piece of data that the linker would not split: a text, a table.
 * @typedef {object} Piece
 * @property {number} start         its address
 * @property {number} end           the address behind it
 * @property {Set<number>} named    the addresses by which it is referred to, most of them its start
 * @property {Piece[]} leadsTo      what its own bytes refer to
 */

const SYMBOL_TABLE = 8;
const KIND = { data: 1, section: 3 };
const FLAG = { undefined: 0x10, explicitName: 0x40 };

/** Types of relocations that hold an address of memory, and those that hold anything else with an addend. */
const MEMORY = new Set([3, 4, 5, 11, 14, 15, 16, 17, 21, 23, 25]);
const OTHER_WITH_ADDEND = new Set([8, 9, 22]);

/**
 * @param {Uint8Array} linked  the linker's output, with relocations
 * @returns {Piece[]}
 */
export function piecesOf(linked) {
  const segments = segmentsOf(linked);
  const symbols = dataSymbols(section(linked, "linking"), segments);
  const pieces = [...symbols.values()];
  for (const { index, addend } of relocations(section(linked, "reloc.CODE"))) {
    const piece = symbols.get(index);
    piece?.named.add(piece.start + addend);
  }
  for (const { index, addend, offset } of relocations(section(linked, "reloc.DATA"))) {
    const piece = symbols.get(index);
    if (!piece) continue;
    piece.named.add(piece.start + addend);
    const address = addressOf(offset, segments);
    const homes = pieces.filter(({ start, end }) => start <= address && address < end);
    if (homes.length === 0) throw new Error(`The linker does not say whose data lies at ${address}.`);
    for (const home of homes) home.leadsTo.push(piece);
  }
  return pieces;
}

/**
 * The module without what only a linker can use; tools that change the code would leave it wrong.
 * @param {Uint8Array} linked
 */
export function withoutRelocations(linked) {
  const kept = sectionsOf(linked).filter(({ name }) => name !== "linking" && !name.startsWith("reloc."));
  return withSections(
    linked,
    kept.map(({ whole }) => whole),
  );
}

/** @param {Uint8Array} linked @param {string} name */
function section(linked, name) {
  const found = sectionsOf(linked).find((section) => section.id === SECTION.custom && section.name === name);
  if (!found) throw new Error(`The linker wrote no section ${name}. It has to be called with --emit-relocs.`);
  return new Reader(found.bytes);
}

/**
 * The pieces by the indices of their symbols.
 * @param {Reader} reader
 * @param {import("./binary.mjs").Segment[]} segments
 */
function dataSymbols(reader, segments) {
  /** @type {Map<number, Piece>} */
  const symbols = new Map();
  reader.u32();
  while (!reader.isAtEnd) {
    const type = reader.byte();
    const length = reader.u32();
    const end = reader.at + length;
    const count = type === SYMBOL_TABLE ? reader.u32() : 0;
    for (let index = 0; index < count; index += 1) {
      const piece = readSymbol(reader, segments);
      if (piece) symbols.set(index, piece);
    }
    reader.at = end;
  }
  return symbols;
}

/**
 * @param {Reader} reader
 * @param {import("./binary.mjs").Segment[]} segments
 * @returns {Piece | undefined}
 */
function readSymbol(reader, segments) {
  const kind = reader.byte();
  const flags = reader.u32();
  const isDefined = (flags & FLAG.undefined) === 0;
  if (kind === KIND.data) {
    reader.name();
    if (!isDefined) return undefined;
    const start = segments[reader.u32()].address + reader.u32();
    return { start, end: start + reader.u32(), named: new Set(), leadsTo: [] };
  }
  reader.u32();
  if (kind !== KIND.section && (isDefined || flags & FLAG.explicitName)) reader.name();
  return undefined;
}

/**
 * Those that hold an address of memory.
 * @param {Reader} reader
 */
function relocations(reader) {
  reader.u32();
  const all = Array.from({ length: reader.u32() }, () => {
    const [type, offset, index] = [reader.byte(), reader.u32(), reader.u32()];
    const isAddress = MEMORY.has(type);
    const addend = isAddress || OTHER_WITH_ADDEND.has(type) ? reader.i32() : 0;
    return { isAddress, offset, index, addend };
  });
  return all.filter(({ isAddress }) => isAddress);
}

/**
 * @param {number} offset  in the data section
 * @param {import("./binary.mjs").Segment[]} segments
 */
function addressOf(offset, segments) {
  const home = segments.find((segment) => segment.offset <= offset && offset < segment.offset + segment.bytes.length);
  if (!home) throw new Error(`A relocation lies outside the data, at ${offset}.`);
  return home.address + offset - home.offset;
}
