// The code of the entry `minara`: what users see, and `setPlatform`, by which an entry says where it runs.
export { ChatStream } from "./chat-stream.js";
export { Minara } from "./client.js";
export { MinaraError } from "./errors.js";
export { init, setPlatform } from "./instance.js";
export { ChatRequest, PerpRequest, PredictionRequest, SwapRequest } from "./requests.js";
export { SseDecoder, readSse } from "./sse-reader.js";
// For what is measured below the client: not among what the entries export.
export { ChatDecoder } from "./chat-decoder.js";
