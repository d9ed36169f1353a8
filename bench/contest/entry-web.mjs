export { Minara, SseDecoder, init, readSse } from "../../pkg/web.js";
