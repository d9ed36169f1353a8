import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { endGroup, exitOf, spawnGroup } from "../../scripts/process/group.mjs";
import { run, tryRun } from "../../scripts/process/run.mjs";
import { Service } from "../../scripts/start/service.mjs";

const folder = mkdtempSync(join(tmpdir(), "minara-process-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a parent with a child of its own and resolves once both run; the child's id is what it printed. */
async function startFamily(program) {
  const parent = spawnGroup("sh", ["-c", program], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await new Promise((resolve) => parent.stdout?.once("data", (data) => resolve(String(data).split("\n"))));
  return { parent, childId: Number(line) };
}

function runs(pid) {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}

test("ending a group ends the children of its leader too", async () => {
  const { parent, childId } = await startFamily("sleep 600 & echo $!; wait");
  assert.equal(runs(childId), true);
  await endGroup(parent);
  assert.equal(runs(childId), false);
  assert.equal(await exitOf(parent), 1);
});

test("a group that ignores the request to end is made to", async () => {
  const { parent, childId } = await startFamily("trap '' TERM; sleep 600 & echo $!; wait");
  await endGroup(parent, { graceMs: 200 });
  assert.equal(runs(childId), false);
  assert.equal(runs(parent.pid), false);
});

test("a group whose leader has gone is ended all the same", async () => {
  const { parent, childId } = await startFamily("sleep 600 >/dev/null & echo $!");
  assert.equal(await exitOf(parent), 0);
  assert.equal(runs(childId), true);
  await endGroup(parent);
  assert.equal(runs(childId), false);
});

test("a failed command is a failure that shows the end of what it said", async () => {
  await assert.rejects(run("sh", ["-c", "echo first; echo last >&2; exit 3"]), {
    name: "Failure",
    message: "`sh -c echo first; echo last >&2; exit 3` failed with exit code 3:\nfirst\nlast",
  });
});

test("a command that does not exist is named", async () => {
  assert.deepEqual(await tryRun("minara-no-such-command", []), { code: null, output: "" });
  await assert.rejects(run("minara-no-such-command", ["--now"]), {
    name: "Failure",
    message: "`minara-no-such-command` was not found on PATH (wanted for `minara-no-such-command --now`).",
  });
});

test("a service that ends before it is ready is a failure with what it said, its secrets masked", async () => {
  const service = new Service("the thing", "sh", ["-c", "echo using sk-minara-canary; exit 4"], {
    cwd: folder,
    env: process.env,
    secrets: ["sk-minara-canary", ""],
  });
  await assert.rejects(service.ready(async () => false, { deadlineMs: 10_000, pollMs: 5 }), {
    name: "Failure",
    message: "the thing ended with exit code 4. It said:\nusing [secret]",
  });
});

test("a command that fails says so in one sentence and leaves with 1", () => {
  const script = fileURLToPath(new URL("../../scripts/build.mjs", import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, "--everything"], { encoding: "utf8" });
  assert.equal(stderr, "\nerror: unknown option --everything; the only one is --all.\n");
  assert.equal(status, 1);
});
