// What the tests of streams share: one out of the sandbox with a fault in it, and one whose connection stays open.
import { clientFor } from "./client.fixture.mjs";

export const QUESTION = { message: "Why did SOL rise today?" };
export const DELTAS = ["SOL ", "is ", "up ", "시장이 ", "오른다 ", "🚀"];
export const TEXT = DELTAS.join("");

/** A client whose next answer is a stream of these deltas, which ends as `fault` says. */
export const streaming = (t, fault = {}, options = {}) =>
  clientFor(t, options).then((parts) => {
    parts.sandbox.script({ match: { method: "POST" }, deltas: DELTAS, ...fault });
    return parts;
  });

export const BASE = { baseUrl: "https://worker.example/api" };
export const eventStream = { headers: { "content-type": "text/event-stream" } };
export const delta = (content, rest = {}) => `data: ${JSON.stringify({ choices: [{ delta: { content }, ...rest }] })}\n\n`;

/** An answer of these events, whose connection stays open until `end` is called with the last of them. */
export function held(...events) {
  const state = { cancelled: undefined };
  const encoder = new TextEncoder();
  const body = new ReadableStream({
    start(controller) {
      for (const event of events) controller.enqueue(encoder.encode(event));
      state.end = (...last) => {
        for (const event of last) controller.enqueue(encoder.encode(event));
        controller.close();
      };
    },
    cancel() {
      state.cancelled = true;
    },
  });
  state.fetch = async () => new Response(body, eventStream);
  return state;
}
