// POST /v1/developer/chat and its status look-up.
import { compose } from "./answer.mjs";
import { Generation } from "./generation.mjs";
import { errorOf, fingerprint, Jobs, newId } from "./jobs.mjs";
import { badRequest, json, refusal } from "./replies.mjs";
import { chatEvents, dataEvent } from "./sse.mjs";

const KEPT_CHATS = 5000;
const STREAM_HEADERS = { "content-type": "text/event-stream", "cache-control": "no-cache" };

export class Chat {
  #chats = new Map();
  #jobs;
  #options;

  /** @param {{ pace: number, now: () => number, queueMs: number, runMs: number, replay: "job" | "answer",
   *   charge: () => void, stopped: AbortSignal }} options */
  constructor(options) {
    this.#options = options;
    this.#jobs = new Jobs(options);
  }

  /** Begins the work at once; the returned function waits for the reply to it. */
  ask(body, exchange, fault) {
    const refused = this.#refuse(body) ?? this.#existing(body);
    if (refused) return async () => refused;
    this.#options.charge();
    const answer = this.#answer(body, fault);
    exchange.answer = answer;
    const job = body.requestId || body.background ? this.#createJob(body, answer, fault) : undefined;
    if (body.background) return async () => this.#accepted(job);
    const streamed = fault.as ? fault.as === "stream" : body.stream;
    const generation = this.#generate(answer, streamed, body.mode, fault, exchange, job);
    const headers = job ? { "x-request-id": job.requestId } : {};
    return streamed
      ? async () => this.#streamReply(answer, generation, fault, headers)
      : async () => this.#unaryReply(answer, generation, fault, headers);
  }

  /** GET /v1/developer/chat/requests/{id or requestId} */
  lookUp(id, fault) {
    const job = this.#jobs.find(id);
    if (!job) return refusal(404, `no chat request ${id}: unknown, or older than 24 hours`);
    return json(200, this.#jobs.view(job, fault.job));
  }

  reset() {
    this.#chats.clear();
    this.#jobs.clear();
  }

  #refuse(body) {
    if (body.background && body.stream) return badRequest("background must not be combined with stream: true");
    if (body.message.content.trim() === "") return badRequest("message.content must not be empty");
    return undefined;
  }

  /** The same id again: the job it stands for, or a conflict. Never new work. */
  #existing(body) {
    const job = body.requestId ? this.#jobs.byRequestId(body.requestId) : undefined;
    if (!job) {
      const known = body.chatId === undefined || this.#chats.has(body.chatId);
      return known ? undefined : refusal(404, `no chat ${body.chatId}`);
    }
    if (this.#jobs.expired(job)) return refusal(409, `requestId ${body.requestId} has expired; use a new one`);
    if (job.fingerprint !== fingerprint(body)) {
      return refusal(409, `requestId ${body.requestId} was used with another body`);
    }
    const headers = { "x-request-id": job.requestId };
    const view = this.#jobs.view(job);
    const running = view.status === "queued" || view.status === "in_progress";
    const asAnswer = view.status === "completed" && this.#options.replay === "answer";
    return json(running ? 202 : 200, asAnswer ? view.result : view, headers);
  }

  #answer(body, fault) {
    const chatId = body.chatId ?? newId("chat");
    const earlier = this.#chats.get(chatId) ?? [];
    const made = compose({ question: body.message.content, mode: body.mode, earlier });
    this.#chats.set(chatId, [...earlier, body.message.content].slice(-20));
    if (this.#chats.size > KEPT_CHATS) this.#chats.delete(this.#chats.keys().next().value);
    const deltas = fault.deltas ?? (fault.content === undefined ? made.deltas : [fault.content]);
    const usage = { ...made.usage, outputTokens: deltas.length };
    usage.totalTokens = usage.inputTokens + usage.outputTokens;
    return { chatId, messageId: newId("msg"), content: deltas.join(""), deltas, usage };
  }

  #createJob(body, answer, fault) {
    const executionMode = body.background ? "background" : body.stream ? "stream" : "sync";
    return this.#jobs.create({ body, executionMode, answer, fate: fault.job });
  }

  #accepted({ id, requestId, chatId }) {
    return json(202, { id, requestId, chatId, status: "queued" }, { "x-request-id": requestId });
  }

  /** A job goes on when its client is gone; anything else is given up. */
  #generate(answer, streamed, mode, fault, exchange, job) {
    const pace = fault.pace ?? this.#options.pace;
    const thinking = pace * (mode === "expert" ? 40 : 12) * (streamed ? 1 : 2);
    const failing = fault.job?.status === "failed";
    const deltas = failing ? answer.deltas.slice(0, Math.ceil(answer.deltas.length / 2)) : answer.deltas;
    const generation = new Generation(deltas, { pace: streamed ? pace : 0, thinking, signal: this.#options.stopped });
    if (job) generation.finished.then((whole) => whole && this.#jobs.finish(job));
    else exchange.signal.addEventListener("abort", () => generation.cancel(), { once: true });
    generation.finished.then(() => (exchange.record.produced = generation.produced));
    return generation;
  }

  #streamReply(answer, generation, fault, headers) {
    const write = fault.job?.status === "failed" ? failingEvents : chatEvents;
    const events = write(answer, generation, fault);
    return { status: 200, headers: { ...STREAM_HEADERS, ...headers }, events, isChat: true };
  }

  async #unaryReply({ chatId, messageId, content, usage }, generation, fault, headers) {
    await generation.finished;
    if (fault.job?.status === "failed") return refusal(500, errorOf(fault.job).message, headers);
    return json(200, { chatId, messageId, content, usage }, headers);
  }
}

/** What is left of an answer that failed half way: its first half, then the error inside the stream. */
async function* failingEvents(answer, generation, fault) {
  const deltas = chatEvents(answer, generation, { noDone: true });
  let held;
  for await (const event of deltas) {
    if (held !== undefined) yield held;
    held = event;
  }
  yield dataEvent({ error: errorOf(fault.job) });
}
