// The code of the entry `minara/sse`: the event reader alone, over a WebAssembly module that holds nothing else.
export { MinaraError } from "./errors.js";
export { init, setPlatform } from "./instance.js";
export { SseDecoder, readSse } from "./sse-reader.js";
