import { createHash } from "node:crypto";

/**
 * Numbers that look random and are the same for the same words: equal requests get equal answers.
 *
 * @param {...(string | number)} words
 */
export function seeded(...words) {
  const seed = createHash("sha256").update(JSON.stringify(words)).digest();
  let taken = 0;
  /** @returns {number} 0 ≤ n < 1 */
  const fraction = () => {
    const block = createHash("sha256").update(seed).update(String(taken++)).digest();
    return block.readUIntBE(0, 6) / 2 ** 48;
  };
  return {
    fraction,
    /** @returns {number} low ≤ n < high */
    between: (low, high) => low + (high - low) * fraction(),
    /** @returns {number} a whole number, low ≤ n ≤ high */
    integer: (low, high) => low + Math.floor((high - low + 1) * fraction()),
  };
}
