// The budget's statements, on SQLite itself: what they find when the books are read again after a fault, and how.
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";

import { Books } from "../../worker/src/budget/books.js";

const again = "~";

/** Books in memory; `statements` are those that were run, with their bindings. */
function openBooks() {
  const database = new DatabaseSync(":memory:");
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

  test("a lease stays shared when its repetitions are over", () => {
    const { books } = openBooks();
    for (const id of ["a.r", "a.r~w-1-1"]) book(books, id);
    books.settle("a.r~w-1-1", 0, false);
    assert.deepEqual(JSON.parse(books.leases(again)).map(({ id, shared }) => [id, shared]), [["a.r", 1]]);
  });

  test("a call of which nothing is known has no earlier one", () => {
    const { books } = openBooks();
    book(books, "a.r~w-1-1");
    assert.equal(books.earlier("a.r", again, 8), "null");
  });

  test("earlier calls are found by their ids, without a walk through the table", () => {
    const { books, database, statements } = openBooks();
    books.earlier("a.r", again, 8);
    const [text, bindings] = statements.at(-1);
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...bindings).map(({ detail }) => detail);
    const steps = plan.filter((step) => /\b(lease|again)\b/.test(step));
    assert.equal(steps.length, 2, plan.join("\n"));
    for (const step of steps) assert.match(step, /^SEARCH (lease|again) USING PRIMARY KEY \(id/, plan.join("\n"));
  });
});
