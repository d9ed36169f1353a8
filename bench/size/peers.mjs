// One streaming chat in a page, as each peer's documentation writes it.

const messages = `[{ role: "user", content: "gm" }]`;
const print = "document.body.append";

/** @type {Record<string, string>} */
export const peers = {
  "ai + @ai-sdk/openai": `
    import { createOpenAI } from "@ai-sdk/openai";
    import { streamText } from "ai";
    const openai = createOpenAI({ apiKey: "x", baseURL: "/api" });
    const { textStream } = streamText({ model: openai("m"), messages: ${messages} });
    for await (const text of textStream) ${print}(text);
  `,
  openai: `
    import OpenAI from "openai";
    const client = new OpenAI({ apiKey: "x", baseURL: "/api", dangerouslyAllowBrowser: true });
    const stream = await client.chat.completions.create({ model: "m", messages: ${messages}, stream: true });
    for await (const chunk of stream) ${print}(chunk.choices[0]?.delta?.content ?? "");
  `,
  "@anthropic-ai/sdk": `
    import Anthropic from "@anthropic-ai/sdk";
    const client = new Anthropic({ apiKey: "x", baseURL: "/api", dangerouslyAllowBrowser: true });
    const stream = client.messages.stream({ model: "m", max_tokens: 1, messages: ${messages} });
    stream.on("text", (text) => ${print}(text));
    await stream.finalMessage();
  `,
  "@google/genai": `
    import { GoogleGenAI } from "@google/genai";
    const client = new GoogleGenAI({ apiKey: "x" });
    const stream = await client.models.generateContentStream({ model: "m", contents: "gm" });
    for await (const chunk of stream) ${print}(chunk.text ?? "");
  `,
  "ky + eventsource-parser": `
    import { EventSourceParserStream } from "eventsource-parser/stream";
    import ky from "ky";
    const { body } = await ky.post("/api/chat", { json: { messages: ${messages} } });
    const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const { data } of events) ${print}(JSON.parse(data).choices[0].delta.content ?? "");
  `,
  "fetch + eventsource-parser": `
    import { EventSourceParserStream } from "eventsource-parser/stream";
    const { body } = await fetch("/api/chat", { method: "POST", body: JSON.stringify({ messages: ${messages} }) });
    const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const { data } of events) ${print}(JSON.parse(data).choices[0].delta.content ?? "");
  `,
};
