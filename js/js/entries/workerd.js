// Cloudflare Workers, which compile the module when they are deployed and forbid it afterwards. Without
// `?module` some tools instantiate what they import.
import { setPlatform } from "./minara.js";
import module from "./minara_bg.wasm?module";

export {
  ChatRequest,
  ChatStream,
  init,
  Minara,
  MinaraError,
  PerpRequest,
  PredictionRequest,
  readSse,
  SseDecoder,
  SwapRequest,
} from "./minara.js";

setPlatform({ inPage: false, compile: () => module });
