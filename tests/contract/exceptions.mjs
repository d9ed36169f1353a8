// Where our verdict on a request differs from the OpenAPI document's, each with its reason. Written without the client's
// own rules, so that the two check each other.

const CHAT = "/v1/developer/chat";
const SWAP = "/v1/developer/intent-to-swap-tx";
const PERP = "/v1/developer/perp-trading-suggestion";
const PREDICTION = "/v1/developer/prediction-market-ask";

const isText = (value) => typeof value === "string";
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const length = (text) => [...text].length;
const isBlank = (value) => isText(value) && value.trim() === "";
const isLong = (most) => (value) => isText(value) && length(value) > most;
const isNoName = (most) => (value) => isText(value) && (isBlank(value) || length(value) > most);
const KNOWN = {
  [CHAT]: ["mode", "stream", "message", "chatId", "requestId", "background"],
  [SWAP]: ["intent", "walletAddress", "chain"],
  [PERP]: ["symbol", "style", "marginUSD", "leverage", "strategy"],
  [PREDICTION]: ["link", "mode", "only_result", "customPrompt"],
};

/**
 * What the client refuses and the document allows. `meets` sees a request in the API's own spelling.
 * @type {{ name: string, why: string, meets: (path: string, request: any) => boolean }[]}
 */
export const stricter = [
  {
    name: "unknown fields",
    why: "a misspelled optional field would be ignored and the call billed all the same",
    meets: (path, request) =>
      Object.keys(request).some((name) => !KNOWN[path].includes(name)) ||
      (isObject(request.message) && Object.keys(request.message).some((name) => name !== "role" && name !== "content")),
  },
  {
    name: "empty words",
    why: "a call on nothing is billed like any other",
    meets: (path, request) => isBlank(path === CHAT ? request.message?.content : path === SWAP ? request.intent : undefined),
  },
  {
    name: "words over 32,000 characters",
    why: "the Worker takes 64 KB, and no question is as long as that",
    meets: (path, request) => [request.message?.content, request.intent, request.customPrompt].some(isLong(32_000)),
  },
  {
    name: "symbols, chains and strategies of 1 to 64 characters",
    why: "no such name is empty or longer",
    meets: (path, request) => [request.symbol, request.chain, request.strategy].some(isNoName(64)),
  },
  {
    name: "wallet addresses",
    why: "the answer is a transaction for this address: 0x and 40 hexadecimal digits, or nothing can sign it",
    meets: (path, request) => isText(request.walletAddress) && !/^0x[0-9a-f]{40}$/i.test(request.walletAddress.replace(/^0X/, "!")),
  },
  {
    name: "margins above 0",
    why: "no position has a margin of nothing",
    meets: (path, request) => typeof request.marginUSD === "number" && !(request.marginUSD > 0),
  },
  {
    name: "web links",
    why: "the API fetches the page; a user name or a password in it would be sent along",
    meets: (path, request) => isText(request.link) && !isWebLink(request.link),
  },
  {
    name: "chatId",
    why: "newer than the document: 1 to 256 characters",
    meets: (path, request) => path === CHAT && "chatId" in request && (!isText(request.chatId) || isNoName(256)(request.chatId)),
  },
  {
    name: "requestId",
    why: "newer than the document: 128 characters for the API, 96 for us, because the Worker adds the caller's prefix",
    meets: (path, request) =>
      path === CHAT && "requestId" in request && !(isText(request.requestId) && /^(?!\.{1,2}$)[A-Za-z0-9._:-]{1,96}$/.test(request.requestId)),
  },
  {
    name: "background",
    why: "newer than the document: a boolean, and never with a stream, which the API answers with 400",
    meets: (path, request) =>
      path === CHAT && "background" in request && (typeof request.background !== "boolean" || (request.background && request.stream === true)),
  },
];

const WORDS = {
  mode: { 快速: "fast", 专家: "expert", 빠른: "fast" },
  style: {
    剥头皮: "scalping", 스캘핑: "scalping", skalplama: "scalping",
    日内交易: "day-trading", "데이 트레이딩": "day-trading", "gün içi işlem": "day-trading",
    波段交易: "swing-trading", "스윙 트레이딩": "swing-trading", "salınım işlemi": "swing-trading",
  },
};

/**
 * What the client takes and the document does not: it sends something else instead. `read` gives the request as it is
 * then sent, or the request itself.
 * @type {{ name: string, why: string, read: (path: string, request: any) => any }[]}
 */
export const laxer = [
  {
    name: "mode is fast where missing",
    why: "the client's default",
    read: (path, request) => ((path === CHAT || path === PREDICTION) && !("mode" in request) ? { ...request, mode: "fast" } : request),
  },
  {
    name: "stream follows from the method",
    why: "chat() or chatStream() has said it",
    read: (path, request) => (path === CHAT && !("stream" in request) ? { ...request, stream: false } : request),
  },
  {
    name: "message may be a text",
    why: "there is one role only",
    read: (path, request) => (path === CHAT && isText(request.message) ? { ...request, message: { role: "user", content: request.message } } : request),
  },
  {
    name: "translated spellings",
    why: "the translated documentation prints them, in request bodies too",
    read: (path, request) => ({ ...request, ...translated(request, "mode"), ...translated(request, "style") }),
  },
  {
    name: "onlyResult",
    why: "every other name is camel case, so people write this one so",
    read(path, request) {
      if (path !== PREDICTION || !("onlyResult" in request) || "only_result" in request) return request;
      const { onlyResult, ...rest } = request;
      return { ...rest, only_result: onlyResult };
    },
  },
];

function translated(request, field) {
  const word = isText(request[field]) ? WORDS[field][request[field].normalize("NFC")] : undefined;
  return word && { [field]: word };
}

function isWebLink(link) {
  if (!/^https?:\/\/[^/?#]/i.test(link) || /[\s\\]|\p{Cc}/u.test(link) || Buffer.byteLength(link) > 2_048) return false;
  try {
    const { username, password } = new URL(link);
    return username === "" && password === "";
  } catch {
    return false;
  }
}
