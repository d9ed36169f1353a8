// The session by itself: when a token is used, renewed and replaced, and what a failed trade does to it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { MinaraError as SessionError } from "../../js/js/errors.js";
import { Session } from "../../js/js/session.js";

const MINUTE = 60_000;

/** A session whose trades give `t1`, `t2` and so on, or throw what `failing` gives for them; it notes what each is given. */
function sessionOf({ expiresAt, failing = () => undefined, now = () => 0 } = {}) {
  const trades = [];
  const trade = async (turnstile, bearer) => {
    trades.push(bearer ?? turnstile);
    const failure = failing(trades.length);
    if (failure) throw failure;
    return { token: `t${trades.length}`, expiresAt };
  };
  return { trades, session: new Session(async () => "turnstile", trade, now) };
}

for (const [form, expiresAt] of [
  ["ISO 8601", "1970-01-12T13:46:40.000Z"],
  ["milliseconds", 1_000_000_000],
]) {
  test(`expiry is read as ${form}, and a token is used until a minute before it`, async () => {
    let now = 0;
    const trades = [];
    const trade = async (turnstile, bearer) => {
      trades.push(bearer ?? turnstile);
      return { token: `t${trades.length}`, expiresAt };
    };
    const session = new Session(
      async () => "turnstile",
      trade,
      () => now,
    );
    assert.equal(await session.bearer(), undefined);
    assert.equal(await session.replace(undefined), "t1");
    now = 1_000_000_000 - 60_001;
    assert.equal(await session.bearer(), "t1");
    now += 1;
    assert.equal(await session.bearer(), "t2");
    assert.deepEqual(trades, ["turnstile", "t1"]);
  });
}

test("a refusal that comes late is met with the token that is there by then, without another trade", async () => {
  const { session, trades } = sessionOf();
  assert.equal(await session.replace(undefined), "t1");
  assert.equal(await session.replace(undefined), "t1");
  assert.equal(await session.replace("t0"), "t1");
  assert.deepEqual(trades, ["turnstile"]);
});

test("a refusal that comes late waits for the renewal that is under way", async () => {
  const { session, trades } = sessionOf({ expiresAt: 1 });
  assert.equal(await session.replace(undefined), "t1");
  assert.deepEqual(await Promise.all([session.bearer(), session.replace(undefined), session.bearer()]), ["t2", "t2", "t2"]);
  assert.deepEqual(trades, ["turnstile", "t1"]);
});

for (const expiresAt of [undefined, null, "soon", {}]) {
  test(`a token that expires at ${JSON.stringify(expiresAt)} is used until the Worker refuses it`, async () => {
    const { session, trades } = sessionOf({ expiresAt });
    assert.equal(await session.replace(undefined), "t1");
    assert.equal(await session.bearer(), "t1");
    assert.deepEqual(trades, ["turnstile"]);
  });
}

const lost = new SessionError("Lost.", { code: "network", outcome: "unknown" });
const busy = new SessionError("Too many.", { code: "rate_limited", outcome: "refused", retryable: true, retryAfter: 120 });
const fault = new TypeError("fault");

for (const [what, failure] of [["that is lost", lost], ["that the Worker has no time for", busy]]) {
  test(`a renewal ${what} is put off while the token lives, and no other visitor's session begins`, async () => {
    const failing = (count) => (count === 2 ? failure : undefined);
    const { session, trades } = sessionOf({ expiresAt: 1, failing });
    await session.replace(undefined);
    assert.equal(await session.bearer(), "t1");
    assert.deepEqual(trades, ["turnstile", "t1"]);
    assert.equal(await session.bearer(), "t3");
    assert.deepEqual(trades, ["turnstile", "t1", "t1"]);
  });

  test(`a renewal ${what} is told once the token is over, and no other visitor's session begins`, async () => {
    let time = 0;
    const failing = (count) => (count === 2 ? failure : undefined);
    const { session, trades } = sessionOf({ expiresAt: 1, failing, now: () => time });
    await session.replace(undefined);
    time = 1;
    await assert.rejects(session.bearer(), (error) => error === failure);
    assert.equal(await session.bearer(), "t3");
    assert.deepEqual(trades, ["turnstile", "t1", "t1"]);
  });
}

test("a renewal that fails by a fault of its own is told, whatever the token is", async () => {
  const { session } = sessionOf({ expiresAt: 1, failing: (count) => (count === 2 ? fault : undefined) });
  await session.replace(undefined);
  await assert.rejects(session.bearer(), (error) => error === fault);
});

test("a token that the Worker refused is not used again where its renewal fails", async () => {
  const { session, trades } = sessionOf({ expiresAt: 1, failing: (count) => (count === 2 ? busy : undefined) });
  await session.replace(undefined);
  await assert.rejects(session.replace("t1"), (error) => error === busy);
  assert.deepEqual(trades, ["turnstile", "t1"]);
});

test("a token that comes for a trade that was left, behind that of the next, is not kept", async () => {
  /** @type {((token: string) => void)[]} */
  const solves = [];
  const session = new Session(
    () => new Promise((resolve) => solves.push(resolve)),
    async (turnstile) => ({ token: `of-${turnstile}`, expiresAt: 10 * MINUTE }),
    () => 0,
  );
  const left = new AbortController();
  const first = session.replace(undefined, left.signal);
  left.abort();
  const second = session.replace(undefined);
  solves[1]("second");
  assert.equal(await second, "of-second");
  solves[0]("first");
  assert.equal(await first, "of-first");
  assert.equal(await session.bearer(), "of-second");
});

test("a token that comes for a trade that was left is kept where no other has begun", async () => {
  let solve = (/** @type {string} */ _) => {};
  const session = new Session(
    () => new Promise((resolve) => (solve = resolve)),
    async (turnstile) => ({ token: `of-${turnstile}`, expiresAt: 10 * MINUTE }),
    () => 0,
  );
  const left = new AbortController();
  const first = session.replace(undefined, left.signal);
  left.abort();
  assert.equal(await session.bearer(), undefined);
  solve("late");
  assert.equal(await first, "of-late");
  assert.equal(await session.bearer(), "of-late");
});

test("the challenge of a call that has ended, solved while another is open, serves the call that waits", async () => {
  /** @type {((token: string) => void)[]} */
  const solves = [];
  /** @type {AbortSignal[]} */
  const signals = [];
  const solve = ({ signal }) => {
    signals.push(signal);
    return new Promise((resolve) => solves.push(resolve));
  };
  const trade = async (turnstile) => ({ token: `of-${turnstile}`, expiresAt: 10 * MINUTE });
  const session = new Session(solve, trade, () => 0);
  const left = new AbortController();
  const first = session.replace(undefined, left.signal);
  left.abort();
  const second = session.replace(undefined);
  assert.deepEqual(signals.map(({ aborted }) => aborted), [true, false]);
  solves[0]("first");
  assert.deepEqual([await first, await second, await session.bearer()], ["of-first", "of-first", "of-first"]);
  assert.deepEqual(signals.map(({ aborted }) => aborted), [true, true]);
  // Of two visitors the session stays one.
  solves[1]("second");
  for (let turn = 0; turn < 9; turn += 1) await undefined;
  assert.equal(await session.bearer(), "of-first");
});

test("a renewal that no call waits for any more opens no challenge", async () => {
  let refuse = (/** @type {unknown} */ _) => {};
  let challenges = 0;
  const trades = [
    async () => ({ token: "t1", expiresAt: 10 * MINUTE }),
    () => new Promise((_, reject) => (refuse = reject)),
  ];
  const solve = async () => `turnstile-${(challenges += 1)}`;
  const session = new Session(solve, () => trades.shift()(), () => 0);
  await session.replace(undefined);
  const left = new AbortController();
  const renewed = session.replace("t1", left.signal);
  left.abort();
  refuse(new SessionError("Begin a session first.", { code: "session_required", outcome: "refused" }));
  await assert.rejects(renewed, ({ code }) => code === "session_required");
  assert.equal(challenges, 1);
});
