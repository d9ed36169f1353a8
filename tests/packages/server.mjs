// Servers in other processes: a port for each, and their first answer.
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";

/** @returns {Promise<number>} */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * What a server that may still be starting answers.
 * @param {string} url
 */
export async function answer(url) {
  for (let tries = 0; tries < 300; tries += 1) {
    try {
      return await fetch(url);
    } catch {
      await setTimeout(100);
    }
  }
  throw new Error(`${url} does not answer`);
}
