// One row of the fault table, as a caller of the package meets it. Runs in Node and in a page alike.

/** What an error tells its caller, message and cause apart. */
const TOLD = ["code", "status", "requestId", "retryable", "retryAfter", "outcome", "field", "partial"];

const CALLS = {
  chat: { message: "Is SOL up?" },
  chatStream: { message: "Is SOL up?" },
  chatBackground: { message: "Is SOL up?" },
  intentToSwap: { intent: "swap 0.1 ETH to USDC", walletAddress: "0x742d35cc6634c0532925a3b844bc9e7595f0beb1", chain: "base" },
  perpTradingSuggestion: { symbol: "SOL" },
  predictionMarketAsk: { link: "https://polymarket.com/event/fed-decision" },
};

/** Why the caller of an aborted row gave up: it must come back as it is. */
export const REASON = "the caller gave up";

/**
 * @param {typeof import("./rows.mjs").rows[number]} row
 * @param {{ Minara: any, MinaraError: any, config: object, lost: unknown[] }} world  the package, how to reach the
 *   sandbox, and where the runtime reports rejections that no one handled
 */
export async function runRow(row, { Minara, MinaraError, config, lost }) {
  const random = Math.random;
  // Full jitter may wait nothing at all, and then no row waits for a backoff.
  Math.random = () => 0;
  lost.length = 0;
  const caller = callerOf(row.abort);
  current = caller;
  try {
    const hooks = { onRequest: () => caller.on("request"), onResponse: () => caller.on("response") };
    const minara = new Minara({ ...config, ...hooks, ...worlds[row.world]?.(caller), ...row.client });
    const options = { ...row.options, ...(caller.signal && { signal: caller.signal }) };
    const saw = await seen(() => use(row, minara, options, caller), MinaraError);
    // Rejections that no one handled are reported after the microtasks.
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { ...saw, attempts: caller.attempts, listeners: caller.listeners(), lost: lost.map(String) };
  } finally {
    Math.random = random;
  }
}

/** What callers bring along and the client must bear. */
const worlds = {
  deaf: () => ({ fetch: () => new Promise(() => {}) }),
  empty: () => ({ fetch: async () => "200 OK" }),
  clumsy(caller) {
    const fall = (phase) => () => {
      caller.on(phase);
      throw new Error("a hook that throws");
    };
    return { onRequest: fall("request"), onResponse: fall("response") };
  },
};

let current;
/** The caller of the row under way gives up. */
export const abortRow = () => current.abort();

/** The caller's side: a signal that counts its listeners, and when it is aborted. */
function callerOf(abort) {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type, listener, options) => (listeners.add(listener), add(type, listener, options));
  signal.removeEventListener = (type, listener) => (listeners.delete(listener), remove(type, listener));
  const caller = {
    attempts: 0,
    signal: abort && signal,
    listeners: () => listeners.size,
    abort: () => controller.abort(REASON),
    on(phase) {
      if (phase === "request") caller.attempts += 1;
      // Not within the hook: the call is to be where the phase leaves it.
      if (abort?.at === phase) setTimeout(caller.abort, 20);
    },
  };
  if (abort?.at === "before") controller.abort(REASON);
  return caller;
}

async function seen(task, MinaraError) {
  try {
    return { answer: await task() };
  } catch (thrown) {
    if (!(thrown instanceof MinaraError)) return { thrown };
    const told = TOLD.filter((name) => thrown[name] !== undefined).map((name) => [name, thrown[name]]);
    return { error: Object.fromEntries(told), message: thrown.message, body: thrown.body, everything: everything(thrown) };
  }
}

/** Every text that hangs on an error, for the search for secrets. */
function everything(error) {
  if (!(error instanceof Error)) return String(error);
  const own = Object.getOwnPropertyNames(error).map((name) => (name === "cause" ? everything(error.cause) : String(error[name])));
  return [String(error), JSON.stringify(error), ...own].join("\n");
}

/** Makes the row's call and takes what it gives, in the way that the row says. */
async function use(row, minara, options, caller) {
  const { call = "chatStream", request = CALLS[call], how = "read" } = row;
  if (call === "chatStatus") return minara.chatStatus(row.id, options);
  if (call === "wait") return (await minara.chatBackground(CALLS.chat, options).wait(options)).content;
  const made = minara[call](request, options);
  if (call === "chatBackground") return picked(await made, ["status"]);
  if (call === "chat") return (await made).content;
  if (call !== "chatStream") return Object.keys(await made).sort();
  return read[how](made, caller);
}

const picked = (value, names) => Object.fromEntries(names.map((name) => [name, value[name]]));

const read = {
  /** Reads to the end, and asks for the whole afterwards: both say the same. */
  async read(stream, caller) {
    let text = "";
    try {
      for await (const part of stream) {
        text += part.text;
        caller.on("part");
      }
    } catch (error) {
      const again = await stream.final().catch((failure) => failure);
      if (again !== error) throw new Error(`final() said ${again}, the reader ${error}`);
      if (typeof error?.partial === "string" && error.partial !== text) throw new Error(`partial is not what was read: ${text}`);
      throw error;
    }
    const whole = await stream.final();
    if (whole.content !== text) throw new Error(`final() has ${whole.content}, the reader had ${text}`);
    return text;
  },
  final: async (stream) => (await stream.final()).content,
  text: (stream) => stream.text(),
  /** Leaves the loop at the first part. */
  async break(stream) {
    for await (const part of stream) return part.text;
  },
  async cancel(stream) {
    const parts = stream[Symbol.asyncIterator]();
    const { value } = await parts.next();
    await stream.cancel();
    return [value.text, await parts.next()];
  },
  async readable(stream) {
    const reader = stream.toReadableStream().getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return value.text;
  },
  async tee(stream) {
    const texts = stream.toReadableStream().tee().map(async (branch) => {
      let text = "";
      for (const reader = branch.getReader(); ; ) {
        const { done, value } = await reader.read();
        if (done) return text;
        text += value.text;
      }
    });
    return Promise.all(texts);
  },
  /** Two readers of one stream: the second is refused. */
  async twice(stream) {
    await stream.text();
    for await (const part of stream) return part;
  },
  /** Nothing is read, so nothing is sent. */
  never: async () => "not read",
  async forget(stream) {
    return (await stream.withResponse()).status;
  },
  /** The answer's head is asked for, its text never. */
  async head(stream, caller) {
    const { status } = await stream.withResponse();
    caller.on("head");
    await stream.cancel();
    return status;
  },
};

/** So many streams at once; the texts, without repetition. */
export async function runMany(count, { Minara, config }) {
  const minara = new Minara(config);
  const texts = await Promise.all(Array.from({ length: count }, () => minara.chatStream(CALLS.chat).text()));
  return { read: texts.length, texts: [...new Set(texts)] };
}
