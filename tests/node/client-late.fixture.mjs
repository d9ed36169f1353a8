// A server in a thread of its own, which answers while the test holds up its own: half a stream, and the rest so much later.
import { createServer } from "node:http";
import { parentPort } from "node:worker_threads";

const text = (delta) => `data: ${JSON.stringify({ delta })}\n\n`;
const server = createServer((request, response) => {
  request.resume();
  if (request.url.startsWith("/whole")) {
    const headers = { "content-type": "application/json" };
    setTimeout(() => response.writeHead(200, headers).end('{"content":"paid"}'), 150);
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(text("one "));
  if (request.url.startsWith("/cut")) return;
  setTimeout(() => response.write(text("two ")), 100);
  setTimeout(() => response.end(`${text("three")}data: [DONE]\n\n`), 200);
});
server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
