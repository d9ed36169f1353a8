// The parts of an answer as a web stream.

/** @import { ChatPart } from "./index.js" */

/**
 * @param {AsyncIterator<ChatPart, undefined>} parts
 * @param {boolean} isBytes  whether their text is given alone, as UTF-8
 * @param {(reason: unknown) => Promise<void>} cancel
 * @returns {ReadableStream<any>}
 */
export function readableOf(parts, isBytes, cancel) {
  const encoder = isBytes ? new TextEncoder() : undefined;
  const source = {
    pull: async (/** @type {ReadableStreamDefaultController} */ controller) => {
      const { done, value } = await parts.next();
      if (done) return controller.close();
      controller.enqueue(encoder ? encoder.encode(value.text) : value);
    },
    cancel,
  };
  // Without a queue of its own, so that nothing is sent before the first read.
  return new ReadableStream(source, { highWaterMark: 0 });
}
