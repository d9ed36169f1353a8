import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

import { withLock } from "../process/lock.mjs";
import { root, stateDir } from "../setup/paths.mjs";

/**
 * What an output is made from and where it goes. Paths are relative to the checkout.
 * @typedef {object} Recipe
 * @property {string} name
 * @property {string[]} inputs     files and folders; one that does not exist counts as absent, not as an error
 * @property {string[]} [ignored]  folders among the inputs that are outputs of something
 * @property {string} output       folder
 * @property {Record<string, string>} [facts]  anything else that decides the result, e.g. tool versions
 */

/**
 * Builds unless the output was already built from the same inputs and is still all there. The stamp lies
 * outside the output, which builders are free to wipe.
 * @param {Recipe} recipe
 * @param {(note: string) => void} note
 * @param {() => Promise<void>} build
 */
export async function buildOnce(recipe, note, build) {
  await withLock(join(stateDir, "locks", `build-${recipe.name}`), async () => {
    const inputs = hashInputs(recipe);
    if (isCurrent(recipe, inputs)) return note("up to date");
    await build();
    writeStamp(recipe, inputs);
    note("built");
  });
}

/**
 * @param {Recipe} recipe
 * @param {string} [from]  folder that the recipe's paths are relative to
 */
export function hashInputs({ inputs, ignored = [], facts = {} }, from = root) {
  const hash = createHash("sha256");
  for (const [name, value] of Object.entries(facts).sort(byFirst)) hash.update(`fact\0${name}\0${value}\0`);
  const skip = new Set(ignored);
  for (const file of inputs.flatMap((path) => listFiles(from, path, skip)).sort()) {
    const content = readFileSync(join(from, file));
    hash.update(`file\0${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/**
 * @param {string} from @param {string} path @param {Set<string>} skip
 * @returns {string[]} paths of files with forward slashes, relative to `from`
 */
function listFiles(from, path, skip) {
  const whole = join(from, path);
  if (skip.has(path) || !existsSync(whole)) return [];
  if (!statSync(whole).isDirectory()) return [path];
  return readdirSync(whole).flatMap((name) => listFiles(from, `${path}/${name}`, skip));
}

/** @param {Recipe} recipe @param {string} inputs */
function isCurrent(recipe, inputs) {
  try {
    const stamp = JSON.parse(readFileSync(stampFile(recipe), "utf8"));
    return stamp.inputs === inputs && stamp.output === describeOutput(recipe);
  } catch {
    return false;
  }
}

/** @param {Recipe} recipe @param {string} inputs */
function writeStamp(recipe, inputs) {
  mkdirSync(dirname(stampFile(recipe)), { recursive: true });
  writeFileSync(stampFile(recipe), JSON.stringify({ inputs, output: describeOutput(recipe) }));
}

/**
 * Names and sizes of all files: enough to notice that something was deleted or built over.
 * @param {Recipe} recipe
 */
function describeOutput({ output }) {
  const folder = join(root, output);
  const files = listFiles(root, output, new Set()).sort();
  const sizes = files.map((file) => `${relative(folder, join(root, file)).split(sep).join("/")} ${statSync(join(root, file)).size}`);
  return createHash("sha256").update(sizes.join("\n")).digest("hex");
}

/** @param {Recipe} recipe */
function stampFile({ name }) {
  return join(stateDir, "stamps", `${name}.json`);
}

/** @param {[string, string]} a @param {[string, string]} b */
function byFirst([a], [b]) {
  return a < b ? -1 : a > b ? 1 : 0;
}
