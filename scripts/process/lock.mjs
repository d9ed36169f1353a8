import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A holder that has not yet written its process id is given this long before its lock counts as abandoned. */
const UNSIGNED_LOCK_MS = 10_000;

/**
 * Runs `work` while holding a lock directory, so that two commands started at once do not install or build
 * the same thing into each other. A lock whose holder has died is taken over.
 * @template T
 * @param {string} lockDir
 * @param {() => Promise<T>} work
 * @param {{ onWait?: () => void, pollMs?: number }} [options]
 * @returns {Promise<T>}
 */
export async function withLock(lockDir, work, { onWait, pollMs = 200 } = {}) {
  mkdirSync(dirname(lockDir), { recursive: true });
  for (let waited = false; !acquire(lockDir); waited = true) {
    if (isAbandoned(lockDir)) {
      rmSync(lockDir, { recursive: true, force: true });
      continue;
    }
    if (!waited) onWait?.();
    await sleep(pollMs);
  }
  const release = () => rmSync(lockDir, { recursive: true, force: true });
  process.on("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}

/** @param {string} lockDir */
function acquire(lockDir) {
  try {
    mkdirSync(lockDir);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  }
  writeFileSync(join(lockDir, "pid"), String(process.pid));
  return true;
}

/** @param {string} lockDir */
function isAbandoned(lockDir) {
  try {
    const pid = Number(readFileSync(join(lockDir, "pid"), "utf8"));
    if (pid > 0) return !isAlive(pid);
  } catch {
    // Not signed yet, or just released: its age decides.
  }
  try {
    return Date.now() - statSync(lockDir).mtimeMs > UNSIGNED_LOCK_MS;
  } catch {
    return false;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}
