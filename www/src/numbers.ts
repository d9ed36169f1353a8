// Prices, shares and other plain numbers of an answer, for people. Any of them may be missing.

export function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** A share of 1, or as near to one as the last bit of a number may come. */
export function isShare(value: number): boolean {
  return Math.abs(value - 0.5) <= 0.5 + Number.EPSILON;
}

/** A price, taken for US dollars like the margin: the API names no currency. Small ones keep six significant digits. */
export function formatPrice(value: number, language: string): string {
  const size = Math.abs(value);
  const precision = size >= 1000 ? { maximumFractionDigits: 2 } : { maximumSignificantDigits: 6 };
  return new Intl.NumberFormat(language, {
    style: "currency",
    currency: "USD",
    minimumFractionDigits: 0,
    ...precision,
  }).format(value);
}

/** A share of 1 as percent, with its sign when `signed`. */
export function formatShare(share: number, language: string, signed = false): string {
  const signDisplay = signed ? "exceptZero" : "auto";
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 2, signDisplay }).format(share);
}

export function formatNumber(value: number, language: string, maximumFractionDigits = 2): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits }).format(value);
}
