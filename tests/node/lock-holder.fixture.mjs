// A process that takes the lock it is told of, once for each message that names one, and says how that went.
import { once } from "node:events";
import { closeSync, openSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { withLock } from "../../scripts/process/lock.mjs";

process.on("message", async ({ lock, heldMs }) => {
  if (lock === undefined) return;
  const work = async () => {
    // Fails where another process is within.
    closeSync(openSync(`${lock}.held`, "wx"));
    process.send?.("in");
    // Without a time until the next message.
    await (heldMs === undefined ? once(process, "message") : sleep(heldMs));
    rmSync(`${lock}.held`);
  };
  const outcome = await withLock(lock, work, { pollMs: 1 }).then(
    () => "out",
    (error) => `failed: ${error.message}`,
  );
  process.send?.(outcome);
});
