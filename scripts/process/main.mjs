import { constants } from "node:os";

import { Failure } from "./failure.mjs";
import { endAllGroups } from "./group.mjs";

/**
 * Runs a command's main function: a Failure ends it with its sentence and exit code 1, a bug with its stack.
 * Ctrl-C, SIGTERM and hang-up end every process group that was started, then the command itself.
 * @param {() => Promise<void>} main
 * @param {{ runsUntilStopped?: boolean }} [options]  when being stopped is the command's normal end: exit code 0
 */
export async function runMain(main, { runsUntilStopped = false } = {}) {
  let stopping = false;
  for (const signal of /** @type {const} */ (["SIGHUP", "SIGINT", "SIGTERM"])) {
    process.on(signal, async () => {
      // Further signals change nothing: the end is already bounded in time.
      if (stopping) return;
      stopping = true;
      await endAllGroups();
      process.exit(runsUntilStopped ? 0 : 128 + constants.signals[signal]);
    });
  }
  try {
    await main();
  } catch (error) {
    // What fails while everything is being ended fails because of that.
    if (stopping) return;
    console.error(error instanceof Failure ? `\nerror: ${error.message}` : error);
    process.exitCode = 1;
  } finally {
    if (!stopping) await endAllGroups();
  }
}
