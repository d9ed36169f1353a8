/**
 * The event reader of `minara` alone, for a program that reads server-sent events and never calls the Minara API: the same
 * classes with the same behaviour, over a WebAssembly module that holds nothing else.
 *
 * A program that uses the client too imports all from `minara`, which then loads one module and not two. Errors are of
 * one class, wherever they come from.
 *
 * @example
 * ```ts
 * import { readSse } from "minara/sse";
 *
 * for await (const { event, data } of readSse(await fetch("/events"))) console.log(event, data);
 * ```
 *
 * @packageDocumentation
 */

export { MinaraError, SseDecoder, init, readSse } from "./index.js";
export type {
  MinaraErrorCode,
  MinaraErrorDetails,
  Outcome,
  ReadSseOptions,
  SseEvent,
  SseOptions,
  Violation,
  WasmModule,
  WasmSource,
} from "./index.js";
