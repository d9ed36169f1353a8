// The bytes that a page loads: bundled as for production, each file gzipped by itself, as a server sends them.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

/** What a page that chats and reads events imports of us. */
const OUR_PAGE = `
  import { Minara, readSse } from "minara";
  const minara = new Minara({ baseUrl: "/api" });
  for await (const part of minara.chatStream({ message: "gm" })) document.body.append(part.text);
  for await (const event of readSse(await fetch("/events"))) document.body.append(event.data);
`;

/** What one that only reads events does. */
const READER_PAGE = `
  import { readSse } from "minara/sse";
  for await (const event of readSse(await fetch("/events"))) document.body.append(event.data);
`;

/** @param {Uint8Array} bytes */
export const gzipped = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** Our client and SSE reader in a page. */
export const measureOurPage = () => measure(OUR_PAGE, "minara_bg.wasm");

/** Our SSE reader alone. */
export const measureReaderPage = () => measure(READER_PAGE, "minara_sse_bg.wasm");

/**
 * The bundle without the chunks that are loaded only where the module file cannot be had, and the module file.
 * @param {string} source
 * @param {string} module
 */
async function measure(source, module) {
  const packageDir = dirname(createRequire(import.meta.url).resolve("minara/package.json"));
  const script = await bundledBytes(source, fileURLToPath(new URL(".", import.meta.url)));
  const wasm = readFileSync(join(packageDir, module));
  return { script, wasm: gzipped(wasm), total: script + gzipped(wasm), rawWasm: wasm.length };
}

/**
 * @param {string} source
 * @param {string} resolveDir  from where its imports are found
 * @returns {Promise<number>} gzipped bytes of everything that the page loads at once
 */
export async function bundledBytes(source, resolveDir) {
  const outdir = mkdtempSync(join(tmpdir(), "minara-size-"));
  try {
    const { metafile } = await build({
      stdin: { contents: source, resolveDir, sourcefile: "page.js" },
      absWorkingDir: resolveDir,
      outdir,
      bundle: true,
      splitting: true,
      minify: true,
      format: "esm",
      platform: "browser",
      target: "es2022",
      metafile: true,
      define: { "process.env.NODE_ENV": '"production"' },
      logLevel: "error",
    });
    return loadedAtOnce(metafile.outputs)
      .map((file) => gzipped(readFileSync(join(resolveDir, file))))
      .reduce((sum, bytes) => sum + bytes, 0);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/**
 * The entry and what it imports statically.
 * @param {import("esbuild").Metafile["outputs"]} outputs
 */
function loadedAtOnce(outputs) {
  const entry = Object.keys(outputs).find((file) => outputs[file].entryPoint !== undefined);
  const files = new Set(entry === undefined ? [] : [entry]);
  for (const file of files) {
    for (const { path, kind } of outputs[file].imports) if (kind === "import-statement") files.add(path);
  }
  return [...files];
}
