// POST /v1/developer/prediction-market-ask
import { percentDecoded } from "./percent.mjs";
import { Refused } from "./replies.mjs";
import { seeded } from "./seeded.mjs";

/**
 * What kind of event a link's words point to. In an exclusive event exactly one outcome comes
 * true, so that the probabilities add up to 1; in a ladder each step includes the ones before.
 */
const EVENTS = [
  {
    words: /\b(fed|rate|rates|fomc|ecb)\b/,
    kind: "exclusive",
    outcomes: ["No change", "25 bps cut", "50+ bps cut", "25+ bps hike"],
  },
  {
    words: /\b(bitcoin|btc)\b/,
    kind: "ladder",
    outcomes: ["Above $150,000", "Above $120,000", "Above $100,000", "Above $80,000"],
  },
  {
    words: /\b(ethereum|eth|solana|sol|price)\b/,
    kind: "ladder",
    outcomes: ["Above twice today's price", "Above the yearly high", "Above today's price"],
  },
  {
    words: /\b(election|president|presidential|nominee|senate|mayor)\b/,
    kind: "exclusive",
    outcomes: ["Candidate A", "Candidate B", "Candidate C", "Another candidate"],
  },
  {
    words: /\b(champion|champions|winner|cup|league|nba|nfl|final|finals|win)\b/,
    kind: "exclusive",
    outcomes: ["Home side", "Title holder", "Challenger", "Outsider", "The field"],
  },
];
const BY_DATE = {
  kind: "ladder",
  outcomes: ["By the end of this month", "By the end of this quarter", "By the end of this year"],
};

export function predictMarket({ link, mode, only_result = false, customPrompt }) {
  const slug = slugOf(link);
  const words = slug.replace(/[-_]+/g, " ").trim();
  const event = EVENTS.find((each) => each.words.test(words.toLowerCase())) ?? BY_DATE;
  const shares = event.kind === "exclusive" ? exclusive(slug, event.outcomes.length) : ladder(slug, event.outcomes.length);
  const predictions = event.outcomes.map((outcome, index) => ({
    outcome: `${outcome} (sandbox)`,
    yesProb: shares[index] / 10_000,
    noProb: (10_000 - shares[index]) / 10_000,
  }));
  const reasoning = only_result ? "" : reason(words, event, predictions, mode, customPrompt);
  return { predictions, reasoning, note: "Sandbox: example data, not a forecast." };
}

function slugOf(link) {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol)) throw new Refused("link must be an http or https URL");
  const parts = url.pathname.split("/").filter(Boolean);
  const at = parts.indexOf("event");
  const slug = at >= 0 ? parts[at + 1] : parts.at(-1);
  if (!slug) throw new Refused("link must name an event, for example https://polymarket.com/event/<slug>");
  return percentDecoded(slug);
}

/** Shares of 10,000 that add up to it, largest first: whole numbers, so that 1 − yes is exact. */
function exclusive(slug, count) {
  const random = seeded("exclusive", slug);
  const weights = Array.from({ length: count }, () => random.between(0.1, 1) ** 3).sort((a, b) => b - a);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const rest = weights.slice(1).map((weight) => Math.round((weight / total) * 10_000));
  return [10_000 - rest.reduce((sum, share) => sum + share, 0), ...rest];
}

/** Shares of 10,000 that rise from step to step. */
function ladder(slug, count) {
  const random = seeded("ladder", slug);
  return Array.from({ length: count }, () => random.integer(300, 9700)).sort((a, b) => a - b);
}

const percent = (probability) => `${(probability * 100).toFixed(2)} %`;

function reason(words, { kind }, predictions, mode, customPrompt) {
  const { outcome, yesProb } = predictions.reduce((best, each) => (each.yesProb > best.yesProb ? each : best));
  const parts = [
    "**Sandbox answer – example data, not a forecast.** " +
      `For “${words}” the likeliest outcome is **${outcome}** at ${percent(yesProb)}.`,
    kind === "exclusive"
      ? "Only one of the outcomes can come true, so their probabilities add up to 100 %."
      : "Each outcome includes the narrower ones before it, so the probabilities rise and do not add up to 100 %.",
  ];
  if (customPrompt) {
    parts.push(`You asked to weigh this: “${customPrompt.slice(0, 500)}”. A live answer would be guided by it.`);
  }
  if (mode === "expert") parts.push(comparison(predictions), CHANGES);
  return parts.join("\n\n");
}

function comparison(predictions) {
  const rows = predictions.map(({ outcome, yesProb, noProb }) => `| ${outcome} | ${percent(yesProb)} | ${percent(noProb)} |`);
  return ["### How the numbers compare\n", "| Outcome | Yes | No |", "| --- | ---: | ---: |", ...rows].join("\n");
}

const CHANGES = `### What would change it

- **Base rate:** how often events of this kind came true before.
- **News:** an announcement moves the price at once; a rumour fades within days.
- **Liquidity:** in a thin book the price says less than the number suggests.`;
