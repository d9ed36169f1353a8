export { Minara, SseDecoder, init, readSse } from "../../pkg/node.js";
