// What keeps two commands from installing or building the same thing into each other.
import assert from "node:assert/strict";
import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { withLock } from "../../scripts/process/lock.mjs";

const folder = mkdtempSync(join(tmpdir(), "minara-lock-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A process that takes locks; it ends with the test. */
function startHolder(t) {
  const holder = fork(fileURLToPath(new URL("lock-holder.fixture.mjs", import.meta.url)));
  t.after(() => holder.kill("SIGKILL"));
  return holder;
}

/** What a process says of its next turn, once that is over. */
function outcomeOf(holder) {
  return new Promise((resolve) => {
    const said = [];
    holder.on("message", function take(word) {
      said.push(word);
      if (word === "in") return;
      holder.off("message", take);
      resolve(said.join(", "));
    });
  });
}

test("work under one lock never overlaps", async () => {
  const lock = join(folder, "serial");
  const events = [];
  const work = (name) => async () => {
    events.push(`${name} in`);
    await sleep(30);
    events.push(`${name} out`);
  };
  await Promise.all([withLock(lock, work("a"), { pollMs: 5 }), withLock(lock, work("b"), { pollMs: 5 })]);
  assert.deepEqual(events, ["a in", "a out", "b in", "b out"]);
  assert.equal(existsSync(lock), false);
});

test("a lock is released when the work fails", async () => {
  const lock = join(folder, "failing");
  await assert.rejects(withLock(lock, async () => Promise.reject(new Error("broken"))), { message: "broken" });
  assert.equal(existsSync(lock), false);
});

test("a lock whose holder was killed is taken over, and nobody is told to wait", async (t) => {
  const lock = join(folder, "killed");
  const holder = startHolder(t);
  holder.send({ lock });
  assert.deepEqual(await once(holder, "message"), ["in", undefined]);
  holder.kill("SIGKILL");
  await once(holder, "exit");
  const onWait = () => assert.fail("there is nobody to wait for");
  assert.equal(await withLock(lock, async () => "done", { onWait }), "done");
  assert.equal(existsSync(lock), false);
});

test("a lock whose holder runs is waited for, which is told once", async (t) => {
  const lock = join(folder, "running");
  const holder = startHolder(t);
  const outcome = outcomeOf(holder);
  holder.send({ lock });
  await once(holder, "message");
  let told = 0;
  const onWait = () => {
    told += 1;
    setTimeout(() => holder.send({}), 50);
  };
  await withLock(lock, async () => assert.equal(existsSync(`${lock}.held`), false), { onWait, pollMs: 5 });
  assert.deepEqual([told, await outcome], [1, "in, out"]);
});

for (const [what, content] of [
  ["as earlier versions of the scripts wrote it", String(spawnSync("true").pid)],
  ["that lost its content in a power cut", ""],
]) {
  test(`an abandoned lock ${what} is taken over`, async () => {
    const lock = join(folder, "earlier");
    mkdirSync(lock);
    writeFileSync(join(lock, "pid"), content);
    assert.equal(await withLock(lock, async () => "done", { pollMs: 5 }), "done");
    assert.equal(existsSync(lock), false);
  });
}

test("a lock whose folder was removed meanwhile is released all the same", async () => {
  const lock = join(folder, "removed", "lock");
  assert.equal(await withLock(lock, async () => (rmSync(join(folder, "removed"), { recursive: true }), "done")), "done");
});

test("of several processes that find an abandoned lock at once, one after the other gets it", async (t) => {
  const holders = Array.from({ length: 4 }, () => startHolder(t));
  const { pid } = spawnSync("true");
  for (let round = 0; round < 40; round += 1) {
    const lock = join(folder, `abandoned-${round}`);
    mkdirSync(lock);
    writeFileSync(join(lock, "pid"), String(pid));
    const outcomes = holders.map(outcomeOf);
    for (const holder of holders) holder.send({ lock, heldMs: 2 });
    assert.deepEqual(await Promise.all(outcomes), Array(4).fill("in, out"), `round ${round}`);
  }
  const left = readdirSync(folder).filter((name) => name.startsWith("abandoned"));
  assert.deepEqual(left, []);
});
