// The built Worker in a bare workerd: no development proxy in between, so that what a test sees is what the runtime
// does with the Worker's own answers.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const program = join(root, "node_modules", "workerd", "bin", "workerd");
export const build = process.env.MINARA_WORKER_BUILD || join(root, "worker", "build");
const quoted = (text) => JSON.stringify(text);

/**
 * @typedef {object} WorkerdOptions
 * @property {Record<string, unknown>} [settings]  variables and secrets; what is no text is bound as JSON, undefined not at all
 * @property {{ caller?: number, address?: number, session?: number }} [limits]  requests per minute; none by default
 * @property {"none" | "failing"} [budget]  in place of the Worker's own object
 * @property {string} [state]  folder of the budget's database, kept; by default a new one that `stop` removes
 * @property {string} [build]  folder of index.js and index_bg.wasm; without the latter for a peer in a benchmark
 * @property {string} [assets]  folder of the page's files; by default www/, whose page is not built
 * @property {boolean} [trap]  makes a request with `x-test-trap` fail inside of the wasm module, as a fault of ours would
 * @property {string} [driver]  code of a worker that takes the requests instead, with the Worker and its budget bound
 * @property {boolean} [metrics]  binds a stand-in for Analytics Engine, which writes its data points to the log
 * @property {boolean} [quiet]  keeps no log
 */

/**
 * Starts the Worker on a free port.
 * @param {WorkerdOptions} [options]
 */
export async function startWorkerd(options = {}) {
  // In memory where that can be: waiting for a disk to confirm the budget's writes would be most of a test's time.
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "minara-workerd-"));
  chmodSync(folder, 0o700);
  const state = options.state ?? join(folder, "state");
  mkdirSync(state, { recursive: true });
  const config = join(folder, "config.capnp");
  const code = options.trap ? trapping(options.build ?? build, folder) : (options.build ?? build);
  writeFileSync(config, configuration({ ...options, state, build: code }), { mode: 0o600 });
  const child = spawn(program, ["serve", config, "--experimental", "--control-fd=3", "--import-path=/"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  /** @type {string[]} */
  const log = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (options.quiet) stream.resume();
    else createInterface({ input: stream }).on("line", (line) => log.push(line));
  }
  const ended = once(child, "exit");
  const failed = ended.then(() => Promise.reject(new Error(`workerd did not start: ${log.join("\n")}`)));
  const port = await Promise.race([listening(child), failed]);
  failed.catch(() => {});
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    pid: child.pid,
    /** Every line that the Worker and the runtime wrote. */
    log,
    /** The Worker's own lines, parsed. */
    lines: () => log.flatMap((line) => (line.startsWith('{"id":') ? [JSON.parse(line)] : [])),
    ended,
    /** Ends it at once: asked nicely, it would first wait for every idle connection. */
    async stop() {
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A copy of the bundle in which looking at a request's head can trap. */
function trapping(from, folder) {
  const source = readFileSync(join(from, "index.js"), "utf8");
  // The bundle is minified: the function that begins by taking a request's headers.
  const head = /(function \w+\((\w+)\)\{)(let\{headers:\w+\}=\2,)/;
  const trap = '$1if($2.headers.has("x-test-trap"))throw new WebAssembly.RuntimeError("unreachable");$3';
  const changed = source.replace(head, trap);
  if (changed === source) throw new Error("the bundle has no such place any more");
  const copy = join(folder, "trapping");
  mkdirSync(copy);
  writeFileSync(join(copy, "index.js"), changed);
  copyFileSync(join(from, "index_bg.wasm"), join(copy, "index_bg.wasm"));
  return copy;
}

/** The port of the socket, as workerd reports it once it listens. */
async function listening(child) {
  for await (const line of createInterface({ input: child.stdio[3] })) {
    const message = JSON.parse(line);
    if (message.event === "listen" && message.socket === "http") return message.port;
  }
  // It ended, which says more.
  return new Promise(() => {});
}

/** @param {WorkerdOptions & { state: string }} options */
function configuration({ settings = {}, limits = {}, budget, state, driver, metrics, assets, build: folder }) {
  const bindings = [
    ...Object.entries(settings).filter(([, value]) => value !== undefined).map(([name, value]) =>
      typeof value === "string"
        ? `(name = ${quoted(name)}, text = ${quoted(value)})`
        : `(name = ${quoted(name)}, json = ${quoted(JSON.stringify(value))})`,
    ),
    ...budgets[budget ?? "own"],
    `(name = "ASSETS", service = "assets")`,
    ...(metrics ? [`(name = "METRICS", wrapped = (moduleName = "limits:metrics"))`] : []),
    ...Object.entries({ CALLER_LIMIT: limits.caller, ADDRESS_LIMIT: limits.address, SESSION_LIMIT: limits.session })
      .filter(([, limit]) => limit !== undefined)
      .map(([name, limit]) => limiter(name, limit)),
  ];
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "gateway", worker = .gateway),
    (name = "internet", network = (allow = ["public", "private"])),
    (name = "assets", worker = .assets),
    (name = "files", disk = (path = ${quoted(assets ?? join(root, "www"))})),
    (name = "failing", worker = .failing),
    (name = "driver", worker = .driver),
    (name = "state", disk = (path = ${quoted(state)}, writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = ${quoted(driver ? "driver" : "gateway")})],
  extensions = [(modules = [
    (name = "limits:limiter", internal = true, esModule = embed ${quoted(join(root, "tests/worker/limiter.js"))}),
    (name = "limits:metrics", internal = true, esModule = ${quoted(metricsStub)}),
  ])],
);
const assets :Workerd.Worker = (
  modules = [(name = "assets.js", esModule = embed ${quoted(join(root, "tests/worker/assets.js"))})],
  compatibilityDate = "2026-11-16",
  bindings = [(name = "FILES", service = "files")],
);
const failing :Workerd.Worker = (
  modules = [(name = "failing.js", esModule = "export class Budget { fetch() { throw new Error('down'); } }")],
  compatibilityDate = "2026-11-16",
  durableObjectNamespaces = [(className = "Budget", uniqueKey = "failing")],
  durableObjectStorage = (inMemory = void),
);
const driver :Workerd.Worker = (
  modules = [(name = "driver.js", esModule = ${quoted(driver ?? "export default {}")})],
  compatibilityDate = "2026-11-16",
  bindings = [
    (name = "BUDGET", durableObjectNamespace = (className = "Budget", serviceName = "gateway")),
    (name = "GATEWAY", service = "gateway"),
  ],
);
const gateway :Workerd.Worker = (
  modules = [
    (name = "index.js", esModule = embed ${quoted(join(folder, "index.js"))}),
    ${existsSync(join(folder, "index_bg.wasm")) ? `(name = "index_bg.wasm", wasm = embed ${quoted(join(folder, "index_bg.wasm"))}),` : ""}
  ],
  compatibilityDate = "2026-11-16",
  compatibilityFlags = ["enable_request_signal"],
  bindings = [${bindings.join(", ")}],
  durableObjectNamespaces = [(className = "Budget", uniqueKey = "budget", enableSql = true)],
  durableObjectStorage = (localDisk = "state"),
);
`;
}

const metricsStub =
  'export default () => ({ writeDataPoint: (point) => console.log("data point " + JSON.stringify(point)) });';

/** The budget's binding: the Worker's own object, none, or one that throws at every question. */
const budgets = {
  own: [`(name = "BUDGET", durableObjectNamespace = "Budget")`],
  none: [],
  failing: [`(name = "BUDGET", durableObjectNamespace = (className = "Budget", serviceName = "failing"))`],
};

/** The rate-limit binding, which workerd itself does not have. */
function limiter(name, limit) {
  const inner = `(name = "limit", json = ${quoted(String(limit))})`;
  return `(name = ${quoted(name)}, wrapped = (moduleName = "limits:limiter", innerBindings = [${inner}]))`;
}
