// Scripted faults: which requests they meet, what they may say, and how long they last.

const isPosition = (value) =>
  value === "before-headers" || value === "after-headers" || (Number.isInteger(value) && value >= 0);
const isCount = (value) => Number.isInteger(value) && value >= 0;
const isText = (value) => typeof value === "string";
const isFlag = (value) => typeof value === "boolean";
const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isStatus = (value) => Number.isInteger(value) && value >= 200 && value <= 599;

/** Every field of a fault with the check it must pass; README.md explains each. */
export const FIELDS = {
  name: isText,
  match: isRecord,
  times: isCount,
  // Another reply
  status: isStatus,
  headers: isRecord,
  body: () => true,
  bodySize: isCount,
  raw: (value) => isText(value) || isText(value?.base64),
  contentType: isText,
  location: isText,
  echoAuthorization: isFlag,
  charge: isFlag,
  as: (value) => value === "json" || value === "stream",
  content: isText,
  deltas: (value) => Array.isArray(value) && value.every(isText),
  job: isRecord,
  // Time and the connection
  delayMs: isCount,
  pace: isCount,
  stall: isPosition,
  reset: isPosition,
  cut: isPosition,
  end: isPosition,
  midEvent: isFlag,
  heartbeat: (value) => ["comment", "empty-delta", "role-delta"].includes(value),
  heartbeatMs: (value) => Number.isInteger(value) && value > 0,
  // Bytes
  split: (value) => Number.isInteger(value) && value > 0,
  gzip: isFlag,
  // Events of a chat stream
  insert: (value) => Array.isArray(value) && value.every((item) => isRecord(item) && ("raw" in item || "data" in item)),
  malformed: (value) => value === true || isCount(value),
  errorEvent: isRecord,
  finishReason: (value) => value === null || isText(value),
  noDone: isFlag,
  noLastBlankLine: isFlag,
  lineEnding: (value) => ["\n", "\r\n", "\r"].includes(value),
};
const MATCH_FIELDS = { method: isText, path: isText, contains: isText };
/** Fields that answer in place of the API: the work is not done and not charged (unless `charge`). */
const REPLACING = ["status", "body", "bodySize", "raw", "location", "echoAuthorization"];
const ENDINGS = ["stall", "reset", "cut", "end"];

export class FaultScript {
  /** @type {{ fault: object, left: number }[]} */
  #entries = [];

  /** Adds faults behind those already scripted; a mistake in any of them throws and adds none. */
  add(faults) {
    const list = Array.isArray(faults) ? faults : [faults];
    list.forEach(checkFault);
    for (const fault of list) this.#entries.push({ fault, left: fault.times === 0 ? Infinity : (fault.times ?? 1) });
  }

  /** The first fault that meets this request, used up by one. */
  take(record, bodyText) {
    const entry = this.#entries.find(({ fault }) => meets(fault.match ?? {}, record, bodyText));
    if (!entry) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.#entries.splice(this.#entries.indexOf(entry), 1);
    return entry.fault;
  }

  /** What is still to come; `times: 0` is shown for a fault that always applies. */
  get remaining() {
    return this.#entries.map(({ fault, left }) => ({ ...fault, times: left === Infinity ? 0 : left }));
  }

  clear() {
    this.#entries = [];
  }
}

/** Does this fault answer in place of the API? */
export const replacesReply = (fault) => REPLACING.some((name) => fault[name] !== undefined);

/** How and where a fault ends the connection: `{ kind, at }`, or undefined. */
export function endingOf(fault) {
  const kind = ENDINGS.find((name) => fault[name] !== undefined);
  if (!kind) return undefined;
  const at = fault[kind] === "after-headers" ? 0 : fault[kind];
  return { kind, at, midEvent: fault.midEvent === true };
}

function meets({ method, path, contains }, record, bodyText) {
  const actual = record.path.split("?")[0];
  const samePath = path?.endsWith("*") ? actual.startsWith(path.slice(0, -1)) : actual === (path ?? actual);
  return samePath && record.method === (method ?? record.method) && bodyText.includes(contains ?? "");
}

function checkFault(fault) {
  if (!isRecord(fault)) throw new TypeError("a fault must be an object");
  checkFields(fault, FIELDS, "fault");
  checkFields(fault.match ?? {}, MATCH_FIELDS, "fault.match");
  const endings = ENDINGS.filter((name) => fault[name] !== undefined);
  if (endings.length > 1) throw new TypeError(`a fault ends in one way only, not ${endings.join(" and ")}`);
  if (fault.midEvent && typeof fault[endings[0]] !== "number") {
    throw new TypeError("midEvent needs stall, reset, cut or end with a number of events");
  }
}

function checkFields(value, checks, where) {
  for (const [name, field] of Object.entries(value)) {
    if (!Object.hasOwn(checks, name)) {
      throw new TypeError(`${where}.${name} is not known; known are ${Object.keys(checks).join(", ")}`);
    }
    if (field !== undefined && !checks[name](field)) {
      throw new TypeError(`${where}.${name} cannot be ${JSON.stringify(field)}`);
    }
  }
}
