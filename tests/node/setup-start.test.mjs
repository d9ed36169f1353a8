import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { root } from "../../scripts/setup/paths.mjs";
import { findPort, isFree } from "../../scripts/start/ports.mjs";
import { mask } from "../../scripts/start/service.mjs";
import { notInDevelopment, readStartSettings } from "../../scripts/start/settings.mjs";

/** What the Worker gets in development unless .dev.vars says otherwise. */
const generous = { DAILY_BUDGET: "1000000", SESSION_BUDGET: "1000000", SESSION_IN_FLIGHT: "256" };

test("without a key it is the sandbox on the usual ports", () => {
  const settings = readStartSettings({}, []);
  assert.equal(settings.live, false);
  assert.deepEqual(settings.port, { number: 8787, chosen: false });
  assert.deepEqual(settings.sandboxPort, { number: 8788, chosen: false });
});

test("development drops what the Worker takes with sessions alone", () => {
  const source = readFileSync(join(root, "worker/src/settings/mod.rs"), "utf8");
  const names = /OF_SESSIONS: [^=]+= \[([^\]]+)\]/.exec(source)?.[1].match(/[A-Z_]+/g);
  assert.deepEqual(notInDevelopment, ["SESSION_SECRET", ...(names ?? [])]);
});

test("an empty key is no key", () => {
  assert.equal(readStartSettings({ MINARA_API_KEY: "" }, []).live, false);
});

test("the environment wins over the first file, and the first file over the second", () => {
  const folder = mkdtempSync(join(tmpdir(), "minara-settings-"));
  try {
    const first = join(folder, "first");
    const second = join(folder, "second");
    writeFileSync(first, "MINARA_BASE_URL=https://first.example\nCOSTS=first\nMINARA_API_KEY=first\n");
    writeFileSync(second, "MINARA_BASE_URL=https://second.example\nCOSTS=second\nDAILY_BUDGET=5\nALLOWED_ORIGINS=second\n");
    const { worker, live } = readStartSettings({ MINARA_API_KEY: "environment" }, [first, second]);
    assert.equal(live, true);
    assert.deepEqual(worker, {
      ...generous,
      DAILY_BUDGET: "5",
      MINARA_API_KEY: "environment",
      MINARA_BASE_URL: "https://first.example",
      COSTS: "first",
      ALLOWED_ORIGINS: "second",
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("sessions are off in development, whatever the file says", () => {
  const folder = mkdtempSync(join(tmpdir(), "minara-settings-"));
  try {
    const file = join(folder, ".dev.vars");
    writeFileSync(file, "SESSION_SECRET=a\nSESSION_SECRET_PREVIOUS=b\nTURNSTILE_SECRET=c\nTURNSTILE_SITE_KEY=d\nCLIENT_TOKENS=e\n");
    const { worker } = readStartSettings({ SESSION_SECRET: "f" }, [file]);
    assert.deepEqual(worker, generous);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("lines of a .dev.vars that are not understood are told by file and number, and the others hold", () => {
  const folder = mkdtempSync(join(tmpdir(), "minara-settings-"));
  try {
    const files = ["first", "second"].map((name) => join(folder, name));
    writeFileSync(files[0], "KILL_SWITCH: on\nCOSTS={}\n");
    writeFileSync(files[1], "# mine\nDAILY_BUDGET=5\nSESSION_BUDGET 5\n\u00a0COSTS={}\n");
    const { worker, remarks } = readStartSettings({}, files);
    assert.deepEqual(worker, { ...generous, COSTS: "{}", DAILY_BUDGET: "5" });
    assert.deepEqual(remarks, [
      `${files[0]} is not understood on line 1 and sets nothing there: write NAME=value.`,
      `${files[1]} is not understood on lines 3, 4 and sets nothing there: write NAME=value.`,
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("npm start tells them before it does anything", async () => {
  const checkout = mkdtempSync(join(tmpdir(), "minara-start-"));
  const server = createServer();
  await new Promise((resolve) => server.listen({ port: 0, host: "127.0.0.1" }, () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  try {
    cpSync(join(root, "scripts"), join(checkout, "scripts"), { recursive: true });
    writeFileSync(join(checkout, ".dev.vars"), "COSTS={}\nMINARA_API_KEY sk-of-mine\n");
    const env = { ...process.env, PORT: String(port), MINARA_API_KEY: "" };
    const told = await new Promise((resolve) => {
      const done = (/** @type {unknown} */ _, /** @type {string} */ stdout, /** @type {string} */ stderr) => resolve([stdout, stderr]);
      execFile(process.execPath, [join(checkout, "scripts", "start.mjs")], { env }, done);
    });
    assert.deepEqual(told, [
      "note: .dev.vars is not understood on line 2 and sets nothing there: write NAME=value.\n",
      `\nerror: port ${port} is in use: stop what listens there, or set PORT to another port.\n`,
    ]);
  } finally {
    server.close();
    rmSync(checkout, { recursive: true, force: true });
  }
});

test("without files, and where all lines are understood, there is nothing to remark", () => {
  assert.deepEqual(readStartSettings({}, ["/nowhere/.dev.vars"]).remarks, []);
});

for (const port of ["0", "65536", "-1", "80.5", "eighty", "8787 "]) {
  test(`the port ${JSON.stringify(port)} is refused`, () => {
    assert.throws(() => readStartSettings({ PORT: port }, []), {
      name: "Failure",
      message: `PORT must be a whole number from 1 to 65535, not ${JSON.stringify(port)}.`,
    });
  });
}

test("a taken port is passed over, unless the user chose it", async () => {
  const server = createServer();
  await new Promise((resolve) => server.listen({ port: 0, host: "127.0.0.1" }, () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  try {
    assert.equal(await isFree(port), false);
    assert.ok((await findPort("PORT", { number: port, chosen: false })) > port);
    await assert.rejects(findPort("PORT", { number: port, chosen: true }), {
      name: "Failure",
      message: `port ${port} is in use: stop what listens there, or set PORT to another port.`,
    });
  } finally {
    await new Promise((resolve) => server.close(() => resolve(undefined)));
  }
  assert.equal(await findPort("PORT", { number: port, chosen: true }), port);
});

test("a port that is already given away is refused like a taken one", async () => {
  await assert.rejects(findPort("SANDBOX_PORT", { number: 9, chosen: true }, [9]), {
    name: "Failure",
    message: "port 9 is in use: stop what listens there, or set SANDBOX_PORT to another port.",
  });
});

test("secrets are masked in what a service prints, every time they occur", () => {
  assert.equal(mask("a sk-1 b sk-1 c two", ["sk-1", "two"]), "a [secret] b [secret] c [secret]");
});
