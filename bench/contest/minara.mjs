// The package as it was built, by the entry of the runtime; the decoder of the chat stream is no export of the entries.
export { Minara, SseDecoder, init, readSse } from "#entry";
export { ChatDecoder } from "../../pkg/minara.js";
