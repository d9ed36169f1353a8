// The public types without their documentation: what a change of them looks like in a review. Run by itself it
// writes the snapshot anew.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const sources = ["index.d.ts", "sse.d.ts", "testing.d.ts"].map((name) => new URL(`../../js/js/${name}`, import.meta.url));

export const snapshotFile = new URL("snapshot.d.ts.txt", import.meta.url);

export function publicTypes() {
  return sources.map((source) => `${withoutDocs(readFileSync(source, "utf8"))}\n`).join("\n");
}

/** @param {string} types */
function withoutDocs(types) {
  const code = types.replaceAll(/\/\*\*.*?\*\//gs, "").replaceAll(/^\/\/.*$/gm, "");
  return code.replaceAll(/\n\s*\n/g, "\n").trim();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(snapshotFile, publicTypes());
