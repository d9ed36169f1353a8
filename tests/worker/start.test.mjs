// The Worker behind wrangler, as `npm start` runs it: development serves this machine alone, whatever stands in front.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { startSandbox } from "../../sandbox/server.mjs";
import { makePrivateFolder } from "../../scripts/process/env-file.mjs";
import { endAllGroups } from "../../scripts/process/group.mjs";
import { root } from "../../scripts/setup/paths.mjs";
import { startDevelopment } from "../../scripts/start/development.mjs";
import { findPort } from "../../scripts/start/ports.mjs";
import { askAs, assertNoKey, bodies, canary, paths } from "./gateway.mjs";

const notConfigured = "The Worker is not configured: SESSION_SECRET must be set where others than this machine can call.";
const foreign = "Pages of this origin may not call this Worker.";

// One that did not come up in time would keep this process waiting.
after(endAllGroups);

/**
 * Starts the Worker in front of a sandbox, with a configuration as the owner may have changed it.
 * @param {(wranglerToml: string) => string} [changed]
 */
async function startSite(changed) {
  const sandbox = await startSandbox({ key: canary });
  const port = await findPort("PORT", { number: 8800, chosen: false });
  const privateFolder = makePrivateFolder("minara-start-test-");
  const settings = { MINARA_API_KEY: canary, MINARA_BASE_URL: sandbox.url };
  const config = changed && privateFolder.write("wrangler.toml", changed(movable()));
  /** @type {string[]} */
  const seen = [];
  const clear = async () => {
    await sandbox.close();
    privateFolder.remove();
  };
  try {
    const { worker, health } = await startDevelopment({ port, settings, privateFolder, env: process.env, config });
    const said = ['"route":"health","status":503', "GET /api/health 503"].map((text) => worker.hasSaid(text));
    const stop = async () => {
      await worker.end();
      await clear();
      // What a service prints of a secret is masked.
      assert.equal(worker.hasSaid("[secret]") || worker.hasSaid(canary.slice(-12)), false, "the key was printed");
      assertNoKey(seen);
    };
    return { port, health, sandbox, said, seen, stop };
  } catch (error) {
    await clear();
    throw error;
  }
}

/** The configuration with paths that hold from anywhere. */
function movable() {
  const file = readFileSync(join(root, "worker", "wrangler.toml"), "utf8");
  return file.replace('main = "', `main = "${root}/worker/`).replace('directory = "', `directory = "${root}/worker/`);
}

/** A call, or a question for the health, and what is said of it. */
async function ask({ port, seen }, path, host, origin) {
  const body = bodies[path] && JSON.stringify(bodies[path]);
  const answer = await askAs(host, port, body ? "POST" : "GET", path, body, origin);
  seen.push(JSON.stringify(answer));
  const { error } = JSON.parse(answer.text);
  return error ? [answer.status, error.code, error.message] : [answer.status];
}

for (const [where, changed] of [
  ["as it stands", undefined],
  ["with a route", (/** @type {string} */ toml) => `route = "minara.example/*"\n${toml}`],
]) {
  describe(`npm start, wrangler.toml ${where}`, () => {
    /** @type {Awaited<ReturnType<typeof startSite>>} */
    let site;
    before(async () => {
      site = await startSite(changed);
    });
    after(() => site?.stop());

    for (const host of ["tunnel.example", "rebound.example:8787", "minara.example"]) {
      test(`nobody who calls ${host} is served, and the API hears nothing`, async () => {
        site.sandbox.reset();
        for (const path of [...Object.values(paths), "/api/health"]) {
          for (const origin of [`http://${host}`, undefined]) {
            assert.deepEqual(await ask(site, path, host, origin), [503, "not_configured", notConfigured], path);
          }
        }
        assert.deepEqual(site.sandbox.requests, []);
      });
    }

    test("what is printed of its own question as a stranger comes before it runs", () => {
      assert.deepEqual(site.said, [true, true]);
    });

    test("a page of another site that calls this machine is refused by its origin", async () => {
      site.sandbox.reset();
      const seen = await ask(site, paths.perp, `localhost:${site.port}`, "http://tunnel.example");
      assert.deepEqual([seen, site.sandbox.requests], [[403, "forbidden", foreign], []]);
    });

    test("this machine is served under its names", async () => {
      assert.deepEqual(site.health, { status: 200, upstream: "sandbox", message: undefined });
      for (const host of ["localhost", "127.0.0.1"]) {
        const own = `${host}:${site.port}`;
        assert.deepEqual(await ask(site, paths.perp, own, `http://${own}`), [200], own);
      }
    });
  });
}

for (const [host, message] of [
  [
    "localhost",
    "the Worker does not see under which host it is called, so it would serve more than this machine. " +
      "Take `host` under `[dev]` out of worker/wrangler.toml.",
  ],
  ["minara.example", `the Worker answers 503: ${notConfigured}`],
]) {
  test(`npm start refuses a wrangler.toml by which every caller seems to call ${host}`, async () => {
    const start = startSite((toml) => `${toml}\n[dev]\nhost = "${host}"\n`);
    await assert.rejects(start.then((site) => site.stop()), { name: "Failure", message });
  });
}
