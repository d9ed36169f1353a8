import { request } from "node:http";

import { Failure } from "../process/failure.mjs";
import { startWorker } from "./worker.mjs";

/** A name that is nobody's (RFC 6761 §6.4). */
const STRANGER = "stranger.invalid";

/**
 * Starts the Worker for this machine alone; one that does not serve it, or would serve others too, is a Failure.
 * @param {Parameters<typeof startWorker>[0]} options
 */
export async function startDevelopment(options) {
  const { worker, health } = await startWorker(options);
  try {
    if (health.status !== 200) {
      throw new Failure(`the Worker answers ${health.status}: ${health.message ?? "no reason given"}`);
    }
    await checkGuard(options.port);
    await untilSaid(worker, ['"reject":"not_configured"', "/api/health 503"]);
  } catch (error) {
    await worker.end();
    throw error;
  }
  return { worker, health };
}

/**
 * Without sessions the Worker tells strangers by the Host header alone. What wrangler puts in front can hide it: then a
 * tunnel or a rebound name would read as `localhost`, and whoever comes that way would be served.
 * @param {number} port
 */
async function checkGuard(port) {
  if ((await healthStatus(STRANGER, port)) === 503) return;
  throw new Failure(
    "the Worker does not see under which host it is called, so it would serve more than this machine. " +
      "Take `host` under `[dev]` out of worker/wrangler.toml.",
  );
}

/**
 * Else what is printed of the stranger's question would come after the announcement, as if it were somebody's. Where
 * wrangler is told to be silent (WRANGLER_LOG) nothing comes, and nothing is waited for any longer.
 * @param {import("./service.mjs").Service} worker
 * @param {string[]} texts
 */
async function untilSaid(worker, texts) {
  const isSaid = async () => texts.every((text) => worker.hasSaid(text));
  await worker.ready(isSaid, { deadlineMs: 5_000 }).catch(() => {});
}

/**
 * @param {string} host  which fetch would not send
 * @param {number} port
 * @returns {Promise<number | undefined>}
 */
function healthStatus(host, port) {
  return new Promise((resolve, reject) => {
    const options = { host: "localhost", port, path: "/api/health", headers: { host }, agent: false, timeout: 10_000 };
    const outgoing = request(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    outgoing.on("timeout", () => outgoing.destroy(new Failure("the Worker did not answer within 10 s.")));
    outgoing.on("error", reject);
    outgoing.end();
  });
}
