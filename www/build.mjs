// Bundles the page into static files: node www/build.mjs [folder, default www/dist]
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { build } from "esbuild";

import { headersFile } from "./headers.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

/** The package's module, which its web entry fetches from beside the bundle. */
const wasm = "minara/minara_bg.wasm";

/**
 * Builds the page. It imports the package `minara` by its name, which therefore has to be built before.
 * @param {{ outDir?: string }} [options]
 */
export async function buildPage({ outDir = join(here, "dist") } = {}) {
  await rm(outDir, { recursive: true, force: true });
  await mkdir(outDir, { recursive: true });
  await build({
    entryPoints: [join(here, "src", "main.ts"), join(here, "style.css")],
    outdir: outDir,
    entryNames: "[name]",
    // All in one folder: the bundle looks for the wasm file beside itself, whichever chunk that code is in.
    chunkNames: "[name]-[hash]",
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    // Keeps the package's inline copy of the module out of the bundle: it is loaded only where the file is not found.
    splitting: true,
    logLevel: "warning",
  });
  for (const file of ["index.html", "favicon.svg"]) await copyFile(join(here, file), join(outDir, file));
  await copyFile(createRequire(import.meta.url).resolve(wasm), join(outDir, basename(wasm)));
  await writeFile(join(outDir, "_headers"), headersFile);
}

if (process.argv[1] && pathToFileURL(resolve(process.argv[1])).href === import.meta.url) {
  await buildPage(process.argv[2] ? { outDir: resolve(process.argv[2]) } : {});
}
