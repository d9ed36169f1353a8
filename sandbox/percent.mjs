/** Percent-decoded where that is possible; a stray `%` is no reason to fail. */
export function percentDecoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
