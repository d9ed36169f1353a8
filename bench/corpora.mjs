// What is read: three streams, the same on every machine and in every run.

const CHAT = { chatId: "chat_abc123", messageId: "msg_def456", object: "chat.completion.chunk" };

/** Mulberry32: a small generator whose sequence depends on its seed alone. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const WORDS =
  "the price of SOL has moved up against ETH while liquidity on Base grows; a stop loss below support keeps risk small and " +
  "the position within its margin , . and volume confirms break out over resistance levels near 142 . 5 %";
const RARE = ["\n", "\n\n", "**", " \u201csafe\u201d", " \u2014", " \u{1F680}", "\u4f60\u597d", "\u2019s", "`", '"', " |", "- "];

function tokens(next, count) {
  const words = WORDS.split(" ");
  const pick = (list) => list[Math.floor(next() * list.length)];
  return Array.from({ length: count }, () => (next() < 0.06 ? pick(RARE) : ` ${pick(words)}`));
}

function chunk(content) {
  return JSON.stringify({ ...CHAT, choices: [{ index: 0, delta: { content }, finish_reason: null }] });
}

/** An answer as a language model writes it: an event for each token. */
function llm(size) {
  const events = tokens(random(1), Math.ceil(size / 165)).map((token) => `data: ${chunk(token)}\n\n`);
  return `${events.join("")}data: [DONE]\n\n`;
}

/** Events of 64 KB. */
function large(size) {
  const next = random(2);
  const events = Array.from({ length: Math.ceil(size / 65536) }, () => {
    let content = "";
    while (content.length < 65_000) content += tokens(next, 500).join("");
    return `data: ${chunk(content)}\n\n`;
  });
  return `${events.join("")}data: [DONE]\n\n`;
}

/** Everything that the format allows: the three line ends, comments, ids, types, many lines, unknown fields. */
function adversarial(total) {
  const next = random(3);
  const pick = (list) => list[Math.floor(next() * list.length)];
  const lines = [
    () => `: ${tokens(next, 4).join("")}`,
    () => `event: ${pick(["price", "delta", "ping"])}`,
    () => `id: ${Math.floor(next() * 1e6)}`,
    () => "data",
    () => "data:",
    () => `unknown: ${tokens(next, 3).join("")}`,
    () => "retry: 1500",
    () => "data:no space",
  ];
  const oneLine = (text) => text.replace(/[\r\n]/g, "");
  const parts = [];
  for (let size = 0; size < total; ) {
    const end = pick(["\n", "\r\n", "\r"]);
    const count = Math.floor(next() * 6);
    const block = Array.from({ length: count }, () => oneLine(pick(lines)()));
    block.push(`data: ${oneLine(tokens(next, 1 + Math.floor(next() * 12)).join(""))}`);
    // Two line ends of different blocks must not join to one CRLF by chance.
    const text = `${block.join(end)}${end}${end}`;
    parts.push(text.endsWith("\r") ? `${text}\n` : text);
    size += text.length;
  }
  return `${parts.join("")}\n`;
}

/**
 * @param {number} [size]  about so many bytes each
 * @returns {Record<"llm" | "large" | "adversarial", Uint8Array>}
 */
export function corpora(size = 1_500_000) {
  const encoder = new TextEncoder();
  return {
    llm: encoder.encode(llm(size)),
    large: encoder.encode(large(size)),
    adversarial: encoder.encode(adversarial(size)),
  };
}

/** @param {Uint8Array} bytes @param {number} size */
export function split(bytes, size) {
  const chunks = [];
  // Copies: what comes from a network does not share one buffer.
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
  return chunks;
}
