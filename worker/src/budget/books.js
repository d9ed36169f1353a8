// The budget's tables. What is written in them is decided in Rust; every statement of one call is committed together,
// because nothing here waits, and the runtime sends no answer before its writes are safe.

const SCHEMA = `
CREATE TABLE IF NOT EXISTS lease (
  id TEXT PRIMARY KEY, caller TEXT NOT NULL, route TEXT NOT NULL, hash TEXT NOT NULL, charge INTEGER NOT NULL,
  day INTEGER NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL, state INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS own (
  caller TEXT NOT NULL, id TEXT NOT NULL, seen INTEGER NOT NULL, PRIMARY KEY (caller, id)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS lease_of_caller ON lease (caller, created);
CREATE INDEX IF NOT EXISTS lease_of_day ON lease (day, charge);
CREATE INDEX IF NOT EXISTS lease_not_over ON lease (id) WHERE state < 2;
`;

// Of lease.state. An older version knows the first three, and takes whatever is more than the second for over.
const UNDER_WAY = 0;
const SETTLED = 1;
const OVER = 2;
const REFUSED = 3;

/** The repetitions of the lease `id`: their ids go on with a mark, which is above every other character of an id. */
const repetitions = (id, again) => `SELECT 1 FROM lease AS again WHERE again.id > ${id} || ${again}
  AND again.id < ${id} || ${again} || ${again}`;

export class Books {
  #storage;
  #sql;

  constructor(state) {
    this.#storage = state.storage;
    this.#sql = state.storage.sql;
    this.#sql.exec(SCHEMA);
  }

  /** What was charged on a day. */
  charged(day) {
    return this.#sql.exec("SELECT COALESCE(SUM(charge), 0) AS sum FROM lease WHERE day = ?", day).one().sum;
  }

  /** JSON: a caller's sums since a time. */
  account(caller, since) {
    const sums = `SELECT COALESCE(SUM(charge), 0) AS charged, COALESCE(SUM(state < ${OVER}), 0) AS open,
      COALESCE(SUM(state = ${REFUSED}), 0) AS refused FROM lease WHERE caller = ? AND created >= ?`;
    return JSON.stringify(this.#sql.exec(sums, caller, since).one());
  }

  /** JSON: the leases that are not over. */
  leases(again) {
    const open = `SELECT id, caller, charge, day, expires, state >= ${SETTLED} AS settled,
      EXISTS (${repetitions("lease.id", "?1")}) AS shared FROM lease WHERE state < ${OVER}`;
    return JSON.stringify(this.#sql.exec(open, again).toArray());
  }

  /** JSON: the reservation of that id, or null. Its repetitions are counted up to `most`. */
  earlier(id, again, most) {
    const one = `SELECT route, hash, charge, state < ${OVER} AS open,
      (SELECT COUNT(*) FROM (${repetitions("?1", "?2")} LIMIT ?3)) AS repetitions FROM lease WHERE id = ?1`;
    return JSON.stringify(this.#sql.exec(one, id, again, most).toArray()[0] ?? null);
  }

  has(id) {
    return this.#sql.exec("SELECT 1 FROM lease WHERE id = ?", id).toArray().length > 0;
  }

  owns(caller, id) {
    return this.#sql.exec("SELECT 1 FROM own WHERE caller = ? AND id = ?", caller, id).toArray().length > 0;
  }

  book(id, caller, route, hash, charge, day, created, expires) {
    const insert = `INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?, ?, ?, ?, ?, ${UNDER_WAY})`;
    this.#sql.exec(insert, id, caller, route, hash, charge, day, created, expires);
  }

  /** Keeps a lease whose cost came back under another id; any other is left where it is. */
  displace(id, other) {
    this.#sql.exec(`UPDATE OR REPLACE lease SET id = ? WHERE id = ? AND state = ${REFUSED}`, other, id);
  }

  settle(id, open) {
    this.#sql.exec("UPDATE lease SET state = ? WHERE id = ?", open ? SETTLED : OVER, id);
  }

  giveBack(id) {
    this.#sql.exec(`UPDATE lease SET charge = 0, state = ${REFUSED} WHERE id = ?`, id);
  }

  erase(id) {
    this.#sql.exec("DELETE FROM lease WHERE id = ?", id);
  }

  release(id) {
    this.#sql.exec(`UPDATE lease SET state = ${OVER} WHERE id = ?`, id);
  }

  own(caller, id, seen) {
    this.#sql.exec("INSERT OR REPLACE INTO own VALUES (?, ?, ?)", caller, id, seen);
  }

  /** Forgets what nobody can ask for any more; `day` is that of `leasesBefore`. Says whether anything is left. */
  forget(day, leasesBefore, idsBefore) {
    this.#sql.exec(`DELETE FROM lease WHERE day <= ? AND created < ? AND state >= ${OVER}`, day, leasesBefore);
    this.#sql.exec("DELETE FROM own WHERE seen < ?", idsBefore);
    return this.#sql.exec("SELECT EXISTS (SELECT 1 FROM lease) OR EXISTS (SELECT 1 FROM own) AS left").one().left > 0;
  }

  wake(time) {
    // Not waited for: like every write, it is safe before the answer leaves.
    this.#storage.setAlarm(time);
  }

  /** JSON: calls and charges of a day by route, and its ten dearest callers. Repetitions are calls of their own. */
  usage(day) {
    // With half of all rows to be read, a walk through the table is faster than one through an index.
    const routes = `SELECT route, COUNT(*) AS calls, SUM(charge) AS charged FROM lease NOT INDEXED WHERE day = ?
      GROUP BY route`;
    const callers = `SELECT caller, COUNT(*) AS calls, SUM(charge) AS charged FROM lease NOT INDEXED WHERE day = ?
      GROUP BY caller ORDER BY charged DESC, caller LIMIT 10`;
    const rows = (statement) => this.#sql.exec(statement, day).toArray();
    return JSON.stringify({ routes: rows(routes), callers: rows(callers) });
  }
}
