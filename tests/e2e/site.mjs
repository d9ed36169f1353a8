// The whole thing as a user starts it: `npm start`, with ports of its own and a key that must never be seen.
import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Long enough for a first build on a slow machine; a start of what is built takes seconds. */
const START_LIMIT_MS = 15 * 60_000;
/** How long anything else may take before a test gives up on it. */
export const LIMIT_MS = 30_000;

/**
 * Waits until `holds` gives something true, and gives that.
 * @template T
 * @param {() => T | Promise<T>} holds
 * @param {string} what  completes "not seen: …"
 */
export async function until(holds, what, limitMs = LIMIT_MS) {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await holds();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`not seen within ${limitMs / 1000} s: ${what}`);
    await pause(25);
  }
}

/** Starts the site and resolves once it prints that it runs. */
export async function startSite() {
  const [port, sandboxPort] = await freePorts(2);
  const key = `sk-minara-canary-${randomBytes(12).toString("hex")}`;
  const { MINARA_API_KEY, MINARA_API_KEY_NEXT, MINARA_BASE_URL, ...inherited } = process.env;
  const env = {
    ...inherited,
    PORT: String(port),
    SANDBOX_PORT: String(sandboxPort),
    SANDBOX_KEY: key,
    SANDBOX_PACE: "8",
  };
  const npm = spawn("npm", ["start"], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const exited = new Promise((resolve) => npm.once("exit", resolve));
  let output = "";
  for (const stream of [npm.stdout, npm.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));

  const url = `http://localhost:${port}`;
  const runs = () => {
    if (npm.exitCode !== null) throw new Error(`npm start ended with ${npm.exitCode}:\n${output}`);
    return output.includes(`Minara runs at ${url}`);
  };
  await until(runs, "the line with the URL", START_LIMIT_MS).catch((error) => {
    npm.kill();
    throw new Error(`${error.message}\n${output}`);
  });
  return {
    url,
    key,
    ports: [port, sandboxPort],
    sandbox: sandboxAt(`http://127.0.0.1:${sandboxPort}`),
    /** Everything that the terminal has shown. */
    output: () => output,
    processes: () => processTree(npm.pid),
    /** As a person who closes the terminal, or a supervisor, would: one signal, to npm only. */
    async stop() {
      npm.kill("SIGTERM");
      return exited;
    },
  };
}

/** For as long as the sandbox is not reset, a failure that the page's client meets at each attempt. */
export const always = (/** @type {object} */ fault) => ({ match: { method: "POST" }, times: 0, ...fault });

/** And no answer is kept from which a cut one could be completed. */
export const NOTHING_KEPT = { match: { method: "GET" }, times: 0, status: 404 };

/** What a test may ask of, and do to, the sandbox. */
function sandboxAt(url) {
  const control = async (path, init) => {
    const response = await fetch(`${url}/__sandbox${path}`, init);
    if (!response.ok) throw new Error(`the sandbox refused ${path}: ${await response.text()}`);
    return response.json();
  };
  return {
    reset: () => control("/reset", { method: "POST" }),
    script: (...faults) => control("/faults", { method: "POST", body: JSON.stringify(faults) }),
    requests: () => control("/requests"),
    counters: () => control("/counters"),
  };
}

async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listen() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

/** The ids of a process and of all that it started. */
async function processTree(rootId) {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid="]);
  const pairs = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const tree = [rootId];
  for (const id of tree) tree.push(...pairs.filter(([, parent]) => parent === id).map(([child]) => child));
  return tree;
}

/** Whether a process still runs; one that has ended but was not yet collected does not. */
export async function isRunning(id) {
  try {
    const { stdout } = await promisify(execFile)("ps", ["-o", "stat=", "-p", String(id)]);
    return !stdout.trim().startsWith("Z");
  } catch {
    return false;
  }
}
