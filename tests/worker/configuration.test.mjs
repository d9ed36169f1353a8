// What wrangler.toml makes of a deployed Worker, as wrangler itself reads it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { unstable_readConfig as readConfig } from "wrangler";

const inWorker = (name) => fileURLToPath(new URL(`../../worker/${name}`, import.meta.url));
const config = JSON.parse(JSON.stringify(readConfig({ config: inWorker("wrangler.toml") })));
const readme = readFileSync(inWorker("README.md"), "utf8").replaceAll("\n", " ");

test("Cloudflare keeps the lines that the Worker writes, and no log of its own that would hold a request's URL and headers", () => {
  assert.deepEqual(config.observability, { logs: { enabled: true, invocation_logs: false } });
  assert.deepEqual([config.logpush, config.tail_consumers], [undefined, undefined]);
});

test("the rate limits are those that the README gives", () => {
  assert.deepEqual(
    config.ratelimits.map(({ name, simple }) => [name, simple]),
    [
      ["CALLER_LIMIT", { limit: 120, period: 60 }],
      ["ADDRESS_LIMIT", { limit: 600, period: 60 }],
      ["SESSION_LIMIT", { limit: 20, period: 60 }],
    ],
  );
  const said = "120 a minute for a caller, 600 for an address, 20 for an address's sessions, begun and renewed together;";
  assert.ok(readme.includes(said));
});
