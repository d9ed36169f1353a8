// The whole path on one running site: page → Worker → sandbox, in Chromium.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { isFree } from "../../scripts/start/ports.mjs";
import { launchChromium } from "../chromium.mjs";
import { accessTests } from "./access.mjs";
import { carefulTests } from "./careful.mjs";
import { chatTests } from "./chat.mjs";
import { conversationTests } from "./conversation.mjs";
import { doubtTests } from "./doubts.mjs";
import { draftTests } from "./draft.mjs";
import { errorTests } from "./errors.mjs";
import { formTests } from "./forms.mjs";
import { gestureTests } from "./gestures.mjs";
import { marketTests } from "./markets.mjs";
import { pageTests } from "./page.mjs";
import { sendingTests } from "./sending.mjs";
import { isRunning, startSite, until } from "./site.mjs";
import { sourceTests } from "./source.mjs";
import { subjectTests } from "./subject.mjs";
import { swapTests } from "./swap.mjs";

/** Filled before the first test runs. */
const run = { site: undefined, browser: undefined };

describe("npm start", () => {
  before(async () => {
    run.site = await startSite();
    run.browser = await launchChromium();
  });
  after(async () => {
    await run.browser?.close();
    await run.site?.stop();
  });

  pageTests(run);
  sourceTests(run);
  chatTests(run);
  conversationTests(run);
  errorTests(run);
  formTests(run);
  subjectTests(run);
  sendingTests(run);
  gestureTests(run);
  swapTests(run);
  doubtTests(run);
  marketTests(run);
  carefulTests(run);
  draftTests(run);
  accessTests(run);

  test("SIGTERM ends it, leaves no process behind and frees both ports", async () => {
    const processes = await run.site.processes();
    assert.ok(processes.length >= 4, `npm, the script, the sandbox and the Worker: ${processes}`);
    await run.site.stop();
    for (const id of processes) await until(async () => !(await isRunning(id)), `the end of process ${id}`);
    for (const port of run.site.ports) assert.ok(await isFree(port), `port ${port} is free`);
    assert.ok(!run.site.output().includes(run.site.key), "also the end of the output is without the key");
  });
});
