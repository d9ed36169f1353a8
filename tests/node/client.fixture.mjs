// What the client's tests share: a client before a sandbox, what it is asked about, and what it threw.
import assert from "node:assert/strict";

import { Minara, MinaraError } from "minara";

import { startSandbox } from "../../sandbox/server.mjs";

export const WALLET = "0x742d35cc6634c0532925a3b844bc9e7595f0beb1";
export const LINK = "https://polymarket.com/event/fed-decision-in-december";

/** A sandbox and a client of it, which end with the test. */
export async function clientFor(t, { sandbox: sandboxOptions, ...options } = {}) {
  const sandbox = await startSandbox(sandboxOptions);
  t.after(() => sandbox.close());
  const minara = new Minara({ apiKey: sandbox.key, baseUrl: sandbox.url, ...options });
  return { sandbox, minara };
}

/** The `MinaraError` with which `act` fails. */
export async function failureOf(act) {
  try {
    await act();
  } catch (error) {
    assert.ok(error instanceof MinaraError, `not a MinaraError: ${error?.stack ?? error}`);
    return error;
  }
  return assert.fail("it did not fail");
}

/** All parts of a stream, and the error that ended it, if one did. */
export async function readAll(stream) {
  const parts = [];
  try {
    for await (const part of stream) parts.push(part.text);
  } catch (error) {
    return { parts, text: parts.join(""), error };
  }
  return { parts, text: parts.join("") };
}
