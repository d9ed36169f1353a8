// Which language the page speaks.
import { en } from "./en.js";
import type { Strings } from "./strings.js";

export type { Strings } from "./strings.js";

const locales: Record<string, Strings> = { en };

/** The first of the visitor's languages that the page has, else English. */
export function chooseLocale(wanted: readonly string[]): Strings {
  for (const tag of wanted) {
    const language = tag.split("-")[0] ?? "";
    const locale = Object.hasOwn(locales, language) ? locales[language] : undefined;
    if (locale) return locale;
  }
  return en;
}
