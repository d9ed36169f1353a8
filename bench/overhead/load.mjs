// A lean HTTP/1.1 client: keep-alive connections that each ask again as soon as they are answered.
import { connect } from "node:net";

const END = Buffer.from("\r\n\r\n");

/**
 * @typedef {{ count: number, seconds: number, latencies: number[], firstBytes: number[], statuses: Record<string, number> }} Load
 */

/**
 * @param {{ port: number, request: () => string, connections: number, count: number }} options
 * @returns {Promise<Load>}
 */
export async function load({ port, request, connections, count }) {
  /** @type {Load} */
  const seen = { count, seconds: 0, latencies: [], firstBytes: [], statuses: {} };
  let left = count;
  const next = () => (left > 0 ? (left -= 1, request()) : undefined);
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, () => drive(port, next, seen)));
  seen.seconds = (performance.now() - started) / 1000;
  return seen;
}

function drive(port, next, seen) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let answer = Buffer.alloc(0);
    let asked = 0;
    let first = 0;
    const ask = () => {
      const request = next();
      if (request === undefined) {
        socket.destroy();
        resolve(undefined);
        return;
      }
      asked = performance.now();
      first = 0;
      socket.write(request);
    };
    socket.on("connect", ask);
    socket.on("error", reject);
    socket.on("close", () => resolve(undefined));
    socket.on("data", (piece) => {
      answer = answer.length === 0 ? piece : Buffer.concat([answer, piece]);
      const head = answer.indexOf(END);
      if (head < 0) return;
      if (first === 0 && answer.length > head + 4) first = performance.now() - asked;
      if (!isWhole(answer, head)) return;
      seen.latencies.push(performance.now() - asked);
      seen.firstBytes.push(first);
      const status = answer.toString("latin1", 9, 12);
      seen.statuses[status] = (seen.statuses[status] ?? 0) + 1;
      answer = Buffer.alloc(0);
      ask();
    });
  });
}

function isWhole(answer, head) {
  const headers = answer.toString("latin1", 0, head).toLowerCase();
  const length = /\ncontent-length: (\d+)/.exec(headers);
  if (length) return answer.length >= head + 4 + Number(length[1]);
  return answer.length >= head + 4 + 5 && answer.toString("latin1", answer.length - 5) === "0\r\n\r\n";
}
