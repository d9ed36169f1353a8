import { createServer } from "node:net";

import { Failure } from "../process/failure.mjs";

/** @typedef {import("./settings.mjs").RequestedPort} RequestedPort */

const loopbacks = ["127.0.0.1", "::1"];
const attempts = 50;

/**
 * The port itself when it is free; else the next free one, unless the user chose it.
 * @param {string} name  the variable that sets it
 * @param {RequestedPort} requested
 * @param {number[]} [taken]  ports that are already given away
 */
export async function findPort(name, { number, chosen }, taken = []) {
  for (let port = number; port < Math.min(number + attempts, 65536); port += 1) {
    if (!taken.includes(port) && (await isFree(port))) return port;
    if (chosen) throw new Failure(`port ${port} is in use: stop what listens there, or set ${name} to another port.`);
  }
  throw new Failure(`no free port from ${number} on: set ${name} to one.`);
}

/** @param {number} port */
export async function isFree(port) {
  for (const host of loopbacks) {
    if (!(await canListen(port, host))) return false;
  }
  return true;
}

/**
 * @param {number} port
 * @param {string} host
 * @returns {Promise<boolean>}
 */
function canListen(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    // A machine without IPv6 has no ::1, so nothing listens there either.
    server.once("error", (error) => {
      const { code } = /** @type {NodeJS.ErrnoException} */ (error);
      resolve(code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT");
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
