// Chat jobs: one per `requestId`, so that the same question is never charged twice.
import { createHash, randomBytes } from "node:crypto";

/** A finished job can be fetched for a day. */
const KEPT_MS = 24 * 60 * 60 * 1000;
/** Beyond this the oldest are forgotten altogether. */
const KEPT_JOBS = 5000;

export const newId = (prefix) => `${prefix}_${randomBytes(12).toString("hex")}`;

export class Jobs {
  #byId = new Map();
  #byRequestId = new Map();
  #now;
  #schedule;

  /** @param {{ now: () => number, queueMs: number, runMs: number }} options how long a background job waits and runs */
  constructor({ now, queueMs, runMs }) {
    this.#now = now;
    this.#schedule = { queueMs, runMs };
  }

  /** @param {"sync" | "stream" | "background"} executionMode */
  create({ body, executionMode, answer, fate }) {
    const job = {
      id: newId(executionMode === "background" ? "bg" : "req"),
      requestId: body.requestId ?? newId("request"),
      chatId: answer.chatId,
      executionMode,
      answer,
      fate,
      fingerprint: fingerprint(body),
      createdAt: this.#now(),
      finishedAt: undefined,
    };
    this.#byId.set(job.id, job);
    this.#byRequestId.set(job.requestId, job);
    this.#forgetOldest();
    return job;
  }

  /** Ends a sync or stream job; a background job ends by the clock. */
  finish(job) {
    job.finishedAt = this.#now();
  }

  byRequestId(requestId) {
    return this.#byRequestId.get(requestId);
  }

  /** By either of its ids, unless its day is over. */
  find(id) {
    const job = this.#byId.get(id) ?? this.#byRequestId.get(id);
    return job && !this.expired(job) ? job : undefined;
  }

  expired(job) {
    return this.#now() >= job.createdAt + KEPT_MS;
  }

  /** The job as the status endpoint shows it; `overlay` is what a fault says instead. */
  view(job, overlay = {}) {
    const times = this.#times(job);
    const fate = { ...job.fate, ...overlay };
    const status = overlay.status ?? statusOf(times, this.#now(), job.fate?.status);
    const ended = status === "completed" || status === "failed";
    const { content, usage, messageId, chatId } = job.answer;
    return {
      id: job.id,
      requestId: job.requestId,
      chatId: job.chatId,
      status,
      executionMode: job.executionMode,
      createdAt: iso(job.createdAt),
      startedAt: status === "queued" ? null : iso(Math.min(times.startedAt, this.#now())),
      completedAt: ended ? iso(Math.min(times.completedAt, this.#now())) : null,
      expiresAt: iso(job.createdAt + KEPT_MS),
      ...(status === "completed" && { result: { chatId, messageId, content, usage } }),
      ...(status === "failed" && { error: errorOf(fate) }),
    };
  }

  #times({ executionMode, createdAt, finishedAt }) {
    if (executionMode !== "background") return { startedAt: createdAt, completedAt: finishedAt ?? Infinity };
    const startedAt = createdAt + this.#schedule.queueMs;
    return { startedAt, completedAt: startedAt + this.#schedule.runMs };
  }

  #forgetOldest() {
    if (this.#byId.size <= KEPT_JOBS) return;
    const [oldest] = this.#byId.values();
    this.#byId.delete(oldest.id);
    if (this.#byRequestId.get(oldest.requestId) === oldest) this.#byRequestId.delete(oldest.requestId);
  }

  clear() {
    this.#byId.clear();
    this.#byRequestId.clear();
  }
}

/** What a job that fails says of it, unless a script has other words for it. */
export const errorOf = (fate) =>
  fate.error ?? { code: "processing_error", message: "The sandbox was told to fail this job." };

/** Where the clock is, unless a script has fixed the job's fate. A failing job fails when its time is up. */
function statusOf({ startedAt, completedAt }, now, fated) {
  if (now < completedAt && fated === "failed") return now < startedAt ? "queued" : "in_progress";
  if (fated !== undefined) return fated;
  if (now < startedAt) return "queued";
  return now < completedAt ? "in_progress" : "completed";
}

const iso = (time) => new Date(time).toISOString();

/** Equal for equal JSON, whatever the order of its keys. */
export function fingerprint(body) {
  const sorted = (value) => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
  };
  return createHash("sha256").update(JSON.stringify(sorted(body))).digest("hex");
}
