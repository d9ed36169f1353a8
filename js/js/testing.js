// A `fetch` for tests of code that uses the client: it answers from a script and remembers what it was asked.

/** @import { MockAnswer, MockFetch, MockStream, RecordedRequest } from "./testing.js" */

/**
 * @param {MockAnswer[]} script
 * @returns {MockFetch}
 */
export function mockFetch(script) {
  const answers = [...script];
  /** @type {RecordedRequest[]} */
  const requests = [];
  const fetch = async (/** @type {Request} */ request) => {
    requests.push(await record(request));
    const answer = answers.shift();
    if (!answer) throw new TypeError(`mockFetch has no answer left for call ${requests.length} (${request.url}).`);
    if ("error" in answer) throw answer.error;
    return respond(answer, request.signal);
  };
  return Object.assign(fetch, { requests });
}

/**
 * @param {Request} request
 * @returns {Promise<RecordedRequest>}
 */
async function record(request) {
  const { method, url, headers } = request;
  const text = await request.clone().text();
  return { method, url, headers: Object.fromEntries(headers), body: text === "" ? undefined : JSON.parse(text) };
}

/**
 * @param {Exclude<MockAnswer, { error: unknown }>} answer
 * @param {AbortSignal} signal
 */
function respond(answer, signal) {
  const { status = 200 } = answer;
  if ("json" in answer) return Response.json(answer.json, { status, headers: answer.headers });
  if ("body" in answer) return new Response(answer.body, { status, headers: answer.headers });
  const headers = { "content-type": "text/event-stream", ...answer.headers };
  return new Response(eventStream(answer, signal), { status, headers });
}

/**
 * One network chunk per text, so that each is a part of its own.
 * @param {MockStream} answer
 * @param {AbortSignal} signal
 * @returns {ReadableStream<Uint8Array>}
 */
function eventStream({ stream, chatId = "chat_mock", messageId = "msg_mock", finishReason = "stop", usage, isCut = false }, signal) {
  const chunk = (/** @type {object} */ delta, /** @type {string | null} */ reason = null) =>
    JSON.stringify({
      chatId,
      messageId,
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, finish_reason: reason }],
      ...(reason && usage ? { usage } : {}),
    });
  const texts = stream.map((content) => chunk({ content }));
  const events = [chunk({ role: "assistant" }), ...texts, ...(isCut ? [] : [chunk({}, finishReason), "[DONE]"])];
  const encoder = new TextEncoder();
  return new ReadableStream(
    {
      pull(controller) {
        if (signal.aborted) return controller.error(signal.reason);
        const event = events.shift();
        if (event === undefined) return controller.close();
        controller.enqueue(encoder.encode(`data: ${event}\n\n`));
      },
    },
    { highWaterMark: 0 },
  );
}
