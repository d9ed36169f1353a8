// Every layer, corpus and chunk size, in this runtime. Runs in Node and, bundled, in Chromium.
import { corpora, split } from "../corpora.mjs";
import { measure } from "./measure.mjs";
import { init } from "./minara.mjs";
import { normal, pushEvents, pushText, streamEvents, streamText } from "./peers.mjs";

export const SIZES = [16, 256, 1400, 16384, 65536];
const ROUNDS = 13;
/** Of the smallest chunks, of which there would be a hundred thousand, a fifth will do. */
const FEWER = 300_000;

/**
 * @typedef {object} Cell
 * @property {string} layer
 * @property {string} corpus
 * @property {number} size
 * @property {Record<string, number>} times  medians in milliseconds of those that read it right
 * @property {Record<string, string>} wrong   the others, and how
 */

const LAYERS = {
  "text, push": { readers: pushText, corpora: ["llm", "large"], isText: true, isStream: false },
  "events, push": { readers: pushEvents, corpora: ["llm", "large", "adversarial"], isText: false, isStream: false },
  "text, stream": { readers: streamText, corpora: ["llm", "large"], isText: true, isStream: true },
  "events, stream": { readers: streamEvents, corpora: ["llm", "large", "adversarial"], isText: false, isStream: true },
};

/**
 * @param {{ only?: string, sizes?: number[], rounds?: number, onCell: (cell: Cell) => void }} options
 */
export async function contest({ only, sizes = SIZES, rounds = ROUNDS, onCell }) {
  await init();
  const whole = corpora();
  const fewer = corpora(FEWER);
  for (const [layer, how] of Object.entries(LAYERS)) {
    for (const corpus of how.corpora) {
      if (only && !`${layer} ${corpus}`.includes(only)) continue;
      for (const size of sizes) {
        const bytes = (size < 256 ? fewer : whole)[corpus];
        const expected = reference(bytes, how.isText);
        const chunks = split(bytes, size);
        const { right, wrong } = await sift(how, chunks, expected);
        const times = await measure(right, rounds);
        onCell({ layer, corpus, size, times, wrong });
      }
    }
  }
}

/** Lets through those whose output is right, ready to run. */
async function sift({ readers, isText, isStream }, chunks, expected) {
  const right = {};
  const wrong = {};
  for (const [name, read] of Object.entries(readers)) {
    const input = () => (isStream ? streamOf(chunks) : chunks);
    const fault = await check(read, input(), isText, expected);
    if (fault) wrong[name] = fault;
    else right[name] = () => read(input(), ignore);
  }
  return { right, wrong };
}

async function check(read, input, isText, expected) {
  const output = [];
  const take = isText ? (text) => output.push(text) : (type, data) => output.push(...normal(type, data));
  try {
    await read(input, take);
  } catch (error) {
    return `throws ${error.message}`;
  }
  const text = output.join(isText ? "" : "\0");
  return text === expected ? undefined : `output differs (${text.length} for ${expected.length} characters)`;
}

let sum = 0;
/**
 * What a reader hands out is looked into: else an engine that joins strings lazily would put off the work for good,
 * which whoever uses the text then pays for.
 */
function ignore(type, data = type) {
  sum += data.charCodeAt(data.length >> 1) || 1;
}

/** A stream whose chunks are there when they are asked for, as from a fast network. */
function streamOf(chunks) {
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      if (next === chunks.length) controller.close();
      else controller.enqueue(chunks[next++]);
    },
  });
}

/** What the stream says, by the standard's own steps on the whole text. */
function reference(bytes, isText) {
  const output = [];
  let data = [];
  let type = "";
  for (const line of new TextDecoder().decode(bytes).split(/\r\n|\r|\n/)) {
    if (line === "") {
      if (data.length > 0) output.push(...normal(type, data.join("\n")));
      data = [];
      type = "";
      continue;
    }
    const [field] = line.split(":", 1);
    const value = line.slice(field.length + 1).replace(/^ /, "");
    if (field === "data") data.push(value);
    if (field === "event") type = value;
  }
  if (!isText) return output.join("\0");
  const payloads = output.filter((_, at) => at % 2 === 1 && output[at] !== "[DONE]");
  return payloads.map((payload) => JSON.parse(payload).choices[0].delta.content).join("");
}
