// Requests made from the schemas of the OpenAPI document, right and wrong, always the same ones.

/** Mulberry32: small, fast, and good enough to choose from lists. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    chance: (share) => next() < share,
    of: (list) => list[Math.floor(next() * list.length)],
  };
}

/** Values that the schema knows nothing of and people write all the same. */
const TEXTS = ["Analyze SOL.", "스왑 0.1 ETH", "x", "🚀", "a\nb", "", " ", "\u3000\t", "x".repeat(64), "y".repeat(65), "z".repeat(256)];
const LONG = ["p".repeat(32_000), "q".repeat(32_001), "값".repeat(32_001)];
const ODD = [null, true, false, 0, 1, -1, 2.5, "", "text", [], ["x"], {}, { role: "user" }];
const NUMBERS = [1, 40, 10, 2.5, 0.5, 0, -1, 41, 40.001, 0.999, 1e9, 1e21, 1e-9, -0];

/** Per field: what is interesting beyond its type. */
const OF_FIELD = {
  walletAddress: [
    "0x742d35cc6634c0532925a3b844bc9e7595f0beb1", "0x742d35Cc6634C0532925a3b844Bc9e7595f0bEb1",
    "0x742d35cc6634c0532925a3b844bc9e7595f0beb", "742d35cc6634c0532925a3b844bc9e7595f0beb1", "0X742d35cc6634c0532925a3b844bc9e7595f0beb1",
    "0x742d35cc6634c0532925a3b844bc9e7595f0bezz", "vitalik.eth", "",
  ],
  link: [
    "https://polymarket.com/event/fed-decision", "http://polymarket.com/event/x?tid=1#a", "HTTPS://polymarket.com/event/x",
    "https://polymarket.com:8443/event/x", "polymarket.com/event/x", "ftp://polymarket.com/event/x", "https://user:pw@polymarket.com/x",
    "https://", "https:///event/x", "https://a b/", "https://polymarket.com/a b", "javascript:alert(1)",
    "https://polymarket.com/" + "x".repeat(2_040), "",
  ],
  chain: ["base", "ethereum", "bsc", "arbitrum", "optimism", "tomorrow"],
  symbol: ["BTC", "ETH", "SOL", "1000PEPE"],
  strategy: ["max-profit", "careful"],
  mode: ["快速", "专家", "빠른", "\u1108\u1161\u1105\u1173\u11ab", "Fast", "EXPERT", "slow"],
  style: ["剥头皮", "스캘핑", "skalplama", "日内交易", "데이 트레이딩", "gün içi işlem", "gu\u0308n ic\u0327i is\u0327lem", "salınım işlemi", "day trading", "SCALPING"],
  role: ["assistant", "User", "system"],
  chatId: ["chat_abc123", "", "c".repeat(257), 7],
  requestId: ["req-1", "a.b:c_d", "", "..", "a/b", "r".repeat(96), "r".repeat(97), 7],
  background: [true, false, "true", 0],
};

/**
 * @param {any} openapi
 * @param {string} path
 * @param {ReturnType<typeof randomFrom>} random
 */
export function requestFor(openapi, path, random) {
  const { schema } = openapi.paths[path].post.requestBody.content["application/json"];
  if (random.chance(0.02)) return random.of(ODD);
  const request = fromSchema(openapi, schema, random, 0.95);
  const isObject = typeof request === "object" && request !== null && !Array.isArray(request);
  if (isObject && path === "/v1/developer/chat") addNewer(request, random);
  return request;
}

/** Fields that are newer than the document. */
function addNewer(request, random) {
  for (const name of ["chatId", "requestId", "background"]) {
    if (random.chance(0.06)) request[name] = random.of(OF_FIELD[name]);
  }
}

function fromSchema(openapi, schema, random, care, name = "") {
  if (schema.$ref) return fromSchema(openapi, resolve(openapi, schema.$ref), random, care, name);
  if (!random.chance(care)) return random.of(ODD);
  switch (schema.type) {
    case "object":
      return objectFrom(openapi, schema, random, care, name);
    case "boolean":
      return random.chance(0.5);
    case "number":
      return random.chance(0.6) ? random.of(NUMBERS.slice(0, 4)) : random.of(NUMBERS);
    default:
      return textFrom(schema, random, name);
  }
}

function objectFrom(openapi, { properties, required = [] }, random, care, name) {
  // What people paste: the message as a text.
  if (name === "message" && random.chance(0.08)) return random.of(TEXTS);
  const object = {};
  for (const [field, inner] of Object.entries(properties)) {
    if (!random.chance(required.includes(field) ? 0.93 : 0.5)) continue;
    const spelled = field === "only_result" && random.chance(0.3) ? "onlyResult" : field;
    object[spelled] = fromSchema(openapi, inner, random, Math.min(care + 0.07, 0.95), field);
  }
  if (random.chance(0.06)) object[random.of(["temperature", "chat_id", "Mode", "prompt", "x"])] = random.of(ODD);
  return object;
}

function textFrom(schema, random, name) {
  const special = OF_FIELD[name];
  if (schema.enum) return random.chance(0.75) ? random.of(schema.enum) : random.of(special);
  if (special) return random.chance(0.75) ? random.of(special.slice(0, 3)) : random.of([...special, ...TEXTS]);
  return random.chance(0.7) ? random.of(TEXTS.slice(0, 5)) : random.of(random.chance(0.2) ? LONG : TEXTS);
}

function resolve(openapi, reference) {
  return reference.slice(2).split("/").reduce((inner, key) => inner[key], openapi);
}
