// Use that must not compile: each line would, were it not for the rule it breaks.
import {
  type ChatAnswer,
  ChatRequest,
  ChatStream,
  Minara,
  MinaraError,
  PerpRequest,
  SseDecoder,
  type SwapAnswer,
  SwapRequest,
  type UnknownMembers,
  init,
  readSse,
} from "minara";
import { mockFetch } from "minara/testing";

const minara = new Minara({ baseUrl: "/api" });

// @ts-expect-error options are an object
new Minara("sk-minara-key");
// @ts-expect-error a misspelt option
new Minara({ baseURL: "/api" });
// @ts-expect-error milliseconds are a number
new Minara({ timeout: { total: "1s" } });
// @ts-expect-error limits have names
new Minara({ timeout: 5_000 });
// @ts-expect-error headers have names
new Minara({ headers: "x-team: desk" });
// @ts-expect-error no such limit
new Minara({ timeout: { connect: 1 } });
// @ts-expect-error a token is a string
new Minara({ session: async () => 1 });

// @ts-expect-error a message is required
minara.chat({});
// @ts-expect-error a request is an object
minara.chat("gm");
// @ts-expect-error no such mode
minara.chat({ message: "gm", mode: "slow" });
// @ts-expect-error a misspelt field
minara.chat({ message: "gm", chatID: "chat_1" });
// @ts-expect-error stream does not fit the method
minara.chat({ message: "gm", stream: true });
// @ts-expect-error stream does not fit the method
minara.chatStream({ message: "gm", stream: false });
// @ts-expect-error background does not fit the method
minara.chat({ message: "gm", background: true });
// @ts-expect-error background does not fit the method
minara.chatStream({ message: "gm", background: true });
// @ts-expect-error background does not fit the method
minara.chatBackground({ message: "gm", background: false });
// @ts-expect-error a swap is no chat
minara.chat(new SwapRequest("swap", "0x"));
// @ts-expect-error the speaker is the user
minara.chat({ message: { role: "system", content: "gm" } });
// @ts-expect-error true, or a string
minara.chat({ message: "gm" }, { requestId: false });
// @ts-expect-error requestId is for chat alone
minara.perpTradingSuggestion({ symbol: "ETH" }, { requestId: "a" });
// @ts-expect-error terminator is for streams alone
minara.chat({ message: "gm" }, { terminator: "optional" });
// @ts-expect-error a wallet is required
minara.intentToSwap({ intent: "swap" });
// @ts-expect-error leverage is a number
minara.perpTradingSuggestion({ symbol: "ETH", leverage: "5" });
// @ts-expect-error no such style
minara.perpTradingSuggestion(new PerpRequest("ETH").style("swing"));
// @ts-expect-error a link is required
minara.predictionMarketAsk({ mode: "fast" });
// @ts-expect-error an id is required
minara.chatStatus();

// @ts-expect-error a builder begins with ask
new ChatRequest();
// @ts-expect-error a wallet is required
new SwapRequest("swap");
// @ts-expect-error streams are made by chatStream
new ChatStream();
// @ts-expect-error a stream is no promise
minara.chatStream({ message: "gm" }).then();
// @ts-expect-error no such kind of stream
minara.chatStream({ message: "gm" }).toReadableStream({ type: "text" });

declare const error: MinaraError;
// @ts-expect-error no such code
error.code === "teapot";
// @ts-expect-error members are read-only
error.code = "network";
// @ts-expect-error an outcome is required
new MinaraError("x", { code: "network" });

export async function unchecked(): Promise<void> {
  const { content } = await minara.chat({ message: "gm" });
  // @ts-expect-error any member may be missing or null
  content.length;
  const swap = await minara.intentToSwap({ intent: "swap", walletAddress: "0x" });
  // @ts-expect-error amounts are strings
  const amount: number | undefined | null = swap.quote?.toTokenAmount;
  void amount;
  // @ts-expect-error a misspelt member
  if (swap.approval?.isRequred) return;
  // @ts-expect-error one answer is not another
  const answer: ChatAnswer = swap;
  void answer;
  // @ts-expect-error what no one knows is unknown
  (swap as SwapAnswer & UnknownMembers).note.length;
}

// @ts-expect-error bytes, not text
new SseDecoder().push("data: x");
// @ts-expect-error a response or a stream
readSse("data: x");
// @ts-expect-error not a number
init(1);
// @ts-expect-error not a promise
init(fetch("minara_bg.wasm"));
// @ts-expect-error not the options of another tool
init({ module_or_path: "minara_bg.wasm" });
// @ts-expect-error an answer says what it is
mockFetch([{ status: 200 }]);
