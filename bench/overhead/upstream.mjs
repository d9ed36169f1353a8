// An API that answers at once, in a process of its own: what is measured is what stands before it.
import { createServer } from "node:http";

const json = JSON.stringify({
  chatId: "chat_0123456789abcdef01234567",
  messageId: "msg_0123456789abcdef01234567",
  content: "SOL rose on higher volume. ".repeat(40),
  usage: { inputTokens: 12, outputTokens: 180, totalTokens: 192 },
});
const chunk = (delta) => `data: ${JSON.stringify({ chatId: "chat_0123456789abcdef01234567", choices: [{ index: 0, delta }] })}\n\n`;

const server = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request) body += piece;
  if (body.includes('"stream":true')) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (let word = 0; word < 20; word += 1) response.write(chunk({ content: "word " }));
    response.end("data: [DONE]\n\n");
  } else {
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(json) });
    response.end(json);
  }
});
server.keepAliveTimeout = 600_000;
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
