/**
 * For tests of code that uses the client: no network, no key, no cost.
 *
 * @example
 * ```ts
 * import { Minara } from "minara";
 * import { mockFetch } from "minara/testing";
 *
 * const fetch = mockFetch([{ json: { content: "gm", chatId: "chat_1" } }, { stream: ["SOL ", "is up"] }]);
 * const minara = new Minara({ baseUrl: "https://worker.example/api", fetch });
 * await minara.chat({ message: "gm" });
 * fetch.requests[0]?.body; // { mode: "fast", stream: false, message: { role: "user", content: "gm" } }
 * ```
 *
 * @packageDocumentation
 */

import type { Usage } from "./index.js";

/**
 * A `fetch` that answers from a script, in its order, and remembers what it was asked. A call beyond the script fails
 * as a `network` error whose `cause` says so.
 *
 * @param script One answer per request; a retry is a request too.
 * @throws `TypeError` for an answer that cannot be played, with its place in the script and what is wrong with it.
 * @example
 * ```ts
 * const fetch = mockFetch([{ status: 503, json: {}, headers: { "Retry-After": "0" } }, { json: { content: "gm" } }]);
 * const { content } = await new Minara({ baseUrl: "https://worker.example/api", fetch }).chat({ message: "gm" });
 * ```
 */
export function mockFetch(script: readonly MockAnswer[]): MockFetch;

/** What {@link mockFetch} gives, for the client's option `fetch`. */
export interface MockFetch {
  (request: Request): Promise<Response>;
  /** All requests so far, in order. */
  readonly requests: readonly RecordedRequest[];
}

/** A request as it would have gone out. */
export interface RecordedRequest {
  /** The HTTP method. */
  method: string;
  /** The whole address. */
  url: string;
  /** Its headers, names in lower case. */
  headers: Record<string, string>;
  /** The body, parsed; `undefined` where there is none. */
  body: unknown;
}

/** An answer of a script. */
export type MockAnswer = MockJson | MockBody | MockStream | MockFailure;

/** What every answer may say. */
export interface MockHead {
  /** The HTTP status, 200–599; one of 204, 205 and 304 goes only with `body: null`. @defaultValue 200 */
  status?: number | undefined;
  /** Further headers, such as `Retry-After`. */
  headers?: Record<string, string> | undefined;
}

/** An answer of JSON. */
export interface MockJson extends MockHead {
  /** Its value. */
  json: unknown;
}

/** An answer of any other kind, such as a proxy's page of HTML. */
export interface MockBody extends MockHead {
  /** Its text or bytes; `null` for none. */
  body: string | ReturnType<TextEncoder["encode"]> | null;
}

/** A streamed chat answer in the API's own shape. */
export interface MockStream extends MockHead {
  /** Its text, one network chunk each. */
  stream: readonly string[];
  /** The conversation. @defaultValue `"chat_mock"` */
  chatId?: string | undefined;
  /** The answer's id. @defaultValue `"msg_mock"` */
  messageId?: string | undefined;
  /** Why the answer ends, in the last chunk. @defaultValue `"stop"` */
  finishReason?: string | undefined;
  /** Token counts, in the last chunk. */
  usage?: Usage | undefined;
  /** Whether to end without `[DONE]`, as a connection that is cut. @defaultValue false */
  isCut?: boolean | undefined;
}

/** No answer: the request fails. */
export interface MockFailure {
  /** What `fetch` rejects with, such as `new TypeError("fetch failed")`. */
  error: unknown;
}
