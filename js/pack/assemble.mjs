import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { build } from "esbuild";

import { ENTRIES, readerEntryName, toReaderEntry } from "./entries.mjs";
import { toFactory } from "./glue.mjs";
import { manifest } from "./manifest.mjs";
import { CLIENT, READER } from "./modules.mjs";

/** @import { Compiled } from "./compile.mjs" */

/** Both modules' code imports it as it stands, so that there is one class of errors. */
const ERRORS = "errors.js";

/** Published as they are written. */
const AS_WRITTEN = [ERRORS, "index.d.ts", "sse.d.ts", "testing.js", "testing.d.ts"];

/**
 * Writes the package's folder anew.
 * @param {{ crateDir: string, root: string, client: Compiled, reader: Compiled, stage: string, outDir: string }} options
 */
export async function assemble({ crateDir, root, client, reader, stage, outDir }) {
  const sources = join(crateDir, "js");
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  const copy = (/** @type {string} */ folder, /** @type {string} */ name) =>
    copyFileSync(join(folder, name), join(outDir, name));
  const write = (/** @type {string} */ name, /** @type {string | Uint8Array} */ content) =>
    writeFileSync(join(outDir, name), content);

  for (const [{ name }, { glue, wasm }] of /** @type {const} */ ([[CLIENT, client], [READER, reader]])) {
    await bundle({ sources, name, glue: toFactory(glue), stage: join(stage, `${name}-code`), outDir });
    write(`${name}_bg.wasm`, wasm);
    write(`${name}_bg.inline.js`, inline(name, wasm));
  }
  for (const name of AS_WRITTEN) copy(sources, name);
  const entries = join(sources, "entries");
  copy(entries, "compile.js");
  for (const name of Object.values(ENTRIES)) {
    copy(entries, name);
    write(readerEntryName(name), toReaderEntry(readFileSync(join(entries, name), "utf8")));
  }
  write("package.json", `${JSON.stringify(manifest(client.crate), null, 2)}\n`);
  copy(crateDir, "README.md");
  for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) copy(root, name);
}

/**
 * One file of code over a module, so that a page without a bundler does not load a dozen in three rounds. It is not
 * minified: whoever bundles minifies, and whoever debugs reads.
 * @param {{ sources: string, name: string, glue: string, stage: string, outDir: string }} options
 */
async function bundle({ sources, name, glue, stage, outDir }) {
  mkdirSync(stage, { recursive: true });
  for (const source of readdirSync(sources).filter((source) => source.endsWith(".js"))) {
    copyFileSync(join(sources, source), join(stage, source));
  }
  writeFileSync(join(stage, "glue.js"), glue);
  await build({
    absWorkingDir: stage,
    entryPoints: [`${name}.js`],
    outfile: join(outDir, `${name}.js`),
    bundle: true,
    external: [`./${ERRORS}`],
    format: "esm",
    platform: "neutral",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
  });
}

/**
 * The module as JavaScript, for where a file beside it cannot be had.
 * @param {string} name
 * @param {Uint8Array} wasm
 */
function inline(name, wasm) {
  return [
    `// The bytes of ${name}_bg.wasm.`,
    "export function bytes() {",
    `  return Uint8Array.from(atob("${Buffer.from(wasm).toString("base64")}"), (character) => character.charCodeAt(0));`,
    "}",
    "",
  ].join("\n");
}
