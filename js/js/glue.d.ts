// What the build makes of the crate's exports: wasm-bindgen's glue as a function (js/pack/glue.mjs).

import type { MinaraError } from "./index.js";

/** A fresh set of bindings; `start` takes the exports of an instance made with `imports`. */
export function createGlue(): { imports: WebAssembly.Imports; start(exports: Record<string, unknown>): Bindings };

/** What the crate exports. */
export interface Bindings {
  Caller: new (config: object) => Caller;
  ChatEngine: new (terminatorRequired: boolean, maxEventBytes: number) => ChatEngine;
  SseEngine: new (maxEventBytes: number) => SseEngine;
  setUpBuffers(takesUtf16: boolean): number;
  withoutSecret(text: string, secret: string): string;
}

export interface Caller {
  call(operation: number, request: unknown, terms: object): Promise<Reply>;
  free(): void;
}

export interface Reply {
  // The shape was checked; what it means is said in index.d.ts.
  data: any;
  warnings: { field: string; message: string }[];
  response: Response;
  scope?: StreamScope;
}

export interface StreamScope {
  watch(reader: (isGivenUp: boolean) => number | undefined | void): void;
  received(): void;
  failure(cause: unknown): unknown;
  close(): void;
  free(): void;
}

export interface ChatEngine {
  push(bytes: number): number;
  finish(): MinaraError | undefined;
  failure(): MinaraError | undefined;
  chatId(): string | undefined;
  messageId(): string | undefined;
  finishReason(): string | undefined;
  usage(): string | undefined;
  free(): void;
}

export interface SseEngine {
  push(bytes: number): number;
  finish(): MinaraError | undefined;
  failure(): MinaraError | undefined;
  retry(): number | undefined;
  free(): void;
}
