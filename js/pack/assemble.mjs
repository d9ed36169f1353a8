import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { build } from "esbuild";

import { toFactory } from "./glue.mjs";
import { manifest } from "./manifest.mjs";

/** @import { Compiled } from "./compile.mjs" */

/** Published as they are written. */
const AS_WRITTEN = ["index.d.ts", "testing.js", "testing.d.ts"];

/**
 * Writes the package's folder anew.
 * @param {{ crateDir: string, root: string, compiled: Compiled, stage: string, outDir: string }} options
 */
export async function assemble({ crateDir, root, compiled, stage, outDir }) {
  const sources = join(crateDir, "js");
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  const copy = (/** @type {string} */ folder, /** @type {string} */ name) =>
    copyFileSync(join(folder, name), join(outDir, name));

  await bundle({ sources, glue: toFactory(compiled.glue), stage: join(stage, "code"), outDir });
  for (const name of AS_WRITTEN) copy(sources, name);
  const entries = readdirSync(join(sources, "entries")).filter((name) => name.endsWith(".js"));
  for (const name of entries) copy(join(sources, "entries"), name);
  writeFileSync(join(outDir, "minara_bg.wasm"), compiled.wasm);
  writeFileSync(join(outDir, "minara_bg.inline.js"), inline(compiled.wasm));
  writeFileSync(join(outDir, "package.json"), `${JSON.stringify(manifest(compiled.crate), null, 2)}\n`);
  copy(crateDir, "README.md");
  for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) copy(root, name);
}

/**
 * One module of code, so that a page without a bundler loads one file and not a dozen in three rounds. It is not
 * minified: whoever bundles minifies, and whoever debugs reads.
 * @param {{ sources: string, glue: string, stage: string, outDir: string }} options
 */
async function bundle({ sources, glue, stage, outDir }) {
  mkdirSync(stage, { recursive: true });
  for (const name of readdirSync(sources).filter((name) => name.endsWith(".js"))) {
    copyFileSync(join(sources, name), join(stage, name));
  }
  writeFileSync(join(stage, "glue.js"), glue);
  await build({
    absWorkingDir: stage,
    entryPoints: ["minara.js"],
    outfile: join(outDir, "minara.js"),
    bundle: true,
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
 * @param {Uint8Array} wasm
 */
function inline(wasm) {
  return [
    "// The bytes of minara_bg.wasm.",
    "export function bytes() {",
    `  return Uint8Array.from(atob("${Buffer.from(wasm).toString("base64")}"), (character) => character.charCodeAt(0));`,
    "}",
    "",
  ].join("\n");
}
