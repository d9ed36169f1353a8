// Token amounts: whole numbers of the smallest unit, up to 2^256 − 1, as decimal text. No step goes through a
// float, which would change the last digits of anything above 2^53.

/** A decimal number: `digits` × 10^−`places`. */
export interface Decimal {
  digits: bigint;
  places: number;
}

/** Reads `12`, `-0.03` or `1960.63`; undefined for anything else, exponents included. */
export function parseDecimal(text: unknown): Decimal | undefined {
  const match = typeof text === "string" ? /^([+-]?)(\d{1,100})(?:\.(\d{1,100}))?$/.exec(text.trim()) : null;
  if (!match) return undefined;
  const [, sign, whole = "", fraction = ""] = match;
  const digits = BigInt(whole + fraction);
  return { digits: sign === "-" ? -digits : digits, places: fraction.length };
}

/** Reads an amount in the smallest unit: digits alone, without a sign; undefined for anything else. */
export function wholeNumber(text: unknown): bigint | undefined {
  return typeof text === "string" && /^\d{1,100}$/.test(text) ? BigInt(text) : undefined;
}

/** A token amount in the smallest unit and the token's decimals, both as the API gives them. */
export function tokenAmount(units: unknown, decimals: unknown): Decimal | undefined {
  const digits = wholeNumber(units);
  const places = typeof decimals === "number" ? String(decimals) : decimals;
  if (digits === undefined || typeof places !== "string" || !/^\d{1,2}$/.test(places)) return undefined;
  return { digits, places: Number(places) };
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, places: a.places + b.places };
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  const places = Math.max(a.places, b.places);
  const digitsOf = (value: Decimal) => value.digits * 10n ** BigInt(places - value.places);
  return { digits: digitsOf(a) - digitsOf(b), places };
}

/** As a sort wants it: negative, zero or positive. */
export function compare(a: Decimal, b: Decimal): number {
  const { digits } = subtract(a, b);
  return digits < 0n ? -1 : digits > 0n ? 1 : 0;
}

export function absolute({ digits, places }: Decimal): Decimal {
  return { digits: digits < 0n ? -digits : digits, places };
}

/** Which share of `whole` a part is, in percent with six places; undefined of nothing. */
export function percentOf(part: Decimal, whole: Decimal): Decimal | undefined {
  if (whole.digits === 0n) return undefined;
  const places = 6;
  const scaled = part.digits * 10n ** BigInt(whole.places + places + 2);
  return { digits: scaled / (whole.digits * 10n ** BigInt(part.places)), places };
}

/** All digits, without trailing zeros: `0.1`, `194.058559`. */
export function decimalText({ digits, places }: Decimal): string {
  const sign = digits < 0n ? "-" : "";
  const text = String(digits < 0n ? -digits : digits).padStart(places + 1, "0");
  const whole = text.slice(0, text.length - places);
  const fraction = text.slice(text.length - places).replace(/0+$/, "");
  return fraction === "" ? sign + whole : `${sign}${whole}.${fraction}`;
}

/** All digits, grouped as the language does it: `1,234.000000000000000001`. */
export function formatDecimal(value: Decimal, language: string): string {
  const [whole = "", fraction] = decimalText(value).replace("-", "").split(".");
  const format = new Intl.NumberFormat(language);
  // Intl.NumberFormat groups a bigint exactly; a fraction of any length is beyond the older ones of it.
  const grouped = (value.digits < 0n ? "-" : "") + format.format(BigInt(whole));
  const separator = format.formatToParts(0.5).find(({ type }) => type === "decimal")?.value ?? ".";
  return fraction === undefined ? grouped : grouped + separator + fraction;
}

/** A number that already is in percent. */
export function formatPercent(value: Decimal, language: string, maximumFractionDigits = 20): string {
  return formatRounded(
    new Intl.NumberFormat(language, { style: "unit", unit: "percent", maximumFractionDigits }),
    value,
  );
}

/** US dollars: cents from a dollar on, two significant digits below. */
export function formatUsd(value: Decimal, language: string): string {
  const one = 10n ** BigInt(value.places);
  const isSmall = value.digits < one && value.digits > -one && value.digits !== 0n;
  const precision = isSmall ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 2, minimumFractionDigits: 2 };
  return formatRounded(new Intl.NumberFormat(language, { style: "currency", currency: "USD", ...precision }), value);
}

/** Decimal text is rounded from its own digits (Intl.NumberFormat v3), where a number would be rounded twice. */
function formatRounded(format: Intl.NumberFormat, value: Decimal): string {
  return format.format(decimalText(value) as Intl.StringNumericLiteral);
}
