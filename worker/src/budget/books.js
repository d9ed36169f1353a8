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
`;

// Of lease.state.
const UNDER_WAY = 0;
const SETTLED = 1;
const OVER = 2;

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

  /** JSON: sums by caller since a time. */
  accounts(since) {
    const sums = `SELECT caller, SUM(charge) AS charged, SUM(state < ${OVER}) AS open
      FROM lease WHERE created >= ? GROUP BY caller`;
    return JSON.stringify(this.#sql.exec(sums, since).toArray());
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

  owns(caller, id) {
    return this.#sql.exec("SELECT 1 FROM own WHERE caller = ? AND id = ?", caller, id).toArray().length > 0;
  }

  book(id, caller, route, hash, charge, day, created, expires) {
    const insert = `INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?, ?, ?, ?, ?, ${UNDER_WAY})`;
    this.#sql.exec(insert, id, caller, route, hash, charge, day, created, expires);
  }

  settle(id, charge, open) {
    this.#sql.exec("UPDATE lease SET charge = ?, state = ? WHERE id = ?", charge, open ? SETTLED : OVER, id);
  }

  release(id) {
    this.#sql.exec(`UPDATE lease SET state = ${OVER} WHERE id = ?`, id);
  }

  own(caller, id, seen) {
    this.#sql.exec("INSERT OR REPLACE INTO own VALUES (?, ?, ?)", caller, id, seen);
  }

  /** Forgets what nobody can ask for any more. Says whether anything is left. */
  forget(leasesBefore, idsBefore) {
    this.#sql.exec(`DELETE FROM lease WHERE created < ? AND state = ${OVER}`, leasesBefore);
    this.#sql.exec("DELETE FROM own WHERE seen < ?", idsBefore);
    return this.#sql.exec("SELECT EXISTS (SELECT 1 FROM lease) OR EXISTS (SELECT 1 FROM own) AS left").one().left > 0;
  }

  wake(time) {
    // Not waited for: like every write, it is safe before the answer leaves.
    this.#storage.setAlarm(time);
  }

  /** JSON: calls and charges of a day by route, and its ten dearest callers. Repetitions are calls of their own. */
  usage(day) {
    const routes = "SELECT route, COUNT(*) AS calls, SUM(charge) AS charged FROM lease WHERE day = ? GROUP BY route";
    const callers = `SELECT caller, COUNT(*) AS calls, SUM(charge) AS charged FROM lease WHERE day = ?
      GROUP BY caller ORDER BY charged DESC, caller LIMIT 10`;
    const rows = (statement) => this.#sql.exec(statement, day).toArray();
    return JSON.stringify({ routes: rows(routes), callers: rows(callers) });
  }
}
