// Replays the vectors of the stream readers, in Node and in a page: whole, split in two at every place, byte by byte.

/** @param {{ input?: string, inputHex?: string }} vector */
function bytesOf({ input, inputHex = "" }) {
  if (input !== undefined) return new TextEncoder().encode(input);
  return Uint8Array.from(inputHex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** @param {Uint8Array} bytes */
function* splits(bytes) {
  yield { how: "whole", chunks: [bytes] };
  for (let at = 0; at <= bytes.length; at++) {
    yield { how: `split at ${at}`, chunks: [bytes.subarray(0, at), bytes.subarray(at)] };
  }
  yield { how: "byte by byte", chunks: Array.from(bytes, (byte) => Uint8Array.of(byte)) };
}

/**
 * Every way in which a reader's result is not what the vectors say, as text; and how many were compared.
 * @param {{ cases: object[] }} vectors
 * @param {(chunks: Uint8Array[], vector: any) => object} read
 * @param {(vector: any) => object} expect
 */
export function replay(vectors, read, expect) {
  const differences = [];
  let compared = 0;
  for (const vector of vectors.cases) {
    const expected = JSON.stringify(expect(vector));
    for (const { how, chunks } of splits(bytesOf(vector))) {
      const result = JSON.stringify(read(chunks, vector));
      compared += 1;
      if (result !== expected) differences.push(`${vector.name}, ${how}: ${result} instead of ${expected}`);
    }
  }
  return { compared, differences };
}

/**
 * @param {new (options: object) => any} SseDecoder
 * @param {{ cases: object[] }} vectors
 */
export function replaySse(SseDecoder, vectors) {
  const read = (chunks, { maxEventBytes, retry }) => {
    const decoder = new SseDecoder({ maxEventBytes });
    const events = [];
    let ends = null;
    try {
      for (const chunk of chunks) events.push(...decoder.push(chunk));
      decoder.finish();
    } catch (error) {
      ends = error.code ?? String(error);
    }
    return { events, ends, retry: retry === undefined ? null : decoder.retry };
  };
  return replay(vectors, read, ({ events, ends = null, retry = null }) => ({ events, ends, retry }));
}

/**
 * @param {new (options: object) => any} ChatDecoder
 * @param {{ cases: object[] }} vectors
 */
export function replayChat(ChatDecoder, vectors) {
  const read = (chunks, { terminator, maxEventBytes }) => {
    const decoder = new ChatDecoder({ terminator, maxEventBytes });
    let text = "";
    let error = null;
    try {
      for (const chunk of chunks) text += decoder.push(chunk);
      decoder.finish();
    } catch ({ code, message }) {
      error = { code, message };
    }
    const { done, chatId = null, messageId = null, finishReason = null, usage = null } = decoder;
    return { text, done, chatId, messageId, finishReason, usage, error };
  };
  const expect = ({ text, done, chatId = null, messageId = null, finishReason = null, usage = null, error = null }) => ({
    text,
    done,
    chatId,
    messageId,
    finishReason,
    usage,
    error,
  });
  return replay(vectors, read, expect);
}
