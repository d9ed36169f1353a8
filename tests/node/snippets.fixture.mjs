// The code in the documentation: where it stands, and what the compiler says of it against the package's types.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { packageDir } from "./package.fixture.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** @typedef {{ source: string, line: number, language: string, code: string }} Snippet */

/** What a reader has, or takes from the text around: names that no snippet makes itself. */
const PREAMBLE = `
  type M = typeof import("minara");
  declare const Minara: M["Minara"], MinaraError: M["MinaraError"], SseDecoder: M["SseDecoder"];
  declare const ChatRequest: M["ChatRequest"], SwapRequest: M["SwapRequest"], PerpRequest: M["PerpRequest"];
  declare const PredictionRequest: M["PredictionRequest"], init: M["init"], readSse: M["readSse"];
  declare const mockFetch: typeof import("minara/testing").mockFetch;
  type SwapAnswer = import("minara").SwapAnswer;
  type UnknownMembers = import("minara").UnknownMembers;
  declare const minara: import("minara").Minara;
  declare const stream: import("minara").ChatStream;
  declare const swap: SwapAnswer;
  declare const process: { env: Record<string, string | undefined> };
  declare const output: HTMLElement, signal: AbortSignal, chunks: Uint8Array[];
  declare const message: string, chatId: string, savedId: string, walletAddress: string, link: string;
  declare function turnstileToken(): Promise<string>;
  declare function saveForLater(id: string): void;
  declare function retryIn(seconds: number): void;
  declare function show(...values: unknown[]): void;
`;

/** As strict as a reader's own project may be. Names that are only shown are unused. */
const OPTIONS = {
  ...{ target: "es2022", lib: ["es2022", "dom", "dom.iterable"], module: "esnext", moduleResolution: "bundler" },
  ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, allowJs: true, checkJs: true },
  ...{ types: [], noEmit: true },
};

/**
 * @param {string} source  path in the checkout, of Markdown or of types whose comments hold it
 * @returns {Snippet[]} its blocks of JavaScript and TypeScript
 */
export function snippetsOf(source) {
  const text = readFileSync(join(root, source), "utf8");
  const bare = source.endsWith(".ts") ? text.replaceAll(/^ *\*(?!\/) ?/gm, "") : text;
  return [...bare.matchAll(/^```(js|ts)\n(.*?)^```$/gms)].map(({ 1: language, 2: code, index }) => ({
    ...{ source, language, code },
    line: bare.slice(0, index).split("\n").length + 1,
  }));
}

/**
 * What the compiler has to say of them, each line as `source:line: fault`; empty if they are right.
 * @param {Snippet[]} snippets
 * @returns {Promise<string[]>}
 */
export async function faultsOf(snippets) {
  const folder = mkdtempSync(join(tmpdir(), "minara-snippets-"));
  try {
    const paths = {
      minara: [join(packageDir, "index.d.ts")],
      "minara/testing": [join(packageDir, "testing.d.ts")],
      "minara/sse": [join(packageDir, "sse.d.ts")],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: { ...OPTIONS, paths } }));
    writeFileSync(join(folder, "preamble.d.ts"), PREAMBLE);
    for (const snippet of snippets) writeSnippet(folder, snippet);
    return (await compilerOutput(folder)).map(placed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * In the line that it has in its source, and within a function, so that it may return and await.
 * @param {string} folder
 * @param {Snippet} snippet
 */
function writeSnippet(folder, { source, line, language, code }) {
  const imports = /^(?:import .*\n|\n)*/.exec(code)?.[0] ?? "";
  const body = `${imports.trimEnd()} export async function example() {${imports.slice(imports.trimEnd().length)}`;
  const file = join(folder, source, `${line}.${language}`);
  mkdirSync(join(folder, source), { recursive: true });
  writeFileSync(file, `${"\n".repeat(line - 1)}${body}${code.slice(imports.length)}}\n`);
}

/** @param {string} folder @returns {Promise<string[]>} */
function compilerOutput(folder) {
  const tsc = join(root, "node_modules", ".bin", "tsc");
  return new Promise((resolve) => {
    execFile(tsc, ["--pretty", "false", "-p", folder], { cwd: folder }, (_, stdout, stderr) =>
      resolve(`${stdout}${stderr}`.split("\n").filter((line) => line.trim() !== "")),
    );
  });
}

/** @param {string} line  of the compiler */
const placed = (line) => line.replace(/^(.+)\/\d+\.[jt]s\((\d+),\d+\): error /, "$1:$2: ");
