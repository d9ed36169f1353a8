import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Failure } from "./failure.mjs";

/** One setting, on one line or, between quotes, on several. */
const setting =
  /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*('[^']*'|`[^`]*`|"(?:\\.|[^"\\])*"|(?![ \t]*['"`])[^#\n]*)[ \t]*(?:#.*)?$/gm;

/**
 * Reads NAME=value lines as .dev.vars and .env files have them: comments, `export`, and values that are bare,
 * in single quotes or backticks (as they stand) or in double quotes (with \n and \r for line ends).
 * @param {string} text
 * @returns {Record<string, string>}
 */
export function parseEnvFile(text) {
  /** @type {Record<string, string>} */
  const values = {};
  for (const [, name, value] of withPlainLines(text).matchAll(setting)) values[name] = unquote(value.trim());
  return values;
}

/**
 * The numbers of the lines that `parseEnvFile` passes over, but for blank ones and comments. Numbers alone, as such a
 * line may be a part of a secret.
 * @param {string} text
 * @returns {number[]}
 */
export function strayLines(text) {
  const rest = withPlainLines(text).replace(setting, (understood) => understood.replace(/[^\n]/g, ""));
  return rest.split("\n").flatMap((line, index) => (/^\s*(?:#|$)/.test(line) ? [] : [index + 1]));
}

/** @param {number[]} numbers */
export const nameLines = (numbers) => `${numbers.length === 1 ? "line" : "lines"} ${numbers.join(", ")}`;

/**
 * Without the byte order mark that some editors write, which is no part of the first name.
 * @param {string} text
 */
const withPlainLines = (text) => text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");

/** @param {string} value */
function unquote(value) {
  const quote = value[0];
  if (value.length < 2 || value.at(-1) !== quote || !`'"\``.includes(quote)) return value;
  const inner = value.slice(1, -1);
  return quote === '"' ? inner.replaceAll("\\n", "\n").replaceAll("\\r", "\r") : inner;
}

/**
 * The same values as a text that wrangler reads back unchanged. It expands `$NAME` even between single quotes,
 * so each dollar sign is escaped.
 * @param {Record<string, string>} values
 */
export function formatEnvFile(values) {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${quote(name, value)}\n`)
    .join("");
}

/** @param {string} name @param {string} value */
function quote(name, value) {
  const mark = ["'", "`"].find((candidate) => !value.includes(candidate));
  // A backslash at the end would take the closing quote with it.
  if (!mark || /[\r\n]|\\$/.test(value)) {
    throw new Failure(`${name} has a line end, a backslash at its end or both ' and \`, which wrangler cannot read.`);
  }
  return `${mark}${value.replaceAll("$", "\\$")}${mark}`;
}

/**
 * A folder that only this user can enter, for files with secrets; `remove` also runs when the process exits.
 * @param {string} prefix
 */
export function makePrivateFolder(prefix) {
  const path = mkdtempSync(join(tmpdir(), prefix));
  const remove = () => rmSync(path, { recursive: true, force: true });
  process.on("exit", remove);
  return {
    path,
    remove,
    /** @param {string} name @param {string} content */
    write(name, content) {
      const file = join(path, name);
      writeFileSync(file, content, { mode: 0o600 });
      return file;
    },
  };
}
