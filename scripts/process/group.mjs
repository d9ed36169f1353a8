import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** @typedef {import("node:child_process").ChildProcess} ChildProcess */

/** @type {Set<ChildProcess>} */
const groups = new Set();

const pollMs = 25;

/**
 * Starts a command as the leader of a process group of its own, so that it can be ended with everything that
 * it started, and so that Ctrl-C in the terminal reaches only us, who then end the groups in order.
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} options
 */
export function spawnGroup(command, args, options) {
  const child = spawn(command, args, { ...options, detached: true });
  if (child.pid !== undefined) groups.add(child);
  return child;
}

/**
 * Waits for a child to end.
 * @param {ChildProcess} child
 * @returns {Promise<number>} its exit code, 1 when a signal ended it
 */
export function exitOf(child) {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  if (child.signalCode !== null) return Promise.resolve(1);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

/**
 * Ends a child's whole group: asks first, then insists.
 * @param {ChildProcess} child
 * @param {{ graceMs?: number }} [options]  how long the group may take to end by itself
 */
export async function endGroup(child, { graceMs = 5_000 } = {}) {
  if (child.pid === undefined) return;
  if (signalGroup(child.pid, "SIGTERM") && !(await groupEnds(child.pid, graceMs))) {
    signalGroup(child.pid, "SIGKILL");
    await groupEnds(child.pid, graceMs);
  }
  groups.delete(child);
}

/** Ends every group that is still there, all at once. */
export async function endAllGroups() {
  await Promise.all([...groups].map((child) => endGroup(child)));
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals | 0} signal
 * @returns {boolean} whether the group exists
 */
function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** @param {number} pid @param {number} limitMs */
async function groupEnds(pid, limitMs) {
  for (let waited = 0; waited < limitMs; waited += pollMs) {
    if (!groupRuns(pid)) return true;
    await sleep(pollMs);
  }
  return !groupRuns(pid);
}

/**
 * Whether any process of a group still runs. A process that has ended but that its new parent has not yet
 * collected still takes signals; in containers that may last for seconds, so Linux is asked for its state.
 * @param {number} group
 */
function groupRuns(group) {
  if (!signalGroup(group, 0)) return false;
  if (process.platform !== "linux") return true;
  return readdirSync("/proc").some((name) => /^\d+$/.test(name) && runsInGroup(name, group));
}

/** @param {string} pid @param {number} group */
function runsInGroup(pid, group) {
  try {
    // "pid (name) state ppid pgrp …", where the name may hold spaces and parentheses.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, , pgrp] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(pgrp) === group && state !== "Z" && state !== "X";
  } catch {
    return false;
  }
}
