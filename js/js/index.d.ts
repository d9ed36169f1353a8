/**
 * Typed client for the Minara Agent API: chat with streaming, swaps, perpetual-trading suggestions and
 * prediction markets, plus a server-sent events reader that follows the WHATWG algorithm to the letter.
 *
 * In a page the client talks to your own Worker, which alone holds the API key. On a server it takes the key itself.
 *
 * @example
 * ```ts
 * import { Minara } from "minara";
 *
 * const minara = new Minara({ baseUrl: "/api" });
 * for await (const part of minara.chatStream({ message: "Why did SOL rise today?" })) {
 *   document.body.append(part.text);
 * }
 * ```
 *
 * @packageDocumentation
 */

// ---------------------------------------------------------------------------------------------------------------
// Client
// ---------------------------------------------------------------------------------------------------------------

/**
 * The client. It holds settings only: no connection is open between calls, and nothing has to be closed.
 *
 * Every call checks its options first and then its request. While a rule is broken, nothing is sent, and the error lists
 * every violation of the part in which it was found.
 * A POST, which costs credits, is sent again only in the few cases of {@link MinaraOptions.maxRetries}.
 *
 * @example In a page, through the Worker
 * ```ts
 * const minara = new Minara({ baseUrl: "/api" });
 * ```
 * @example On a server
 * ```ts
 * const minara = new Minara({ apiKey: process.env.MINARA_API_KEY });
 * ```
 */
export class Minara {
  /**
   * @param options Settings of the client.
   * @throws {@link MinaraError} `key_in_browser` for an `apiKey` in a page or browser worker; `invalid_request` for
   * an option that is unknown or wrong, such as, with a key, a `baseUrl` that is neither https nor loopback. A page, where
   * the module loads later, learns of a wrong `baseUrl` or header by its first call.
   */
  constructor(options?: MinaraOptions);

  /**
   * Asks the agent and resolves with the whole answer.
   *
   * @param request Question, mode and conversation.
   * @param options Options of this call; `requestId` makes it safe to repeat.
   * @throws {@link MinaraError} See {@link MinaraErrorCode}.
   * @example
   * ```ts
   * const { content, chatId } = await minara.chat({ message: "What moved BTC this week?", mode: "expert" });
   * const next = await minara.chat({ message: "And ETH?", chatId: chatId ?? undefined });
   * ```
   */
  chat(request: ChatInput<false, false> | ChatRequest, options?: ChatOptions): ChatPromise<ChatAnswer>;

  /**
   * Asks the agent and gives its answer as it is written. Nothing is sent until the stream is first read.
   *
   * @param request Question, mode and conversation.
   * @param options Options of this call; under a `requestId` a connection that is cut is completed from the API's
   * stored answer, and only the text not yet given follows.
   * @example
   * ```ts
   * const stream = minara.chatStream({ message: "Explain perpetual funding." }, { signal });
   * for await (const part of stream) output.append(part.text);
   * const { content, usage } = await stream.final();
   * ```
   */
  chatStream(request: ChatInput<true, false> | ChatRequest, options?: ChatStreamOptions): ChatStream;

  /**
   * Starts a chat that the API works on by itself; its answer is fetched later, for up to 24 hours, behind a Worker within
   * the same session ({@link MinaraOptions.session}).
   *
   * @param request Question, mode and conversation.
   * @param options Options of the call that starts the job; under a `requestId` it is safe to repeat.
   * @throws {@link MinaraError} See {@link MinaraErrorCode}.
   * @example
   * ```ts
   * const job = await minara.chatBackground({ message: "Compare the ten largest DEXs.", mode: "expert" });
   * if (job.id) saveForLater(job.id);
   * const { content } = await job.wait();
   * ```
   */
  chatBackground(request: ChatInput<false, true> | ChatRequest, options?: ChatOptions): ChatJobPromise;

  /**
   * A background job, or a chat that was sent with a `requestId`, by its id, to wait for its answer where the job itself is
   * no longer at hand: after a restart, or in another process; behind a Worker within the same session
   * ({@link MinaraOptions.session}). Nothing is sent before {@link ChatJob.wait}, which costs no credits, keeps to the
   * client's `headers`, `maxRetries` and `maxRetryAfter`, and refuses an id that is none as `invalid_request`.
   *
   * @param id The `id` of a background job, or the `requestId`: 1–128 of `[A-Za-z0-9._:-]`.
   * @example
   * ```ts
   * const { content } = await minara.chatJob(savedId).wait();
   * ```
   */
  chatJob(id: string): ChatJob;

  /**
   * Looks once at a chat that was sent with a `requestId`, or at a background job. Costs no credits.
   *
   * @param id The `requestId`, or the `id` of a background job: 1–128 of `[A-Za-z0-9._:-]`.
   * @param options Options of this call.
   * @throws {@link MinaraError} `not_found` when the id is unknown, another caller's, or older than 24 hours. Whatever fails
   * here was not billed (`not_sent`, `refused`): look again.
   * @example
   * ```ts
   * const { status, result } = await minara.chatStatus("order-1042");
   * if (status === "completed") show(result?.content);
   * ```
   */
  chatStatus(id: string, options?: CallOptions): CallPromise<ChatStatus>;

  /**
   * Turns plain words into a swap that a wallet can sign. Nothing is signed or sent to a chain.
   *
   * @param request Intent, wallet and chain.
   * @param options Options of this call.
   * @throws {@link MinaraError} `unsupported_transaction` for another kind of chain than EVM, and for the API's older form
   * (`transaction`); else see {@link MinaraErrorCode}.
   * @example
   * ```ts
   * const swap = await minara.intentToSwap({
   *   intent: "swap 0.1 ETH to USDC",
   *   walletAddress: "0x742d35cc6634c0532925a3b844bc9e7595f0beb1",
   *   chain: "base",
   * });
   * swap.quote?.toTokenAmount; // such as "194058559", in the token's smallest unit
   * ```
   */
  intentToSwap(request: SwapInput | SwapRequest, options?: CallOptions): CallPromise<SwapAnswer>;

  /**
   * Suggests a perpetual position: side, entry, stop, target, and why.
   *
   * @param request Symbol, style and size.
   * @param options Options of this call.
   * @throws {@link MinaraError} See {@link MinaraErrorCode}.
   * @example
   * ```ts
   * const idea = await minara.perpTradingSuggestion({ symbol: "ETH", style: "swing-trading", leverage: 5 });
   * if (idea.side === "long") show(idea.entryPrice, idea.stopLossPrice, idea.takeProfitPrice);
   * ```
   */
  perpTradingSuggestion(request: PerpInput | PerpRequest, options?: CallOptions): CallPromise<PerpAnswer>;

  /**
   * Estimates the outcomes of a prediction market.
   *
   * @param request Link of the event, mode and focus.
   * @param options Options of this call.
   * @throws {@link MinaraError} See {@link MinaraErrorCode}.
   * @example
   * ```ts
   * const { predictions } = await minara.predictionMarketAsk({
   *   link: "https://polymarket.com/event/fed-decision-in-december",
   *   onlyResult: true,
   * });
   * for (const { outcome, yesProb } of predictions ?? []) console.log(outcome, yesProb);
   * ```
   */
  predictionMarketAsk(
    request: PredictionInput | PredictionRequest,
    options?: CallOptions,
  ): CallPromise<PredictionAnswer>;
}

/** Settings of a {@link Minara} client. The options of a call win over the defaults given here. */
export interface MinaraOptions {
  /**
   * Where the API is. In a page, and on a server without a key: your Worker, by its address or by a path of the page's
   * own origin, usually `"/api"`; give https wherever a session is used, whose token plain http leaves readable. With a
   * key: https, or http to this machine only.
   *
   * @defaultValue `"https://api.minara.ai"` with a key; without one it is required.
   */
  baseUrl?: string | URL | undefined;
  /**
   * The API key; with the `baseUrl` of a Worker, the token that it has for this program (`CLIENT_TOKENS`). Servers only: in
   * a page the constructor throws `key_in_browser`, because everyone could read it. From 8 characters on it is taken out of
   * errors and hooks, whoever repeats it.
   */
  apiKey?: string | undefined;
  /**
   * Gives a fresh Cloudflare Turnstile token when the Worker asks for a session; `undefined` where the Worker uses no
   * Turnstile. The client trades it at `POST {baseUrl}/session` for a bearer token, keeps that in memory, renews it
   * before it expires, and repeats the refused call once. Calls that run at the same time share one trade. If all of them
   * end before it does, `signal` is aborted, and the next call begins a new one. Not together with `apiKey`: then there is
   * no Worker to ask.
   *
   * Each client has a session of its own, and a page that is loaded again begins a new one. To the Worker that is another
   * caller: what was sent under a `requestId` in an earlier session is not found there, and is charged again if it is sent
   * again.
   */
  session?: ((context: { signal: AbortSignal }) => Promise<string | undefined>) | undefined;
  /** Called in place of the platform's `fetch`, with one `Request`. `minara/testing` has one for your tests. */
  fetch?: ((request: Request) => Promise<Response>) | undefined;
  /** Called before each attempt. It sees neither key nor body; what it throws is ignored. */
  onRequest?: ((info: RequestInfo) => void) | undefined;
  /** Called when an attempt has succeeded or failed. It sees neither key nor body; what it throws is ignored. */
  onResponse?: ((info: ResponseInfo) => void) | undefined;
  /** Time limits of all calls. */
  timeout?: Timeout | undefined;
  /**
   * How many times a call may be sent again, 0–1000. A POST is repeated only when it provably never left, on 429, on
   * 503 with `Retry-After`, or under a `requestId`. A browser may repeat one by itself when a kept-alive connection
   * breaks before any byte of the answer: where a second charge matters, give a `requestId`.
   *
   * @defaultValue 2
   */
  maxRetries?: number | undefined;
  /**
   * The longest wait, in seconds, 0 or more, that the other side may ask for before a retry; `Infinity` for any. Beyond
   * it the call fails at once, with `retryAfter` on the error.
   *
   * @defaultValue 60
   */
  maxRetryAfter?: number | undefined;
  /**
   * Headers for every call, of ASCII characters. Those that the client or the connection sets are refused: `Accept`,
   * `Authorization`, `Connection`, `Content-Length`, `Content-Type`, `Cookie`, `Expect`, `Host`, `Keep-Alive`, `Origin`,
   * `TE`, `Trailer`, `Transfer-Encoding`, `Upgrade`. Others that a page may not set its browser leaves out. The Worker reads
   * none of them, and refuses them to pages of other origins (CORS).
   */
  headers?: Headers | Record<string, string> | undefined;
  /** Aborts every call that has no `signal` of its own. */
  signal?: AbortSignal | undefined;
  /** `true` gives every chat call that has none a generated `requestId`: {@link ChatOptions.requestId}. */
  requestId?: true | undefined;
  /** As {@link CallOptions.extraBody}, for every call that has none of its own. */
  extraBody?: Record<string, unknown> | undefined;
}

/**
 * Time limits in milliseconds, above 0; `Infinity` for none. When one passes, the call fails as `timeout`, whose message
 * names it.
 */
export interface Timeout {
  /**
   * From the call (for a stream: from its first read) to the last byte, including retries and the opening of a session.
   *
   * @defaultValue 300,000 for a stream; 180,000 for other calls.
   */
  total?: number | undefined;
  /**
   * From sending an attempt to the first byte of a stream's body, or to its headers where no one reads it by then: what is
   * read later has `idle` from its first read on. Other calls have no such limit.
   *
   * @defaultValue 90,000
   */
  firstByte?: number | undefined;
  /**
   * Between two pieces of a stream's text. Comments and empty deltas are no progress. Other calls have no such limit.
   *
   * @defaultValue 60,000
   */
  idle?: number | undefined;
}

/** Options of one call. */
export interface CallOptions {
  /**
   * Aborts the call: it rejects once, with `signal.reason`. A call that was sent may still be billed. `null` for none, where
   * the client has one.
   */
  signal?: AbortSignal | null | undefined;
  /** Time limits of this call. */
  timeout?: Timeout | undefined;
  /** As {@link MinaraOptions.maxRetries}. */
  maxRetries?: number | undefined;
  /** As {@link MinaraOptions.maxRetryAfter}. */
  maxRetryAfter?: number | undefined;
  /** Headers for this call, over those of the client. */
  headers?: Headers | Record<string, string> | undefined;
  /**
   * Extra JSON fields for the request body, for what this version does not know yet, nested at most 16 deep. As with
   * `JSON.stringify`, a member that is `undefined` is left out, and in a list it becomes `null`. A BigInt is sent as a
   * number and refused from 2^53 on: give a string. Fields that this version knows belong in the request, and `requestId`,
   * `stream` and `background` are a chat's alone. Only for calls to the API itself: the Worker refuses fields that it does
   * not know.
   */
  extraBody?: Record<string, unknown> | undefined;
}

/** Options of one chat call. */
export interface ChatOptions extends CallOptions {
  /**
   * Names the call, so that it can be repeated, completed or looked up without a second charge: 1–96 of
   * `[A-Za-z0-9._:-]`, or `true` for a generated id, which is then `requestId` of the call's promise or stream. The same
   * id with another request is a `conflict`. Given here or in the request, not in both. Behind a Worker it holds within a
   * session: {@link MinaraOptions.session}.
   */
  requestId?: string | true | undefined;
}

/** Options of one streamed chat call. */
export interface ChatStreamOptions extends ChatOptions {
  /**
   * What a stream that ends cleanly, but without `[DONE]` or a `finish_reason`, is: an error (`"required"`) or an
   * answer (`"optional"`).
   *
   * @defaultValue `"required"`
   */
  terminator?: "required" | "optional" | undefined;
  /**
   * The largest event of the stream, in bytes, 0–268,173,312. A larger one is `event_too_large`.
   *
   * @defaultValue 1,048,576
   */
  maxEventBytes?: number | undefined;
}

/** The promise of a call. */
export interface CallPromise<T> extends Promise<T> {
  /**
   * The answer with its status, headers and warnings. Does not send the call again.
   *
   * @example
   * ```ts
   * const { data, requestId } = await minara.chat({ message: "gm" }).withResponse();
   * ```
   */
  withResponse(): Promise<CallResponse<T>>;
}

/** The promise of a chat. */
export interface ChatPromise<T> extends CallPromise<T> {
  /**
   * The id that the chat was sent under ({@link ChatOptions.requestId}), also where it was generated. Whatever becomes of
   * the promise, {@link Minara.chatStatus} finds the answer under it for 24 hours, and the same call under it is not charged
   * again. Both hold for the same caller, which behind a Worker is a session ({@link MinaraOptions.session}).
   *
   * @example
   * ```ts
   * const answer = minara.chat({ message: "gm" }, { requestId: true });
   * await answer.catch(() => minara.chatStatus(answer.requestId!));
   * ```
   */
  readonly requestId: string | undefined;
}

/** An answer and how it came. */
export interface CallResponse<T> {
  /** What the call itself resolves with. */
  data: T;
  /** The HTTP status: any 2xx. */
  status: number;
  /** The response's headers, as far as CORS shows them. */
  headers: Headers;
  /** The correlation id (`X-Request-Id`) under which the other side logged the call; not {@link ChatOptions.requestId}. */
  requestId: string | undefined;
  /** Doubts about the request that did not stop it, such as a wrong EIP-55 checksum. */
  warnings: Warning[];
}

/** A doubt about a request that was sent all the same. */
export interface Warning {
  /** Path of the field, such as `walletAddress`. */
  field: string;
  /** What is doubtful and what to do about it, as a clause that follows the field's name. */
  message: string;
}

/** What {@link MinaraOptions.onRequest} sees. */
export interface RequestInfo {
  /** The HTTP method. */
  method: "GET" | "POST";
  /** The path below the base URL, such as `/v1/developer/chat`. */
  path: string;
  /** 1 for the first attempt. */
  attempt: number;
}

/** What {@link MinaraOptions.onResponse} sees. */
export interface ResponseInfo extends RequestInfo {
  /** The HTTP status; missing when no answer came. */
  status?: number | undefined;
  /** From sending the attempt to its answer's headers, or to its failure, in milliseconds. */
  milliseconds: number;
  /** The correlation id (`X-Request-Id`), where there is one. */
  requestId?: string | undefined;
}

// ---------------------------------------------------------------------------------------------------------------
// Requests
// ---------------------------------------------------------------------------------------------------------------

/**
 * How much work goes into an answer: `fast` for a quick response, or `expert` for an in-depth analysis, which can take a
 * while: the API does not say how long.
 */
export type Mode = "fast" | "expert";

/** Spellings of {@link Mode} that the translated documentation prints; the API receives the English one. */
export type TranslatedMode = "快速" | "专家" | "빠른";

/** The trading style. What each means for how long a position is held, the API does not say. */
export type Style = "scalping" | "day-trading" | "swing-trading";

/** Spellings of {@link Style} that the translated documentation prints; the API receives the English one. */
export type TranslatedStyle =
  | "剥头皮"
  | "日内交易"
  | "波段交易"
  | "스캘핑"
  | "데이 트레이딩"
  | "스윙 트레이딩"
  | "skalplama"
  | "gün içi işlem"
  | "salınım işlemi";

/** A chain's name: one of the documented ones, or any other of 1–64 characters. */
export type Chain = "base" | "ethereum" | "bsc" | "arbitrum" | "optimism" | (string & {});

/** A message in the API's own form. */
export interface ChatMessage {
  /** Who speaks. */
  role: "user";
  /** The question, 1–32,000 characters. */
  content: string;
}

/**
 * A chat request as a plain object. `Stream` and `Background` are the values allowed for the fields `stream` and
 * `background`, which have to fit the method called. A `ChatInput` without type arguments leaves both out and fits every
 * method.
 */
export interface ChatInput<Stream extends boolean = never, Background extends boolean = never> {
  /**
   * The question, 1–32,000 characters (code points, as everywhere here) and not white space alone, as a string or in the
   * API's own form. Half of a character (a lone surrogate), as `slice` can leave it, is refused in every text. The Worker
   * takes bodies of at most 64 KiB.
   */
  message: string | ChatMessage;
  /**
   * How much work goes into the answer.
   *
   * @defaultValue `"fast"`
   */
  mode?: Mode | TranslatedMode | undefined;
  /** The conversation to continue: `chatId` of an earlier answer, 1–256 characters. */
  chatId?: string | undefined;
  /** As {@link ChatOptions.requestId}. */
  requestId?: string | undefined;
  /** Follows from the method called and need not be given. */
  stream?: Stream | undefined;
  /** Follows from the method called and need not be given. */
  background?: Background | undefined;
}

/** A swap request as a plain object. */
export interface SwapInput {
  /** What to swap, in plain words: `"swap 0.1 ETH to USDC"`. As long as {@link ChatInput.message} may be. */
  intent: string;
  /** The wallet that will sign: `0x` and 40 hexadecimal digits. A wrong EIP-55 checksum is a warning. */
  walletAddress: string;
  /** On which chain; without it the API chooses. */
  chain?: Chain | undefined;
}

/** A request for a perpetual-trading suggestion as a plain object. What is left out is left to the API. */
export interface PerpInput {
  /** The symbol, such as `"BTC"`, 1–64 characters. */
  symbol: string;
  /**
   * The trading style.
   *
   * @defaultValue `"scalping"`, set by the API
   */
  style?: Style | TranslatedStyle | undefined;
  /**
   * Margin in US dollars, above 0.
   *
   * @defaultValue 1000, set by the API
   */
  marginUSD?: number | undefined;
  /**
   * Leverage, 1–40.
   *
   * @defaultValue 10, set by the API
   */
  leverage?: number | undefined;
  /**
   * Strategy, 1–64 characters.
   *
   * @defaultValue `"max-profit"`, set by the API
   */
  strategy?: "max-profit" | (string & {}) | undefined;
}

/** A request about a prediction market as a plain object. */
export interface PredictionInput {
  /**
   * An http or https URL of the event, at most 2,048 bytes, without user name and password:
   * `https://polymarket.com/event/<slug>`.
   */
  link: string;
  /**
   * How much work goes into the analysis.
   *
   * @defaultValue `"fast"`
   */
  mode?: Mode | TranslatedMode | undefined;
  /**
   * Whether to leave the reasoning out.
   *
   * @defaultValue `false`, set by the API
   */
  onlyResult?: boolean | undefined;
  /** `onlyResult` in the API's own spelling. */
  only_result?: boolean | undefined;
  /** What to look at, at most 32,000 characters and, behind a Worker, 64 KiB with all else. */
  customPrompt?: string | undefined;
}

/**
 * Builder of a chat request. Builders never change: each step gives a new one, so a common start can be shared.
 *
 * @example
 * ```ts
 * await minara.chat(ChatRequest.ask("Why did SOL rise today?").expert().continue(chatId));
 * ```
 */
export class ChatRequest {
  private constructor();
  /** @param message The question, 1–32,000 characters. The mode is `fast` until another is chosen. */
  static ask(message: string): ChatRequest;
  /** The same request in the given mode. @param mode How much work goes into the answer. */
  mode(mode: Mode | TranslatedMode): ChatRequest;
  /** The same request in mode `expert`. */
  expert(): ChatRequest;
  /** The same request within a conversation. @param chatId `chatId` of an earlier answer, 1–256 characters. */
  continue(chatId: string): ChatRequest;
  /** The same request under a name. @param id As {@link ChatOptions.requestId}. */
  requestId(id: string): ChatRequest;
  /** The request as a plain object. */
  toJSON(): ChatInput;
}

/**
 * Builder of a swap request.
 *
 * @example
 * ```ts
 * await minara.intentToSwap(new SwapRequest("swap 0.1 ETH to USDC", walletAddress).on("base"));
 * ```
 */
export class SwapRequest {
  /**
   * @param intent What to swap, 1–32,000 characters.
   * @param walletAddress The wallet that will sign: `0x` and 40 hexadecimal digits.
   */
  constructor(intent: string, walletAddress: string);
  /** The same request on a chain. @param chain Its name: a documented one, or any other of 1–64 characters. */
  on(chain: Chain): SwapRequest;
  /** The request as a plain object. */
  toJSON(): SwapInput;
}

/**
 * Builder of a request for a perpetual-trading suggestion.
 *
 * @example
 * ```ts
 * await minara.perpTradingSuggestion(new PerpRequest("ETH").style("swing-trading").marginUSD(500).leverage(5));
 * ```
 */
export class PerpRequest {
  /** @param symbol Such as `"BTC"`, 1–64 characters. */
  constructor(symbol: string);
  /** The same request in the given style. @param style The trading style. */
  style(style: Style | TranslatedStyle): PerpRequest;
  /** The same request with a margin. @param dollars US dollars, above 0. */
  marginUSD(dollars: number): PerpRequest;
  /** The same request with a leverage. @param times 1–40. */
  leverage(times: number): PerpRequest;
  /** The same request with a strategy. @param strategy 1–64 characters. */
  strategy(strategy: "max-profit" | (string & {})): PerpRequest;
  /** The request as a plain object. */
  toJSON(): PerpInput;
}

/**
 * Builder of a request about a prediction market.
 *
 * @example
 * ```ts
 * await minara.predictionMarketAsk(new PredictionRequest(link).expert().customPrompt("Weigh the latest polls."));
 * ```
 */
export class PredictionRequest {
  /** @param link An http or https URL of the event. The mode is `fast` until another is chosen. */
  constructor(link: string);
  /** The same request in the given mode. @param mode How much work goes into the analysis. */
  mode(mode: Mode | TranslatedMode): PredictionRequest;
  /** The same request in mode `expert`. */
  expert(): PredictionRequest;
  /** The same request without the reasoning. */
  onlyResult(): PredictionRequest;
  /** The same request with a focus. @param prompt What to look at, at most 32,000 characters. */
  customPrompt(prompt: string): PredictionRequest;
  /** The request as a plain object. */
  toJSON(): PredictionInput;
}

// ---------------------------------------------------------------------------------------------------------------
// Answers: under the API's own names. Any member may be missing or null; unknown ones are kept. Only the kinds of members
// are checked: a word that the API adds later comes through, so let a `switch` over one have a `default`.
// ---------------------------------------------------------------------------------------------------------------

/**
 * Members that this version does not know, as `JSON.parse` gives them. They are kept; the answers' types leave them out,
 * so that a slip in a name is an error.
 *
 * @example
 * ```ts
 * const { slippage } = swap as SwapAnswer & UnknownMembers; // unknown
 * ```
 */
export interface UnknownMembers {
  /** Any other member. */
  [member: string]: unknown;
}

/** A whole answer of the agent. */
export interface ChatAnswer {
  /** The conversation, to continue it. */
  chatId?: string | null;
  /** This answer. */
  messageId?: string | null;
  /** The answer's text, usually Markdown. */
  content?: string | null;
  /** What the answer used. */
  usage?: Usage | null;
}

/** An answer that came as a stream: its text is always there. */
export interface ChatStreamAnswer extends ChatAnswer {
  /** All text of the stream in order. */
  content: string;
  /**
   * Why the answer ended, as the stream said it: `stop`, or `length` where the text was cut at a limit. Absent of a stream
   * that ended with `[DONE]` alone, and of an answer that came whole or from the store.
   */
  finishReason?: string;
}

/** What an answer used. */
export interface Usage {
  /** Tokens read. */
  inputTokens?: number | null;
  /** Tokens written. */
  outputTokens?: number | null;
  /** Both. */
  totalTokens?: number | null;
}

/** State of a chat that was sent under a `requestId` or in the background. */
export interface ChatStatus {
  /** The job. */
  id?: string | null;
  /** The caller's name for the call. */
  requestId?: string | null;
  /** The conversation. */
  chatId?: string | null;
  /** How far it is. */
  status?: "queued" | "in_progress" | "completed" | "failed" | null;
  /** How it was asked for. */
  executionMode?: "sync" | "stream" | "background" | null;
  /** When it was accepted. Times are ISO 8601. */
  createdAt?: string | null;
  /** When work began. */
  startedAt?: string | null;
  /** When it ended. */
  completedAt?: string | null;
  /** Until when the answer is kept: 24 hours. */
  expiresAt?: string | null;
  /** The answer, once `completed`. */
  result?: ChatAnswer | null;
  /** What went wrong, once `failed`. */
  error?: ChatJobError | null;
}

/** Why a job failed. */
export interface ChatJobError {
  /** The kind of failure. */
  code?: "processing_error" | "processing_interrupted" | "processing_timeout" | null;
  /** In words. */
  message?: string | null;
}

/**
 * A swap, as the API words it. Amounts are documented as decimal strings in the token's smallest unit, up to 2^256 − 1:
 * compute with `BigInt`, never with numbers. Only the kinds of members are checked: that all are there, that an amount is
 * one, that the transaction does what was asked for, has to be reviewed before signing.
 */
export interface SwapAnswer {
  /** What the API understood. */
  intent?: SwapIntent | null;
  /** What it would give. */
  quote?: SwapQuote | null;
  /** The token that is paid. */
  inputToken?: SwapToken | null;
  /** The token that is received. */
  outputToken?: SwapToken | null;
  /** The transaction, unsigned. */
  unsignedTx?: UnsignedTransaction | null;
  /** The ERC-20 approval that may have to come first. */
  approval?: TokenApproval | null;
}

/** What the API understood of an intent. */
export interface SwapIntent {
  /** The chain's name, such as `base`. */
  chain?: string | null;
  /** Contract of the token that is paid; null for the chain's own coin. */
  inputTokenAddress?: string | null;
  /** Its symbol. */
  inputTokenSymbol?: string | null;
  /** Contract of the token that is received. */
  outputTokenAddress?: string | null;
  /** Its symbol. */
  outputTokenSymbol?: string | null;
  /** Amount paid, in the smallest unit of the input token. */
  amount?: string | null;
  /** The wallet that will sign. */
  userWalletAddress?: string | null;
}

/** Price of a swap. The output is expected, not promised: the answer has neither a minimum nor a deadline. */
export interface SwapQuote {
  /** Amount paid, in the smallest unit of the input token. */
  fromTokenAmount?: string | null;
  /** Amount expected, in the smallest unit of the output token. */
  toTokenAmount?: string | null;
  /** Estimated gas, in units of gas. */
  estimatedGas?: string | null;
  /** Price impact in percent; the API does not say what its sign means. */
  priceImpact?: string | null;
  /** Fee of the trade; the API does not say in which unit. */
  tradeFee?: string | null;
}

/** A token of a swap. */
export interface SwapToken {
  /** Contract address; `0xEeee…EEeE` for the chain's own coin. */
  address?: string | null;
  /** Symbol. */
  symbol?: string | null;
  /** Decimals of the smallest unit, as a string: `"18"`. */
  decimals?: string | null;
  /** Price of one whole token in US dollars, as a decimal string. */
  unitPrice?: string | null;
}

/** A transaction before it is signed. Quantities are decimal strings; wallets take 0x-hexadecimal ones (EIP-1193). */
export interface UnsignedTransaction {
  /** `evm`; other payloads are refused as `unsupported_transaction`. */
  chainType?: string | null;
  /** The wallet that signs. */
  from?: string | null;
  /** The contract that is called. */
  to?: string | null;
  /** Call data, 0x-hexadecimal. */
  data?: string | null;
  /** Native value in wei. */
  value?: string | null;
  /** Gas limit, an estimate. */
  gas?: string | null;
  /** Legacy gas price in wei. Leave fees to the wallet, which refuses it beside `maxPriorityFeePerGas`. */
  gasPrice?: string | null;
  /** EIP-1559 priority fee in wei. Leave fees to the wallet. */
  maxPriorityFeePerGas?: string | null;
}

/** The ERC-20 approval of a swap. */
export interface TokenApproval {
  /** Whether it has to be mined before the swap. Ask for a fresh quote after it. */
  isRequired?: boolean | null;
  /** The token that is approved. */
  tokenAddress?: string | null;
  /** Who may spend it. Not the router: use this address. */
  spenderAddress?: string | null;
  /** The least that has to be approved, in the smallest unit. */
  requiredAmount?: string | null;
  /** What the API recommends to approve, in the smallest unit. */
  approveAmount?: string | null;
  /** What is approved now, in the smallest unit. */
  currentAllowance?: string | null;
  /** State of the approval, in words. */
  message?: string | null;
}

/**
 * A suggested perpetual position. It is an opinion, not an order. In which currency its prices are, the API does not say;
 * only the margin of the request is in US dollars.
 */
export interface PerpAnswer {
  /** Where to enter. */
  entryPrice?: number | null;
  /** Which way. Only the documented words are typed: do not take every other one for a short. */
  side?: "long" | "short" | null;
  /** Where to give up: below the entry for a long, above it for a short. */
  stopLossPrice?: number | null;
  /** Where to take the profit. */
  takeProfitPrice?: number | null;
  /** 0–100. */
  confidence?: number | null;
  /** Why. */
  reasons?: string[] | null;
  /** What could go wrong. */
  risks?: string[] | null;
}

/** Estimates for a prediction market. */
export interface PredictionAnswer {
  /** One entry per outcome of the event. Their yes-probabilities need not add up to 1. */
  predictions?: Prediction[] | null;
  /** Why; empty with `onlyResult`. */
  reasoning?: string | null;
}

/** Estimate for one outcome. */
export interface Prediction {
  /** Its name. */
  outcome?: string | null;
  /** Probability that it happens, 0–1. */
  yesProb?: number | null;
  /** Probability that it does not, 0–1. */
  noProb?: number | null;
}

// ---------------------------------------------------------------------------------------------------------------
// Streams and jobs
// ---------------------------------------------------------------------------------------------------------------

/** Text that arrived together: all deltas of one network chunk, joined. Never empty. */
export interface ChatPart {
  /** The next piece of the answer. */
  text: string;
}

/**
 * An answer as it is written. Nothing is sent until it is first read, so a stream that is never read costs nothing
 * and holds nothing.
 *
 * Read it once, by iterating it or by {@link toReadableStream}; a second reading throws. {@link final} and {@link text} can
 * be awaited before, during or after that. If nothing else begins to read in the same turn of the event loop, they read the
 * stream themselves.
 *
 * It ends well at `[DONE]` or at a `finish_reason` that is no error. That includes `length`, where the text was cut at a
 * limit: look at {@link finishReason}. It fails as `stream_truncated`, `stream_error`, `event_too_large`, `timeout` or
 * `network`, with the text so far in `partial`; a caller's abort rejects once, with `signal.reason`. Leaving the loop
 * (`break`, `return`, a throw) closes the connection.
 *
 * An event whose data is no JSON counts as text, as the API's contract wants it.
 */
export class ChatStream implements AsyncIterable<ChatPart> {
  private constructor();
  /** Sends the request, if it was not sent yet, and gives the text as it comes. */
  [Symbol.asyncIterator](): AsyncIterableIterator<ChatPart>;
  /**
   * The whole answer. Reads the stream to its end, or waits for whoever reads it.
   *
   * @throws {@link MinaraError} As the stream; `stream_truncated` after {@link cancel} or `break`.
   */
  final(): Promise<ChatStreamAnswer>;
  /** The whole text: `content` of {@link final}. */
  text(): Promise<string>;
  /**
   * Stops reading and closes the connection; the answer may still be billed. Resolves always, and at once if
   * the stream has ended. Iteration ends without an error.
   *
   * @param reason Why, for a `fetch` of your own, which finds it in its request's `signal.reason`.
   */
  cancel(reason?: unknown): Promise<void>;
  /**
   * The parts as a web stream, to pipe, transfer or `tee()`. Cancelling it cancels this.
   *
   * @example Hand the text on from a route handler
   * ```ts
   * return new Response(stream.toReadableStream({ type: "bytes" }), {
   *   headers: { "content-type": "text/plain; charset=utf-8" },
   * });
   * ```
   */
  toReadableStream(): ReadableStream<ChatPart>;
  /**
   * The text as UTF-8 bytes, as `Response` takes them.
   *
   * @param options `type: "bytes"`, by which they are asked for.
   */
  toReadableStream(options: { type: "bytes" }): ReadableStream<ReturnType<TextEncoder["encode"]>>;
  /** Sends the request, if it was not sent yet, and tells how it was answered, before any text. */
  withResponse(): Promise<CallResponse<ChatStream>>;
  /** As {@link ChatPromise.requestId}. */
  readonly requestId: string | undefined;
  /** The conversation, as soon as the stream has said it. */
  readonly chatId: string | undefined;
  /** The answer's id, as soon as the stream has said it. */
  readonly messageId: string | undefined;
  /** {@link ChatStreamAnswer.finishReason}, as soon as the stream has said it. */
  readonly finishReason: string | undefined;
  /** What the answer used, as soon as the stream has said it. */
  readonly usage: Usage | undefined;
}

/** A chat that the API works on by itself. Its members are those of the API's answer; by its id, that id alone. */
export interface ChatJob {
  /** The job, for {@link Minara.chatJob} and {@link Minara.chatStatus}. */
  id?: string | null;
  /** The caller's name for the call. */
  requestId?: string | null;
  /** The conversation. */
  chatId?: string | null;
  /** How far it was when it started. */
  status?: ChatStatus["status"];
  /**
   * Looks until the answer is there, at first within half a second, then ever more slowly, up to every five seconds.
   *
   * @param options How long to wait, 10 minutes unless told otherwise, and what stops it.
   * @throws {@link MinaraError} `stream_error` when the job failed; `not_found` when the API no longer has it, or has none
   * of that id for this caller; `timeout` when `timeout.total` has passed, where the job goes on and can be waited for again.
   */
  wait(options?: WaitOptions): Promise<ChatAnswer>;
}

/** The promise of a job. */
export interface ChatJobPromise extends ChatPromise<ChatJob> {
  /**
   * Starts the job and waits for its answer: {@link ChatJob.wait}.
   *
   * @param options As there. They hold from now on, and end the waiting alone: the start goes on, as this promise tells.
   * @throws {@link MinaraError} As the call that starts the job, and as there.
   */
  wait(options?: WaitOptions): Promise<ChatAnswer>;
}

/** Options of {@link ChatJob.wait}. */
export interface WaitOptions {
  /**
   * Stops waiting: rejects once, with `signal.reason`. The job goes on.
   *
   * @defaultValue The signal of the call that started the job, or of the client; `null` for none.
   */
  signal?: AbortSignal | null | undefined;
  /**
   * The longest wait, in milliseconds.
   *
   * @defaultValue `{ total: 600_000 }`
   */
  timeout?: Pick<Timeout, "total"> | undefined;
}

// ---------------------------------------------------------------------------------------------------------------
// Errors
// ---------------------------------------------------------------------------------------------------------------

/**
 * What went wrong, as one of a closed set.
 *
 * The table gives the outcome of a single attempt; {@link MinaraError.outcome} is that of the whole call, and differs in
 * four cases, whatever the code:
 *
 * - An earlier attempt may have been billed and its repetition is refused: `unknown`.
 * - No session could be opened for the call: `refused` if the Worker refused the session, else `not_sent`.
 * - A look-up by {@link Minara.chatStatus}, which is free, fails after it was sent: `refused`.
 * - A look-up of {@link ChatJob.wait} fails: `unknown`, because the job itself was accepted before.
 *
 * | code | when | outcome |
 * | --- | --- | --- |
 * | `invalid_request` | a rule is broken; all violations are listed. Or the other side says so, or the call is on its way, as when a stream is read twice | `not_sent`, `refused`, `unknown` |
 * | `key_in_browser` | an API key was given to a client in a page | `not_sent` |
 * | `unauthorized` | the key or token was not accepted (401) | `refused` |
 * | `session_required` | the Worker wants a session first | `refused` |
 * | `payment_required` | the account's credits are used up (402) | `refused` |
 * | `forbidden` | not allowed for this plan or origin (403) | `refused` |
 * | `not_found` | no such path, job or conversation (404) | `refused` |
 * | `method_not_allowed`, `unsupported_media_type` | 405, 415 | `refused` |
 * | `conflict` | the `requestId` was used for another request, or has expired (409) | `refused` |
 * | `payload_too_large` | the body is over 64 KiB (413) | `refused` |
 * | `rate_limited` | too many requests (429) | `refused` |
 * | `budget_exhausted` | the Worker's daily or session budget is used up | `refused` |
 * | `not_configured` | the Worker has no key, a setting it cannot work with, or cannot reach its budget, its rate limits or Turnstile | `refused` |
 * | `upstream_error` | the API failed (5xx), redirected (3xx) or answered with another 4xx; or it did not accept the Worker's call; or in opening a session | `unknown`, `refused`, `not_sent` |
 * | `bad_response` | success, but the answer cannot be read; in {@link readSse}, an answer that is no success; or a session's | `done`, `unknown`, `not_sent` |
 * | `unsupported_transaction` | a legacy or non-EVM swap payload | `done` |
 * | `stream_error`, `stream_truncated`, `event_too_large` | in a stream; `partial` has the text so far. Or it was cancelled before the API had its request | `unknown`, `not_sent` |
 * | `timeout` | a time limit passed; the message says which, or after how long. Or before the first attempt: the module was not loaded, or no session to be had. Or while a refused call waited to be sent again | `unknown`, `not_sent` |
 * | `network` | the connection failed | `unknown`, `not_sent` |
 * | `internal` | a fault of this library or of the Worker, or the module cannot be compiled | `unknown`, `not_sent` |
 */
export type MinaraErrorCode =
  | "invalid_request"
  | "key_in_browser"
  | "unauthorized"
  | "session_required"
  | "payment_required"
  | "forbidden"
  | "not_found"
  | "method_not_allowed"
  | "unsupported_media_type"
  | "conflict"
  | "payload_too_large"
  | "rate_limited"
  | "budget_exhausted"
  | "not_configured"
  | "upstream_error"
  | "bad_response"
  | "unsupported_transaction"
  | "stream_error"
  | "stream_truncated"
  | "event_too_large"
  | "timeout"
  | "network"
  | "internal";

/**
 * Whether a failed call can have been billed: `not_sent` and `refused` cannot, `done` was, `unknown` may have been.
 */
export type Outcome = "not_sent" | "refused" | "done" | "unknown";

/** One broken rule of a request. */
export interface Violation {
  /** Path of the field as the caller spelled it: `message.content`, `marginUSD`; empty for the whole request. */
  field: string;
  /** What is wrong and what would be right, as a clause that follows the field's name. */
  message: string;
}

/**
 * Why a call failed, and whether it can have been billed. No member but `cause`, which is what the platform or your own
 * `fetch` has thrown, holds an API key or a bearer token.
 *
 * @example
 * ```ts
 * try {
 *   await minara.chat({ message });
 * } catch (error) {
 *   if (error instanceof MinaraError && error.retryable) retryIn(error.retryAfter ?? 5);
 *   else throw error;
 * }
 * ```
 */
export class MinaraError extends Error {
  /**
   * Made by this package; public so that your tests and own transports can make one.
   *
   * @param message What went wrong, in a sentence.
   * @param details The other members. `code` and `outcome` are required; the error has no member that is left out here.
   */
  constructor(message: string, details: MinaraErrorDetails);
  /** `"MinaraError"`. */
  readonly name: "MinaraError";
  /** What went wrong. */
  readonly code: MinaraErrorCode;
  /** The HTTP status, where one was received. */
  readonly status?: number;
  /** The correlation id (`X-Request-Id`) under which the other side logged the call; not {@link ChatOptions.requestId}. */
  readonly requestId?: string;
  /** Whether the same call may simply be sent again, after {@link retryAfter} where given. */
  readonly retryable: boolean;
  /** When to try again, in seconds. */
  readonly retryAfter?: number;
  /** Whether the call can have been billed. */
  readonly outcome: Outcome;
  /** The field of the first violation. */
  readonly field?: string;
  /** All broken rules, where the client itself refused the request; the Worker's own stand in {@link body}. */
  readonly violations?: Violation[];
  /** The text of a stream that had arrived before it failed. */
  readonly partial?: string;
  /** What the other side sent: at most 8 KiB of an error's body, 64 KiB of an answer that could not be read. */
  readonly body?: string;
  /** What lies beneath, such as the platform's own `TypeError`. */
  readonly cause?: unknown;
  /**
   * All members but `cause` and `stack`, to log or post: `structuredClone` keeps only an error's message.
   * `new MinaraError(json.message, json)` is the error again.
   */
  toJSON(): MinaraErrorDetails & { name: string; message: string };
}

/** What a {@link MinaraError} is made of. */
export interface MinaraErrorDetails {
  /** See {@link MinaraError.code}. */
  code: MinaraErrorCode;
  /** See {@link MinaraError.status}. */
  status?: number | undefined;
  /** See {@link MinaraError.requestId}. */
  requestId?: string | undefined;
  /** See {@link MinaraError.retryable}. */
  retryable?: boolean | undefined;
  /** See {@link MinaraError.retryAfter}. */
  retryAfter?: number | undefined;
  /** See {@link MinaraError.outcome}. */
  outcome: Outcome;
  /** See {@link MinaraError.field}. */
  field?: string | undefined;
  /** See {@link MinaraError.violations}. */
  violations?: Violation[] | undefined;
  /** See {@link MinaraError.partial}. */
  partial?: string | undefined;
  /** See {@link MinaraError.body}. */
  body?: string | undefined;
  /** See {@link MinaraError.cause}. */
  cause?: unknown;
}

// ---------------------------------------------------------------------------------------------------------------
// Server-sent events
// ---------------------------------------------------------------------------------------------------------------

/** One event, as the WHATWG algorithm dispatches it. */
export interface SseEvent {
  /** The event's type. @defaultValue `"message"` */
  event: string;
  /** Its data; lines are joined by `\n`. */
  data: string;
  /** The stream's last event id; empty before the first. */
  id: string;
}

/** Limits of an SSE reader. */
export interface SseOptions {
  /**
   * The largest event, in bytes of data, type and id together, 0–268,173,312. A larger one is `event_too_large`.
   *
   * @defaultValue 1,048,576
   */
  maxEventBytes?: number | undefined;
}

/**
 * Decodes server-sent events from chunks of bytes that are split anywhere.
 *
 * In a page, {@link init} has to have been awaited before one is made, else the constructor throws `invalid_request`;
 * in Node and workerd it works at once.
 *
 * @example
 * ```ts
 * await init();
 * const decoder = new SseDecoder();
 * for (const chunk of chunks) for (const event of decoder.push(chunk)) console.log(event.data);
 * decoder.finish();
 * ```
 */
export class SseDecoder {
  /** @param options Limits. */
  constructor(options?: SseOptions);
  /**
   * The events that this chunk completes, in order.
   *
   * @param chunk The next bytes of the stream, split anywhere; they are not kept.
   * @throws {@link MinaraError} `event_too_large`; events that the same chunk has before the large one are given first, and
   * the next call throws.
   */
  push(chunk: Uint8Array): SseEvent[];
  /**
   * Call at the stream's end.
   *
   * @throws {@link MinaraError} `stream_truncated` when an event was left open: by the specification it is dropped.
   */
  finish(): void;
  /** The reconnection time that the stream last asked for, in milliseconds. */
  readonly retry: number | undefined;
  /** Why the stream failed, once it has: every further call throws it. */
  readonly failure: MinaraError | undefined;
  /** Gives its memory back at once; the garbage collector does it later. Further calls throw `invalid_request`. */
  free(): void;
}

/** Options of {@link readSse}. */
export interface ReadSseOptions extends SseOptions {
  /** Stops reading: the iteration rejects once, with `signal.reason`. */
  signal?: AbortSignal | undefined;
}

/**
 * Reads the events of a response or byte stream; needs no {@link init}. Leaving the loop cancels the stream. The content
 * type is not looked at. A program that does not use the client imports it from `minara/sse`, which loads less.
 *
 * @param source What to read: nobody else may read it. A `Response` without a body has no events.
 * @param options Limits, and what stops the reading.
 * @throws {@link MinaraError} `bad_response` for a response that is no success (its `status` is not 200–299);
 * `stream_truncated` when the stream ends inside an event; `event_too_large`. What the stream
 * itself fails with, such as the `TypeError` of a lost connection, is thrown as it is.
 * @example
 * ```ts
 * for await (const { event, data } of readSse(await fetch("/events"))) console.log(event, data);
 * ```
 */
export function readSse(
  source: Response | ReadableStream<Uint8Array>,
  options?: ReadSseOptions,
): AsyncIterableIterator<SseEvent>;

// ---------------------------------------------------------------------------------------------------------------
// Loading
// ---------------------------------------------------------------------------------------------------------------

/** A compiled `WebAssembly.Module`, whose type some platforms do not know. */
export interface WasmModule {
  /** It is no promise: await that of a module or response first. */
  readonly then?: never;
  /** It is no options object of the tool that made the module. */
  readonly module_or_path?: never;
}

/** Where {@link init} finds the WebAssembly module: a URL, a response, its bytes, or compiled. */
export type WasmSource = string | URL | Response | ArrayBuffer | ArrayBufferView | WasmModule;

/**
 * Loads the WebAssembly module. Never needed for {@link Minara}, which loads it with its first call; in a page it
 * has to be awaited before a {@link SseDecoder}. Memoised: calls after the first share its promise, and a failed
 * load can be tried again.
 *
 * @param source Where the module is, if not beside this package. Node fetches no `file:` URL: read the file and give its
 * bytes.
 * @throws {@link MinaraError} `network` when it cannot be had, `internal` when it cannot be compiled, for instance under
 * a Content-Security-Policy without `'wasm-unsafe-eval'`.
 * @example
 * ```ts
 * await init(); // warm up before the first question
 * ```
 */
export function init(source?: WasmSource): Promise<void>;
