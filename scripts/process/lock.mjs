import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, rmdirSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs `work` while holding a lock directory, so that two commands started at once do not install or build
 * the same thing into each other. A lock whose holder has died is taken over.
 *
 * A lock that is held has one file in it, of a name that was never used before, with the process id of its holder. It is
 * only ever that file which is removed: whoever is late to find a holder dead cannot take the lock from the next one.
 * @template T
 * @param {string} lockDir
 * @param {() => Promise<T>} work
 * @param {{ onWait?: () => void, pollMs?: number }} [options]
 * @returns {Promise<T>}
 */
export async function withLock(lockDir, work, { onWait, pollMs = 200 } = {}) {
  const name = randomUUID();
  for (let told = false; !acquire(lockDir, name); ) {
    if (endDeadHolder(lockDir)) continue;
    if (!told) onWait?.();
    told = true;
    await sleep(pollMs);
  }
  const release = () => void end(lockDir, name);
  process.on("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}

/**
 * A rename brings folder and file at once, and fails where there is a folder with a file already.
 * @param {string} lockDir
 * @param {string} name  of the file
 */
function acquire(lockDir, name) {
  if (holders(lockDir).length > 0) return false;
  const staged = `${lockDir}.${name}`;
  mkdirSync(dirname(lockDir), { recursive: true });
  const isHeld = isDone(() => {
    mkdirSync(staged);
    writeFileSync(join(staged, name), String(process.pid));
    renameSync(staged, lockDir);
  });
  if (!isHeld) rmSync(staged, { recursive: true, force: true });
  return isHeld;
}

/**
 * @param {string} lockDir
 * @returns {boolean} whether there was one to end
 */
function endDeadHolder(lockDir) {
  return holders(lockDir).some((name) => isDead(join(lockDir, name)) && end(lockDir, name));
}

/**
 * @param {string} lockDir
 * @param {string} name
 * @returns {boolean} whether it was there
 */
function end(lockDir, name) {
  const isEnded = isDone(() => unlinkSync(join(lockDir, name)));
  // Empty it is free as well, and somebody may have taken it.
  if (isEnded) isDone(() => rmdirSync(lockDir));
  return isEnded;
}

/** @param {string} lockDir @returns {string[]} one name, or none */
function holders(lockDir) {
  /** @type {string[]} */
  let names = [];
  isDone(() => (names = readdirSync(lockDir)));
  return names;
}

/** @param {string} file */
function isDead(file) {
  let pid = "";
  if (!isDone(() => (pid = readFileSync(file, "utf8")))) return false;
  // It is written before it can be seen: only a power cut leaves none.
  return !(Number(pid) > 0 && isAlive(Number(pid)));
}

/** What another process may bring about between a look and an act. */
const OVERTAKEN = ["ENOENT", "ENOTEMPTY", "EEXIST"];

/**
 * @param {() => void} act
 * @returns {boolean} false where another process was faster
 */
function isDone(act) {
  try {
    act();
    return true;
  } catch (error) {
    if (OVERTAKEN.includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? "")) return false;
    throw error;
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
