// The budget's statements, on SQLite itself: what they find when the books are read again after a fault, and how.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";

import { Books } from "../../worker/src/budget/books.js";

const again = "~";

/** Books in memory; `statements` are those that were run, with their bindings. */
function openBooks(database = new DatabaseSync(":memory:")) {
  const statements = [];
  const exec = (text, ...bindings) => {
    statements.push([text, bindings]);
    if (bindings.length === 0 && text.includes("CREATE TABLE")) return void database.exec(text);
    const rows = database.prepare(text).all(...bindings);
    return { toArray: () => rows.map((row) => ({ ...row })), one: () => ({ ...rows[0] }) };
  };
  return { books: new Books({ storage: { sql: { exec } } }), database, statements };
}

/** Books one call of a caller. */
function book(books, id, charge = 4) {
  books.book(id, "a", "chat", "h", charge, 20_000, 1, 2);
}

describe("the budget's books", () => {
  for (const [name, others, repetitions] of [
    ["nothing else", [], 0],
    ["its repetitions", ["a.r~w-1-1", "a.r~w-1-2"], 2],
    ["more repetitions than are counted", ["a.r~w-1-1", "a.r~w-1-2", "a.r~w-1-3", "a.r~w-2-a"], 3],
    ["ids that are like it", ["a.", "a.r-w", "a.rr", "a.rr~w-1-1", "a.r.~w-1-1", "a.q~w-1-1", "b.r~w-1-1"], 0],
  ]) {
    test(`beside ${name}, a lease was repeated ${repetitions} times`, () => {
      const { books } = openBooks();
      for (const id of [...others, "a.r"]) book(books, id);
      const earlier = { route: "chat", hash: "h", charge: 4, open: 1, repetitions };
      assert.deepEqual(JSON.parse(books.earlier("a.r", again, 3)), earlier);
      const lease = { id: "a.r", caller: "a", charge: 4, day: 20_000, expires: 2, settled: 0, shared: Math.sign(repetitions) };
      assert.deepEqual(JSON.parse(books.leases(again)).find(({ id }) => id === "a.r"), lease);
    });
  }

  for (const [kind, suffix, hash, most] of [
    ["a call without an id", "", "", 200],
    ["a call under a generated requestId", `.req-${"0".repeat(32)}`, "h".repeat(43), 400],
  ]) {
    test(`${kind} takes at most ${most} bytes with its indexes`, () => {
      const { books, database } = openBooks();
      const calls = 5_000;
      for (let call = 0; call < calls; call += 1) {
        // As long as the Worker's own, and as unordered.
        const name = createHash("sha256").update(`${call}`).digest("base64url").slice(0, 17);
        books.book(`${name}${suffix}`, name, "perp-trading-suggestion", hash, 1, 20_000, 1_780_000_000_000 + call, 1_780_000_510_000 + call);
        books.settle(`${name}${suffix}`, false);
      }
      const [{ page_count: pages }] = database.prepare("PRAGMA page_count").all();
      const [{ page_size: size }] = database.prepare("PRAGMA page_size").all();
      const bytes = (pages * size) / calls;
      assert.ok(bytes <= most && bytes > most / 2, `${bytes} bytes`);
    });
  }

  test("a lease stays shared when its repetitions are over", () => {
    const { books } = openBooks();
    for (const id of ["a.r", "a.r~w-1-1"]) book(books, id);
    books.settle("a.r~w-1-1", false);
    assert.deepEqual(JSON.parse(books.leases(again)).map(({ id, shared }) => [id, shared]), [["a.r", 1]]);
  });

  test("a caller's sums are read again with what is spent, what came back and what is under way", () => {
    const { books } = openBooks();
    for (const id of ["a.open", "a.streams", "a.spent", "a.refused", "a.unsent", "a.expired"]) book(books, id);
    books.settle("a.streams", true);
    books.settle("a.spent", false);
    books.giveBack("a.refused");
    books.erase("a.unsent");
    books.release("a.expired");
    const none = { charged: 0, open: 0, refused: 0 };
    assert.deepEqual(JSON.parse(books.account("a", 1)), { charged: 16, open: 2, refused: 1 });
    assert.deepEqual(JSON.parse(books.account("a", 2)), none, "what is older than a session counts no more");
    assert.deepEqual(JSON.parse(books.account("b", 1)), none);
    assert.deepEqual([books.charged(20_000), books.charged(20_001)], [16, 0]);
    const leases = JSON.parse(books.leases(again)).map(({ id, settled }) => [id, settled]);
    assert.deepEqual(leases, [["a.open", 0], ["a.streams", 1]]);
  });

  test("a call whose cost came back is booked anew under its id", () => {
    const { books } = openBooks();
    book(books, "a.r");
    books.giveBack("a.r");
    assert.deepEqual(JSON.parse(books.earlier("a.r", again, 8)), { route: "chat", hash: "h", charge: 0, open: 0, repetitions: 0 });
    books.displace("a.r", "a.r~~w-1-1");
    book(books, "a.r", 5);
    assert.deepEqual(JSON.parse(books.earlier("a.r", again, 8)), { route: "chat", hash: "h", charge: 5, open: 1, repetitions: 0 });
    books.settle("a.r", true);
    assert.equal(JSON.parse(books.earlier("a.r", again, 8)).open, 1, "its answer is under way");
    assert.equal(books.charged(20_000), 5);
    assert.deepEqual(JSON.parse(books.account("a", 1)), { charged: 5, open: 1, refused: 1 }, "the refusal still counts");
    books.displace("a.r", "a.r~~w-1-2");
    assert.deepEqual([books.has("a.r"), books.has("a.r~~w-1-2")], [true, false], "what was not refused stays where it is");
  });

  test("what is old is forgotten, but no call that is under way and no id that is in use", () => {
    const { books, database } = openBooks();
    const put = (id, created) => books.book(id, "a", "chat", "h", 1, 20_000, created, 2);
    for (const [id, created] of [["old", 9], ["open", 9], ["new", 10]]) put(id, created);
    for (const id of ["old", "new"]) books.settle(id, false);
    put("refused", 9);
    books.giveBack("refused");
    for (const [id, seen] of [["used", 1], ["unused", 19], ["used", 20]]) books.own("a", id, seen);
    assert.equal(books.forget(20_000, 10, 20), true);
    const ids = (table) => database.prepare(`SELECT id FROM ${table} ORDER BY id`).all().map(({ id }) => id);
    assert.deepEqual([ids("lease"), ids("own")], [["new", "open"], ["used"]]);
    assert.deepEqual([books.owns("a", "used"), books.owns("a", "unused"), books.owns("b", "used")], [true, false, false]);
    books.release("open");
    assert.equal(books.forget(20_000, 11, 20), true, "an id is left");
    assert.equal(books.forget(20_000, 11, 21), false);
  });

  test("the day's usage names the ten dearest callers, the dearest first", () => {
    const { books } = openBooks();
    for (let caller = 0; caller < 11; caller += 1) books.book(`${caller}`, `c${caller}`, "chat", "h", caller, 20_000, 1, 2);
    books.book("other day", "c0", "chat", "h", 100, 20_001, 1, 2);
    const { routes, callers } = JSON.parse(books.usage(20_000));
    assert.deepEqual(routes, [{ route: "chat", calls: 11, charged: 55 }]);
    assert.deepEqual(callers.map(({ charged }) => charged), [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  test("a call of which nothing is known has no earlier one", () => {
    const { books } = openBooks();
    book(books, "a.r~w-1-1");
    assert.equal(books.earlier("a.r", again, 8), "null");
  });

  for (const [name, ask, steps] of [
    ["earlier calls are found by their ids", (books) => books.earlier("a.r", again, 8), [/^SEARCH lease USING PRIMARY KEY \(id/, /^SEARCH again USING PRIMARY KEY \(id/]],
    ["a caller's sums are found by the caller", (books) => books.account("a", 1), [/^SEARCH lease USING INDEX lease_of_caller \(caller=\? AND created>\?\)/]],
    ["a day's sum is in its index", (books) => books.charged(20_000), [/^SEARCH lease USING COVERING INDEX lease_of_day \(day=\?\)/]],
    ["what is under way is found by that", (books) => books.leases(again), [/^SCAN lease USING INDEX lease_not_over/, /^SEARCH again USING PRIMARY KEY \(id/]],
  ]) {
    test(`${name}, without a walk through the table`, () => {
      const { books, database, statements } = openBooks();
      ask(books);
      const [text, bindings] = statements.at(-1);
      const plan = database.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...bindings).map(({ detail }) => detail);
      const taken = plan.filter((step) => /\b(lease|again)\b/.test(step));
      assert.equal(taken.length, steps.length, plan.join("\n"));
      for (const [index, step] of steps.entries()) assert.match(taken[index], step, plan.join("\n"));
    });
  }

  test("what is old is found by its day", () => {
    const { books, database, statements } = openBooks();
    books.forget(20_000, 1, 1);
    const [text, bindings] = statements.find(([statement]) => statement.startsWith("DELETE FROM lease"));
    const [{ detail }] = database.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...bindings);
    assert.match(detail, /^SEARCH lease USING INDEX lease_of_day \(day<\?\)/);
  });

  test("tables of an earlier version are taken as they are", () => {
    const database = new DatabaseSync(":memory:");
    database.exec(`CREATE TABLE lease (
      id TEXT PRIMARY KEY, caller TEXT NOT NULL, route TEXT NOT NULL, hash TEXT NOT NULL, charge INTEGER NOT NULL,
      day INTEGER NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL, state INTEGER NOT NULL
    ) WITHOUT ROWID; INSERT INTO lease VALUES ('a.r', 'a', 'chat', 'h', 4, 20000, 1, 2, 2)`);
    const { books } = openBooks(database);
    assert.deepEqual(JSON.parse(books.account("a", 1)), { charged: 4, open: 0, refused: 0 });
  });
});
