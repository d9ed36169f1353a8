// Node, Deno, Bun. The bytes are imported, for bundlers of server code do not find files that are read.
import { compile } from "./compile.js";
import { setPlatform } from "./minara.js";
import { bytes } from "./minara_bg.inline.js";

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

setPlatform({ inPage: false, compile: () => new WebAssembly.Module(bytes()), build: compile });
