// The readers that are measured: each takes chunks, or a stream of them, and says what it read.
import { _iterSSEMessages as anthropicMessages } from "@anthropic-ai/sdk/core/streaming";
import { getLines, getMessages } from "@microsoft/fetch-event-source/lib/esm/parse.js";
import { createParser } from "eventsource-parser";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { events as fetchEvents } from "fetch-event-stream";
import { Stream as OpenAiStream, _iterSSEMessages as openAiMessages } from "openai/core/streaming";
import { parseServerSentEvents } from "parse-sse";

import { ChatDecoder, Minara, SseDecoder, readSse } from "./minara.mjs";

/** What every reader's events are compared by; not all of them give ids. */
export const normal = (type, data) => [type || "message", data];

const parse = (data) => JSON.parse(data).choices[0].delta.content ?? "";

/** Layer: chunks → events. A run hands every event to `take`. */
export const pushEvents = {
  minara(chunks, take) {
    const decoder = new SseDecoder();
    for (const chunk of chunks) for (const { event, data } of decoder.push(chunk)) take(event, data);
    decoder.finish();
  },
  "eventsource-parser"(chunks, take) {
    const decoder = new TextDecoder();
    const parser = createParser({ onEvent: ({ event, data }) => take(event, data) });
    for (const chunk of chunks) parser.feed(decoder.decode(chunk, { stream: true }));
    parser.feed(decoder.decode());
  },
  "@microsoft/fetch-event-source"(chunks, take) {
    const push = getLines(getMessages(() => {}, () => {}, ({ event, data }) => take(event, data)));
    for (const chunk of chunks) push(chunk);
  },
};

/** Layer: chunks → text, one string for each chunk. */
export const pushText = {
  minara(chunks, take) {
    const decoder = new ChatDecoder();
    for (const chunk of chunks) take(decoder.push(chunk));
    decoder.finish();
  },
  "eventsource-parser"(chunks, take) {
    const decoder = new TextDecoder();
    let text = "";
    const parser = createParser({
      onEvent({ data }) {
        if (data !== "[DONE]") text += parse(data);
      },
    });
    for (const chunk of chunks) {
      text = "";
      parser.feed(decoder.decode(chunk, { stream: true }));
      take(text);
    }
  },
  "@microsoft/fetch-event-source"(chunks, take) {
    let text = "";
    const onMessage = ({ data }) => {
      if (data !== "[DONE]") text += parse(data);
    };
    const push = getLines(getMessages(() => {}, () => {}, onMessage));
    for (const chunk of chunks) {
      text = "";
      push(chunk);
      take(text);
    }
  },
};

/** Layer: stream → events. */
export const streamEvents = {
  async minara(stream, take) {
    for await (const { event, data } of readSse(stream)) take(event, data);
  },
  async "eventsource-parser"(stream, take) {
    // Without its stream: the shortest loop that its documentation allows.
    const decoder = new TextDecoder();
    const parser = createParser({ onEvent: ({ event, data }) => take(event, data) });
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      parser.feed(decoder.decode(value, { stream: true }));
    }
  },
  async "eventsource-parser/stream"(stream, take) {
    const events = stream.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const { event, data } of values(events)) take(event, data);
  },
  async openai(stream, take) {
    for await (const { event, data } of openAiMessages(new Response(stream), new AbortController())) take(event, data);
  },
  async "@anthropic-ai/sdk"(stream, take) {
    const messages = anthropicMessages(new Response(stream), new AbortController());
    for await (const { event, data } of messages) take(event, data);
  },
  async "parse-sse"(stream, take) {
    const headers = { "content-type": "text/event-stream" };
    const events = parseServerSentEvents(new Response(stream, { headers }));
    for await (const { type, data } of values(events)) take(type, data);
  },
  async "fetch-event-stream"(stream, take) {
    for await (const { event, data } of fetchEvents(new Response(stream))) take(event, data);
  },
};

/** Layer: stream → text. */
export const streamText = {
  async minara(stream, take) {
    const headers = { "content-type": "text/event-stream" };
    const answer = async () => new Response(stream, { headers });
    const minara = new Minara({ baseUrl: "http://127.0.0.1:9", fetch: answer });
    for await (const { text } of minara.chatStream({ message: "?" })) take(text);
  },
  async "eventsource-parser"(stream, take) {
    const decoder = new TextDecoder();
    let text = "";
    const parser = createParser({
      onEvent({ data }) {
        if (data !== "[DONE]") text += parse(data);
      },
    });
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text = "";
      parser.feed(decoder.decode(value, { stream: true }));
      take(text);
    }
  },
  async "eventsource-parser/stream"(stream, take) {
    const events = stream.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const { data } of values(events)) if (data !== "[DONE]") take(parse(data));
  },
  async openai(stream, take) {
    const chunks = OpenAiStream.fromSSEResponse(new Response(stream), new AbortController());
    for await (const { choices } of chunks) take(choices[0].delta.content ?? "");
  },
  async "@anthropic-ai/sdk"(stream, take) {
    const messages = anthropicMessages(new Response(stream), new AbortController());
    for await (const { data } of messages) if (data !== "[DONE]") take(parse(data));
  },
  async "parse-sse"(stream, take) {
    const headers = { "content-type": "text/event-stream" };
    const events = parseServerSentEvents(new Response(stream, { headers }));
    for await (const { data } of values(events)) if (data !== "[DONE]") take(parse(data));
  },
  async "fetch-event-stream"(stream, take) {
    for await (const { data } of fetchEvents(new Response(stream))) if (data !== "[DONE]") take(parse(data));
  },
};

/** Not every browser can iterate a stream. */
async function* values(stream) {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
