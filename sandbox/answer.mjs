// Writes the chat's answers: a topic and a language from the question, numbers from the symbol.
import en from "./answers/en.mjs";
import ko from "./answers/ko.mjs";
import tr from "./answers/tr.mjs";
import zh from "./answers/zh.mjs";
import { COIN_SYMBOLS, priceOf } from "./markets.mjs";
import { seeded } from "./seeded.mjs";

const LANGUAGES = { en, ko, zh, tr };
const TURKISH = /[ğışĞİŞ]|\b(ve|bir|için|nasıl|nedir|fiyat|analiz|hareketi|son|nerede|merhaba)\b/iu;
const TOPICS = [
  ["code", /\b(code|javascript|typescript|rust|sdk|api|fetch|curl|example)\b|코드|예제|代码|示例|\bkod|örnek/iu],
  ["swap", /\b(swap|bridge|exchange|convert|slippage|approv)|스왑|교환|승인|兑换|交换|授权|takas|çevir|onay/iu],
  ["prediction", /\b(predict|polymarket|odds|probabilit|election)|예측|확률|预测|概率|tahmin|olasılık/iu],
  ["perp", /\b(perp|leverage|long|short|liquidat|futures|margin)|레버리지|선물|청산|杠杆|合约|清算|永续|kaldıraç|vadeli|likidasyon/iu],
  ["price", /\b(price|chart|analy[sz]|trend|market|support|resistance)|가격|시세|분석|차트|价格|走势|分析|行情|fiyat|grafik/iu],
];

/**
 * @param {{ question: string, mode: "fast" | "expert", earlier: string[] }} input earlier questions of the chat
 * @returns {{ deltas: string[], usage: { inputTokens: number } }}
 */
export function compose({ question, mode, earlier }) {
  const language = LANGUAGES[languageOf(question)];
  const symbol = symbolIn(question) ?? symbolIn(earlier.at(-1) ?? "");
  const topic = topicOf(question, symbol);
  const parts = [language.banner];
  if (earlier.length > 0) parts.push(language.earlier(quote(earlier.at(-1))));
  parts.push(language[topic](market(symbol ?? "BTC", language.locale), mode === "expert"));
  const inputTokens = [...earlier, question].reduce((sum, text) => sum + split(text).length, 0);
  return { deltas: split(parts.join("\n\n")), usage: { inputTokens } };
}

/** The language whose script or words the question shows; English where none does. */
export function languageOf(text) {
  if (/\p{Script=Hangul}/u.test(text)) return "ko";
  if (/\p{Script=Han}/u.test(text)) return "zh";
  return TURKISH.test(text) ? "tr" : "en";
}

function topicOf(question, symbol) {
  const [topic] = TOPICS.find(([, words]) => words.test(question)) ?? [];
  return topic ?? (symbol ? "price" : "general");
}

/** Not `\b`: Turkish and Korean put endings right behind a ticker. */
function symbolIn(text) {
  const words = text.match(/(?<![A-Za-z])[A-Z]{2,5}(?![A-Za-z])/gu) ?? [];
  return words.find((word) => COIN_SYMBOLS.includes(word));
}

const quote = (text) => (text.length > 80 ? `${text.slice(0, 80)}…` : text).replaceAll(/\s+/gu, " ");

/** Example figures of a market, always the same for a symbol, written for a locale. */
function market(symbol, locale) {
  const random = seeded("market", symbol);
  const price = priceOf(symbol);
  const digits = price >= 100 ? 2 : price >= 1 ? 3 : 6;
  const usd = (value) =>
    value.toLocaleString(locale, { style: "currency", currency: "USD", minimumFractionDigits: digits, maximumFractionDigits: digits });
  const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toLocaleString(locale, { maximumFractionDigits: 1 })} %`;
  const change = { day: random.between(-6, 6), week: random.between(-14, 14), month: random.between(-25, 30) };
  return {
    symbol,
    price: usd(price),
    support: usd(price * random.between(0.9, 0.96)),
    resistance: usd(price * random.between(1.04, 1.11)),
    day: signed(change.day),
    week: signed(change.week),
    month: signed(change.month),
    rises: change.week > 0,
    rsi: random.integer(31, 69),
  };
}

/** Deltas as a model gives them: a few letters with the space before them. They join to the text. */
export function split(text) {
  return text.match(/\s*(?:[\p{Script=Han}\p{Script=Hangul}]{1,3}|[^\s\p{Script=Han}\p{Script=Hangul}]{1,6})|\s+$/gu) ?? [];
}
