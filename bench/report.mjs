// From times to ratios, and from ratios to verdicts.

const SIZES = [16, 256, 1400, 16384, 65536];

/** What has to be reached, by layer and chunk size. Text is that of the language model; events are those of all corpora. */
const FLOORS = {
  "text, push": [2.5, 3, 4, 4.5, 5],
  "events, push": [1.5, 1.3, 1.15, 1.0, 1.05],
  "text, stream": [1.1, 1.4, 2.5, 4, 4],
  "events, stream": [1.0, 1.05, 1.0, 0.9, 0.9],
};
const NATIVE_FLOOR = 2;

/** @typedef {import("./contest/contest.mjs").Cell} Cell */

/** @param {Cell} cell */
function judge({ layer, corpus, size, times }) {
  const { minara, ...peers } = times;
  const [best, time] = Object.entries(peers).sort(([, one], [, other]) => one - other)[0];
  const floor = layer.startsWith("text") && corpus !== "llm" ? undefined : FLOORS[layer][SIZES.indexOf(size)];
  // To two places, as it is shown.
  const ratio = Math.round((time / minara) * 100) / 100;
  return { ratio, best, floor, isMet: floor === undefined ? undefined : ratio >= floor };
}

/** @param {Cell[]} cells */
export function table(cells) {
  const rows = Map.groupBy ? Map.groupBy(cells, rowOf) : group(cells);
  const lines = [["", ...SIZES.map(String), "fastest peer", "wrong"]];
  for (const [row, members] of rows) {
    const verdicts = members.map(judge);
    const marks = verdicts.map(({ ratio, isMet }) => `${ratio.toFixed(2)}${isMet === undefined ? " " : isMet ? "✓" : "✗"}`);
    const peers = [...new Set(verdicts.map(({ best }) => best))].join(", ");
    const wrong = [...new Set(members.flatMap((cell) => Object.keys(cell.wrong)))].join(", ");
    lines.push([row, ...marks, peers, wrong]);
  }
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines.map((line) => line.map((text, column) => text.padEnd(widths[column])).join("  ").trimEnd()).join("\n");
}

const rowOf = (/** @type {Cell} */ { layer, corpus }) => `${layer}, ${corpus}`;

/** @param {Cell[]} cells */
function group(cells) {
  const rows = new Map();
  for (const cell of cells) rows.set(rowOf(cell), [...(rows.get(rowOf(cell)) ?? []), cell]);
  return rows;
}

/** @param {Record<string, any>} row  of a corpus, in MB/s */
function nativeRatio({ corpus: _, "minara, borrowed": borrowed, "minara, text": __, ...peers }) {
  return Math.round((borrowed / Math.max(...Object.values(peers))) * 100) / 100;
}

/**
 * Of each cell, the run in which it came out worst: what is met there is met in all of them.
 * @param {Record<string, any[]>[]} runs
 */
export function worst(runs) {
  const lowest = (part, ratio) =>
    runs[0][part]?.map((_, cell) =>
      runs.map((run) => run[part][cell]).reduce((least, other) => (ratio(other) < ratio(least) ? other : least)),
    );
  const ofCell = (cell) => judge(cell).ratio;
  return { node: lowest("node", ofCell), chromium: lowest("chromium", ofCell), native: lowest("native", nativeRatio) };
}

/** How many floors are met, and which are not. */
export function summarise({ node, chromium, native = [] }) {
  const verdicts = Object.entries({ node, chromium }).flatMap(([runtime, cells]) =>
    cells.map((cell) => ({ ...judge(cell), name: `${runtime}: ${rowOf(cell)}, ${cell.size} B` })),
  );
  for (const row of native) {
    const ratio = nativeRatio(row);
    verdicts.push({ ratio, floor: NATIVE_FLOOR, isMet: ratio >= NATIVE_FLOOR, name: `native: ${row.corpus}` });
  }
  const judged = verdicts.filter(({ isMet }) => isMet !== undefined);
  return {
    met: judged.filter(({ isMet }) => isMet).length,
    missed: judged.filter(({ isMet }) => !isMet).map(({ name, ratio, floor }) => `${name}: ${ratio} of ${floor}`),
  };
}
