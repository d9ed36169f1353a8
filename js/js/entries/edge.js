// Vercel's edge runtime, which compiles the module when it is deployed and forbids it afterwards.
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
