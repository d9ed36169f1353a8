// Use that must compile, and the types that it gives.
import {
  type CallResponse,
  type ChatAnswer,
  type ChatInput,
  type ChatJob,
  type ChatPart,
  type ChatStreamAnswer,
  ChatRequest,
  Minara,
  MinaraError,
  type MinaraErrorCode,
  type Outcome,
  PerpRequest,
  PredictionRequest,
  type SseEvent,
  SseDecoder,
  SwapRequest,
  type UnknownMembers,
  type Violation,
  init,
  readSse,
} from "minara";
import { mockFetch } from "minara/testing";

import { type Equal, holds } from "./equal.js";

const { signal } = new AbortController();
const minara = new Minara({
  baseUrl: new URL("https://worker.example/api"),
  timeout: { total: 1_000, firstByte: undefined },
  maxRetries: 0,
  headers: new Headers({ "x-team": "desk" }),
  session: async () => "turnstile",
  onRequest: ({ method, path, attempt }) =>
    holds<Equal<[typeof method, typeof path, typeof attempt], ["GET" | "POST", string, number]>>(),
  onResponse: ({ status, milliseconds }) =>
    holds<Equal<[typeof status, typeof milliseconds], [number | undefined, number]>>(),
});

export async function calls(): Promise<void> {
  const answer = await minara.chat({ message: "gm", mode: "快速" }, { signal, requestId: true, headers: { "x-team": "desk" } });
  holds<Equal<typeof answer, ChatAnswer>>();
  holds<Equal<typeof answer.content, string | null | undefined>>();
  const { tomorrow } = answer as ChatAnswer & UnknownMembers;
  holds<Equal<typeof tomorrow, unknown>>();
  const response = await minara.chat(ChatRequest.ask("gm").expert().continue("chat_1")).withResponse();
  holds<Equal<typeof response, CallResponse<ChatAnswer>>>();

  const swap = await minara.intentToSwap(new SwapRequest("swap", "0x").on("a chain of tomorrow"));
  holds<Equal<NonNullable<typeof swap.quote>["toTokenAmount"], string | null | undefined>>();
  const perp = await minara.perpTradingSuggestion(new PerpRequest("ETH").style("skalplama").leverage(5));
  holds<Equal<typeof perp.side, "long" | "short" | null | undefined>>();
  const { predictions } = await minara.predictionMarketAsk(new PredictionRequest("https://x.example").onlyResult());
  for (const { yesProb } of predictions ?? []) holds<Equal<typeof yesProb, number | null | undefined>>();

  const job = await minara.chatBackground({ message: "gm" });
  holds<Equal<typeof job, ChatJob>>();
  holds<Equal<Awaited<ReturnType<typeof job.wait>>, ChatAnswer>>();
  await minara.chatBackground({ message: "gm" }).wait({ signal, timeout: { total: 1 } });
  const later = job.id ? minara.chatJob(job.id) : undefined;
  holds<Equal<typeof later, ChatJob | undefined>>();
  await later?.wait({ timeout: { total: 1 } });
  const { status } = await minara.chatStatus("id");
  holds<Equal<typeof status, "queued" | "in_progress" | "completed" | "failed" | null | undefined>>();
}

/** What a form or a queue holds fits every method, whatever it was made from. */
export async function asks(request: ChatInput): Promise<void> {
  await minara.chat(request);
  for await (const { text } of minara.chatStream(request)) void text;
  await minara.chatBackground(ChatRequest.ask("gm").toJSON());
  await minara.chatBackground({ message: "gm", stream: false, background: true });
  const call = minara.chat(request, { requestId: true });
  holds<Equal<typeof call.requestId, string | undefined>>();
}

export async function streams(): Promise<void> {
  const stream = minara.chatStream(
    { message: { role: "user", content: "gm" }, stream: true },
    { terminator: "optional" },
  );
  for await (const part of stream) holds<Equal<typeof part, ChatPart>>();
  const answer = await stream.final();
  holds<Equal<typeof answer, ChatStreamAnswer>>();
  holds<Equal<typeof answer.content, string>>();
  holds<Equal<typeof stream.finishReason, string | undefined>>();
  if (answer.finishReason === "length") await stream.cancel();
  holds<Equal<ReturnType<typeof stream.cancel>, Promise<void>>>();
  const parts = stream.toReadableStream();
  holds<Equal<typeof parts, ReadableStream<ChatPart>>>();
  new Response(stream.toReadableStream({ type: "bytes" }));
  stream.toReadableStream({ type: "bytes" }).pipeThrough(new CompressionStream("gzip"));
  stream.toReadableStream({ type: "bytes" }).pipeThrough(new TextDecoderStream());
}

export async function events(): Promise<void> {
  await init();
  await init(new URL("https://x.example/minara_bg.wasm"));
  await init(await WebAssembly.compile(new Uint8Array()));
  await init(await fetch("minara_bg.wasm"));
  await init(new Uint8Array());
  const events = new SseDecoder({ maxEventBytes: 1 }).push(new Uint8Array());
  holds<Equal<typeof events, SseEvent[]>>();
  for await (const event of readSse(new Response(""), { signal })) holds<Equal<typeof event, SseEvent>>();
}

export function errors(error: unknown): void {
  if (!(error instanceof MinaraError)) return;
  holds<Equal<typeof error.code, MinaraErrorCode>>();
  holds<Equal<typeof error.outcome, Outcome>>();
  holds<Equal<typeof error.violations, Violation[] | undefined>>();
  const again: MinaraError = new MinaraError("x", error.toJSON());
  void again;
}

/** A list of codes that the compiler keeps complete. */
export function advice(code: MinaraErrorCode): string {
  switch (code) {
    case "rate_limited":
    case "budget_exhausted":
    case "not_configured":
      return "later";
    case "invalid_request":
    case "key_in_browser":
    case "unauthorized":
    case "session_required":
    case "payment_required":
    case "forbidden":
    case "not_found":
    case "method_not_allowed":
    case "unsupported_media_type":
    case "conflict":
    case "payload_too_large":
      return "correct it";
    case "upstream_error":
    case "bad_response":
    case "unsupported_transaction":
    case "stream_error":
    case "stream_truncated":
    case "event_too_large":
    case "timeout":
    case "network":
    case "internal":
      return "look at outcome";
    default:
      return code satisfies never;
  }
}

const maybe: { totalTokens: number } | undefined = undefined;
new Minara({ fetch: mockFetch([{ stream: ["a"], usage: maybe }] as const) });
new Minara({ fetch: mockFetch([{ stream: ["a"] }, { json: 1 }, { body: null, status: 204 }, { error: new Error() }]) });
