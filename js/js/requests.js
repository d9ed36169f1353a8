// Builders of requests. A request is never changed: each step gives a new one, so a common start can be shared.
// They hold plain objects and need no WebAssembly; the rules are checked where the request is sent.

/** @import { Chain, ChatInput, Mode, PerpInput, PredictionInput, Style, SwapInput } from "./index.js" */
/** @import { TranslatedMode, TranslatedStyle } from "./index.js" */

/** @template {object} Fields */
class Builder {
  /** @type {Fields} */
  #fields;

  /** @param {Fields} fields */
  constructor(fields) {
    this.#fields = fields;
  }

  /**
   * @template {Builder<object>} Self
   * @template {object} Fields
   * @param {Self & Builder<Fields>} request
   * @param {Partial<Fields>} more
   * @returns {Self}
   */
  static with(request, more) {
    const next = new Builder({ ...request.#fields, ...more });
    return /** @type {never} */ (Object.setPrototypeOf(next, Object.getPrototypeOf(request)));
  }

  toJSON() {
    return { ...this.#fields };
  }
}

/** @extends {Builder<ChatInput>} */
export class ChatRequest extends Builder {
  /** @param {string} message */
  static ask(message) {
    return chatRequest({ message });
  }

  /** @param {Mode | TranslatedMode} mode */
  mode(mode) {
    return Builder.with(this, { mode });
  }

  expert() {
    return this.mode("expert");
  }

  /** @param {string} chatId */
  continue(chatId) {
    return Builder.with(this, { chatId });
  }

  /** @param {string} requestId */
  requestId(requestId) {
    return Builder.with(this, { requestId });
  }
}

/**
 * Outside of the class: where one names itself, the bundler calls it otherwise, and so does every console.
 * @param {ChatInput} fields
 */
function chatRequest(fields) {
  return new ChatRequest(fields);
}

/** @extends {Builder<SwapInput>} */
export class SwapRequest extends Builder {
  /**
   * @param {string} intent
   * @param {string} walletAddress
   */
  constructor(intent, walletAddress) {
    super({ intent, walletAddress });
  }

  /** @param {Chain} chain */
  on(chain) {
    return Builder.with(this, { chain });
  }
}

/** @extends {Builder<PerpInput>} */
export class PerpRequest extends Builder {
  /** @param {string} symbol */
  constructor(symbol) {
    super({ symbol });
  }

  /** @param {Style | TranslatedStyle} style */
  style(style) {
    return Builder.with(this, { style });
  }

  /** @param {number} marginUSD */
  marginUSD(marginUSD) {
    return Builder.with(this, { marginUSD });
  }

  /** @param {number} leverage */
  leverage(leverage) {
    return Builder.with(this, { leverage });
  }

  /** @param {string} strategy */
  strategy(strategy) {
    return Builder.with(this, { strategy });
  }
}

/** @extends {Builder<PredictionInput>} */
export class PredictionRequest extends Builder {
  /** @param {string} link */
  constructor(link) {
    super({ link });
  }

  /** @param {Mode | TranslatedMode} mode */
  mode(mode) {
    return Builder.with(this, { mode });
  }

  expert() {
    return this.mode("expert");
  }

  onlyResult() {
    return Builder.with(this, { onlyResult: true });
  }

  /** @param {string} customPrompt */
  customPrompt(customPrompt) {
    return Builder.with(this, { customPrompt });
  }
}

/** What is nested without end, as the module says of it. @type {unknown[]} */
const TOO_DEEP = [];
TOO_DEEP[0] = TOO_DEEP;

/**
 * A request as the rules are to see it, and as it is now: plain, for what a getter or a proxy throws while the module reads
 * would leave that halfway, and with it every call under way.
 * A builder may be that of another copy of this package.
 * @param {unknown} request
 */
export function copied(request) {
  try {
    return copy(request, 0);
  } catch (fault) {
    // What cannot be read has no form for JSON, which the check says where the other faults are told.
    return fault === TOO_DEEP ? fault : Symbol();
  }
}

/**
 * @param {any} value
 * @param {number} depth  how far down; the module refuses what is nested deeper
 * @returns {unknown}
 */
function copy(value, depth) {
  const source = typeof value?.toJSON === "function" ? value.toJSON() : value;
  if (source === null || typeof source !== "object") return source;
  if (depth > 16) throw TOO_DEEP;
  if (Array.isArray(source)) {
    // Of holes there can be billions, for which there is neither time nor memory.
    if (Object.keys(source).length < source.length) throw source;
    return source.map((member) => copy(member, depth + 1));
  }
  return plain(source, (member) => copy(member, depth + 1));
}

/**
 * Without the members that are only there as `undefined`, which an optional field of the caller's own often is. `null`
 * stays, for it is a value that someone wrote.
 * @param {object | null | undefined} object
 * @param {(member: unknown) => unknown} [each]
 */
export function plain(object, each = (member) => member) {
  const members = Object.entries(object ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members.map(([name, value]) => [name, each(value)]));
}
