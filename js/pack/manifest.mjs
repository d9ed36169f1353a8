import { ENTRIES, readerEntryName } from "./entries.mjs";

/** @import { Compiled } from "./compile.mjs" */

/** Each sets where its module is when it is imported. */
const CLIENT_ENTRIES = conditions((file) => file);
const READER_ENTRIES = conditions(readerEntryName);

const DESCRIPTION =
  "Small, typed client for the Minara Agent API, in Rust and WebAssembly: chat streaming that completes a cut answer without a second charge, swaps, perps, prediction markets, and a fast server-sent events reader";

const KEYWORDS = [
  "minara",
  "sse",
  "server-sent-events",
  "eventsource",
  "streaming",
  "wasm",
  "webassembly",
  "defi",
  "crypto",
  "agent",
  "ai",
  "edge",
];

/**
 * The published package.json.
 * @param {Compiled["crate"]} crate
 */
export function manifest({ version, license, repository }) {
  return {
    name: "minara",
    version,
    description: DESCRIPTION,
    keywords: KEYWORDS,
    license,
    ...(repository ? { repository: { type: "git", url: `git+${repository}.git`, directory: "js" } } : {}),
    type: "module",
    sideEffects: [...Object.values(CLIENT_ENTRIES), ...Object.values(READER_ENTRIES)],
    exports: {
      ".": { types: "./index.d.ts", ...CLIENT_ENTRIES },
      "./sse": { types: "./sse.d.ts", ...READER_ENTRIES },
      "./testing": { types: "./testing.d.ts", default: "./testing.js" },
      "./minara_bg.wasm": "./minara_bg.wasm",
      "./minara_sse_bg.wasm": "./minara_sse_bg.wasm",
      "./package.json": "./package.json",
    },
    // For tools that read no `exports`, such as Parcel by default: of the two mistakes, to take a server for a page is the
    // one that gives no key away.
    main: "./web.js",
    types: "./index.d.ts",
    files: ["*.js", "*.d.ts", "*.wasm", "README.md", "LICENSE-*"],
    engines: { node: ">=20" },
  };
}

/** @param {(file: string) => string} nameOf */
function conditions(nameOf) {
  return Object.fromEntries(Object.entries(ENTRIES).map(([condition, file]) => [condition, `./${nameOf(file)}`]));
}
