// How often a caller may call and an address may begin a session, and what counts as one address.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";

import { bearer, freshToken, paths, sessionSecret, startGateway } from "./gateway.mjs";
import { partner, settings } from "./sessions.fixture.mjs";

describe("rate limits", () => {
  test("a caller over the limit is rate_limited before anything is read or sent", async () => {
    const gateway = await startGateway({ settings, limits: { caller: 3, address: 100, session: 2 } });
    try {
      const token = freshToken();
      const ask = (body) => gateway.post(paths.perp, body, bearer(token));
      assert.deepEqual([(await ask()).status, (await ask()).status, (await ask("{")).status], [200, 200, 400]);
      const { status, error, headers } = await ask("{");
      assert.deepEqual([status, error.code, error.retryAfter, headers.get("retry-after")], [429, "rate_limited", 60, "60"]);
      assert.equal((await gateway.post(paths.perp, undefined, bearer(freshToken()))).status, 200, "others go on");
      assert.equal(gateway.posts, 3);
    } finally {
      await gateway.stop();
    }
  });

  test("the owner's programs have a limit as well", async () => {
    const token = "a-client-token-of-the-owner";
    const CLIENT_TOKENS = `ci:${createHash("sha256").update(token).digest("hex")}`;
    const gateway = await startGateway({ settings: { ...settings, CLIENT_TOKENS }, limits: { caller: 1, address: 100, session: 2 } });
    try {
      const ask = () => gateway.post(paths.perp, undefined, bearer(token));
      assert.deepEqual([(await ask()).status, (await ask()).error?.code], [200, "rate_limited"]);
    } finally {
      await gateway.stop();
    }
  });

  test("an address has one limit for all of its callers, their look-ups and the sessions that they begin", async () => {
    const address = { "cf-connecting-ip": "192.0.2.1" };
    const call = (gateway) => gateway.post(paths.perp, undefined, { ...bearer(freshToken()), ...address });
    const lookUp = (gateway) => gateway.request(`${paths.chat}/requests/none`, { headers: { ...bearer(freshToken()), ...address } });
    const begin = (gateway) => gateway.post("/api/session", {}, { origin: partner, ...address });
    const renew = (gateway) => gateway.post("/api/session", {}, { ...bearer(freshToken()), ...address });
    for (const [name, ask] of Object.entries({ call, lookUp, begin, renew })) {
      const gateway = await startGateway({ settings, limits: { caller: 100, address: 2, session: 100 } });
      try {
        const seen = [await ask(gateway), await ask(gateway), await ask(gateway)].map(({ status }) => status === 429);
        assert.deepEqual(seen, [false, false, true], name);
        assert.notEqual((await gateway.post(paths.perp, undefined, { ...bearer(freshToken()), "cf-connecting-ip": "192.0.2.2" })).status, 429, name);
      } finally {
        await gateway.stop();
      }
    }
  });

  test("look-ups count as a caller's requests", async () => {
    const gateway = await startGateway({ settings, limits: { caller: 1, address: 100, session: 100 } });
    try {
      const token = bearer(freshToken());
      const lookUp = () => gateway.request(`${paths.chat}/requests/none`, { headers: token });
      assert.deepEqual([(await lookUp()).status, (await lookUp()).status], [404, 429]);
    } finally {
      await gateway.stop();
    }
  });

  test("sessions that are begun, renewed and refused count together for an address", async () => {
    const gateway = await startGateway({ settings, limits: { caller: 100, address: 100, session: 3 } });
    try {
      const address = { origin: partner, "cf-connecting-ip": "192.0.2.1" };
      const begin = () => gateway.post("/api/session", {}, address);
      const renew = (token) => gateway.post("/api/session", {}, { ...bearer(token), ...address });
      const forged = freshToken({ secret: "another-secret-of-the-tests-0123456789" });
      const seen = [await begin(), await renew(freshToken()), await renew(forged), await renew(freshToken()), await begin()];
      assert.deepEqual(seen.map(({ status }) => status), [200, 200, 401, 429, 429]);
    } finally {
      await gateway.stop();
    }
  });

  test("an address that begins too many sessions is rate_limited", async () => {
    const gateway = await startGateway({ settings, limits: { caller: 100, address: 100, session: 2 } });
    try {
      const begin = () => gateway.post("/api/session", {}, { origin: partner, "cf-connecting-ip": "192.0.2.1" });
      const codes = [(await begin()).status, (await begin()).status, (await begin()).status];
      assert.deepEqual(codes, [200, 200, 429]);
    } finally {
      await gateway.stop();
    }
  });

  for (const [name, limits] of [
    ["its limiters", {}],
    ["the limiter of callers", { address: 100, session: 100 }],
    ["the limiter of addresses", { caller: 100, session: 100 }],
  ]) {
    test(`without ${name} the Worker serves nobody`, async () => {
      const gateway = await startGateway({ settings, limits });
      try {
        const headers = { ...bearer(freshToken()), "cf-connecting-ip": "192.0.2.1" };
        const { status, error } = await gateway.post(paths.perp, undefined, headers);
        assert.deepEqual([status, error.code], [503, "not_configured"]);
        assert.equal(gateway.posts, 0);
      } finally {
        await gateway.stop();
      }
    });
  }
});

describe("by address", () => {
  test("callers whose address Cloudflare was told to take away share one limit, and those that have one keep theirs", async () => {
    const call = (gateway, more) => gateway.post(paths.perp, undefined, { ...bearer(freshToken()), ...more });
    const begin = (gateway, more) => gateway.post("/api/session", {}, { origin: partner, ...more });
    for (const [name, ask] of Object.entries({ call, begin })) {
      const gateway = await startGateway({ settings, limits: { caller: 100, address: 2, session: 2 } });
      try {
        const seen = [await ask(gateway), await ask(gateway), await ask(gateway), await ask(gateway, { "cf-connecting-ip": "192.0.2.1" })];
        assert.deepEqual(seen.map(({ status }) => status), [200, 200, 429, 200], name);
      } finally {
        await gateway.stop();
      }
    }
  });

  test("the addresses of one IPv6 network count as one, and each IPv4 address for itself", async () => {
    const settings = { SESSION_SECRET: sessionSecret, DAILY_BUDGET: "1", ALLOWED_ORIGINS: partner };
    const gateway = await startGateway({ settings, limits: { caller: 100, address: 100, session: 2 } });
    try {
      const begin = (address) => gateway.post("/api/session", {}, { origin: partner, "cf-connecting-ip": address });
      for (const [address, status] of [
        ["2001:db8:1:2::1", 200],
        ["2001:db8:1:2:ffff::2", 200],
        ["2001:db8:1:2:3:4:5:6", 429],
        ["2001:db8:1:3::1", 200],
        ["192.0.2.1", 200],
        ["192.0.2.2", 200],
        ["192.0.2.3", 200],
      ]) {
        assert.equal((await begin(address)).status, status, address);
      }
    } finally {
      await gateway.stop();
    }
  });
});
