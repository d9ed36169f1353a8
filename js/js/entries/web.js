// Pages, browser workers, and every runtime that no other entry is for.
import { compile } from "./compile.js";
import { setPlatform } from "./minara.js";

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

setPlatform({
  inPage: true,
  build: compile,
  async load(signal) {
    try {
      return await compile(new URL("./minara_bg.wasm", import.meta.url), signal);
    } catch (cause) {
      if (signal.aborted) throw cause;
      // Development servers and single-file bundlers may answer with HTML, or not at all, where the file is not
      // beside this module. Whoever serves it as a file never fetches the copy.
      try {
        const { bytes } = await import("./minara_bg.inline.js");
        return await WebAssembly.compile(bytes());
      } catch (fault) {
        throw fault instanceof WebAssembly.CompileError ? fault : cause;
      }
    }
  },
});
