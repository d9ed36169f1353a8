import { secretNames } from "../setup/secret-names.mjs";

/** The Worker's settings that are no secrets. */
const variableNames = [
  "DAILY_BUDGET",
  "SESSION_BUDGET",
  "SESSION_IN_FLIGHT",
  "LEASE_MS",
  "COSTS",
  "ALLOWED_ORIGINS",
  "TURNSTILE_SITE_KEY",
  "TURNSTILE_VERIFY_URL",
  "MINARA_BASE_URL",
  "KILL_SWITCH",
  "BODY_TIMEOUT_MS",
  "FIRST_BYTE_TIMEOUT_MS",
  "ANSWER_TIMEOUT_MS",
  "TOTAL_TIMEOUT_MS",
];

/** Every setting of the Worker. */
export const settingNames = [...secretNames, ...variableNames];

/**
 * The settings whose names come nearest to this one; none where half of it would have to change.
 * @param {string} name
 */
export function nearestNames(name) {
  const distances = settingNames.map((known) => distance(name.toUpperCase(), known));
  const least = Math.min(...distances);
  return least < name.length / 2 ? settingNames.filter((_, index) => distances[index] === least) : [];
}

/**
 * How many letters have to be put in, left out or changed (Levenshtein).
 * @param {string} from
 * @param {string} to
 */
function distance(from, to) {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 0; line < from.length; line += 1) {
    const next = [line + 1];
    for (let column = 0; column < to.length; column += 1) {
      const changed = at(row, column) + (from[line] === to[column] ? 0 : 1);
      next.push(Math.min(changed, at(row, column + 1) + 1, at(next, column) + 1));
    }
    row = next;
  }
  return at(row, to.length);
}

/** @param {number[]} row @param {number} column */
const at = (row, column) => row[column] ?? 0;
