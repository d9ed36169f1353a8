// Fetching an answer that the API keeps under an id.
import { sleep } from "./abort.js";
import { ready } from "./instance.js";

/** @import { ChatAnswer, ChatStatus } from "./index.js" */

/**
 * Looks a job up once.
 * @typedef {(id: string, signal: AbortSignal) => Promise<ChatStatus>} Look
 */

/**
 * Looks a job up until its answer is there.
 * @param {string} id
 * @param {string} delivered  text of the answer that the caller already has
 * @param {Look} look
 * @param {AbortSignal} signal
 * @returns {Promise<{ answer: ChatAnswer, rest: string }>} the answer, and its text after what was delivered
 */
export async function storedAnswer(id, delivered, look, signal) {
  for (let looks = 0; ; looks += 1) {
    const status = await look(id, signal);
    const { bindings } = await ready();
    const step = bindings.recoveryStep(status, delivered, looks, Math.random());
    if (step.waitMs === undefined) return step;
    await sleep(step.waitMs, signal);
  }
}
