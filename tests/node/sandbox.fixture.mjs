// What the sandbox's own tests share: starting one, asking it, and looking at its bytes.
import { connect } from "node:net";
import { startSandbox } from "../../sandbox/server.mjs";

export const CHAT = "/v1/developer/chat";
export const SWAP = "/v1/developer/intent-to-swap-tx";
export const PERP = "/v1/developer/perp-trading-suggestion";
export const PREDICTION = "/v1/developer/prediction-market-ask";
export const WALLET = "0x742d35Cc6634C0532925a3b844Bc9e7595f0bEb1";

/** A sandbox that ends with its test. */
export async function sandboxFor(t, options) {
  const sandbox = await startSandbox(options);
  t.after(() => sandbox.close());
  return sandbox;
}

export const question = (content, rest = {}) => ({ mode: "fast", stream: false, message: { role: "user", content }, ...rest });

export function post(sandbox, path, body, { headers = {}, ...init } = {}) {
  return fetch(sandbox.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${sandbox.key}`, "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...init,
  });
}

/** Posts and gives `{ status, body }`, the body as JSON. */
export async function ask(sandbox, path, body, init) {
  const response = await post(sandbox, path, body, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
}

export async function lookUp(sandbox, id) {
  const response = await fetch(`${sandbox.url}${CHAT}/requests/${id}`, {
    headers: { authorization: `Bearer ${sandbox.key}` },
  });
  return { status: response.status, body: await response.json() };
}

/** Whole events of a stream's text. */
export const events = (text) => text.split("\n\n").filter(Boolean);

/** The `data:` payloads of a stream's text. */
export const payloads = (text) => events(text).map((event) => event.slice("data: ".length));

/** The answer that a stream's text holds. */
export const joined = (text) =>
  payloads(text)
    .filter((data) => data !== "[DONE]")
    .map((data) => JSON.parse(data).choices[0].delta.content ?? "")
    .join("");

/**
 * Posts over a bare socket: what arrived, how it ended, and the HTTP chunks it came in.
 *
 * @returns {Promise<{ head: string, chunks: Buffer[], body: Buffer, ending: "end" | "reset", whole: boolean }>}
 */
export function postRaw(sandbox, path, body, { onData } = {}) {
  const payload = JSON.stringify(body);
  return new Promise((resolve) => {
    const socket = connect(sandbox.port, "127.0.0.1");
    const pieces = [];
    const settle = (ending) => resolve({ ...parse(Buffer.concat(pieces)), ending });
    socket.on("data", (piece) => {
      pieces.push(piece);
      onData?.(Buffer.concat(pieces).toString("utf8"), socket);
    });
    socket.once("error", (error) => settle(error.code === "ECONNRESET" ? "reset" : error.code));
    socket.once("end", () => settle("end"));
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\nAuthorization: Bearer ${sandbox.key}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(payload)}\r\n\r\n${payload}`,
    );
  });
}

export const STREAM = question("Analyze SOL.", { stream: true });
export const UNARY = question("Analyze SOL.");

/** Runs one fault against a stream over a bare socket. */
export async function streamUnder(t, fault, request = STREAM) {
  const sandbox = await sandboxFor(t);
  sandbox.script(fault);
  const seen = await postRaw(sandbox, CHAT, request);
  return { ...seen, sandbox, text: seen.body.toString("utf8"), record: sandbox.requests[0] };
}

function parse(bytes) {
  const at = bytes.indexOf("\r\n\r\n");
  if (at < 0) return { head: bytes.toString("latin1"), chunks: [], body: Buffer.alloc(0), whole: false };
  const head = bytes.subarray(0, at).toString("latin1");
  const rest = bytes.subarray(at + 4);
  if (!/transfer-encoding: chunked/i.test(head)) return { head, chunks: [rest], body: rest, whole: true };
  const { chunks, whole } = chunksOf(rest);
  return { head, chunks, body: Buffer.concat(chunks), whole };
}

function chunksOf(bytes) {
  const chunks = [];
  for (let at = 0; at < bytes.length; ) {
    const line = bytes.indexOf("\r\n", at);
    const size = Number.parseInt(bytes.subarray(at, line).toString("latin1"), 16);
    if (size === 0) return { chunks, whole: true };
    chunks.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
  return { chunks, whole: false };
}
