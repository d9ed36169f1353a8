/** Something that the reader of the terminal can act on: shown as its sentence, without a stack. */
export class Failure extends Error {
  name = "Failure";
}

/**
 * Runs a command's main function: a Failure ends it with its sentence and exit code 1, a bug with its stack.
 * @param {() => Promise<void>} main
 */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Failure ? `\nerror: ${error.message}` : error);
    process.exitCode = 1;
  }
}
