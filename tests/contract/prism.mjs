// Prism as a validating proxy: it knows the API's document and nothing of us.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const folder = new URL("./", import.meta.url);
const installed = new URL("node_modules/@stoplight/prism-cli/package.json", folder);
const openapi = fileURLToPath(new URL("../../sandbox/openapi.json", import.meta.url));

/** Installs Prism beside this file, unless it is there: 90 MB that no other suite needs. */
async function ensureInstalled() {
  const { dependencies } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
  const wanted = dependencies["@stoplight/prism-cli"];
  if (existsSync(installed) && JSON.parse(readFileSync(installed, "utf8")).version === wanted) return;
  const child = spawn("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: folder, stdio: "inherit", shell: process.platform === "win32" });
  const code = await new Promise((resolve, reject) => child.once("error", reject).once("exit", resolve));
  if (code !== 0) throw new Error(`installing Prism ended with ${code}`);
}

/**
 * Starts the proxy in front of a server.
 * @param {string} upstream
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function startPrism(upstream) {
  await ensureInstalled();
  const port = await freePort();
  const program = fileURLToPath(new URL("dist/index.js", installed));
  const child = spawn(process.execPath, [program, "proxy", "-h", "127.0.0.1", "-p", String(port), "--errors", openapi, upstream]);
  const gone = new Promise((resolve) => child.once("exit", resolve));
  let output = "";
  await new Promise((resolve, reject) => {
    const hear = (/** @type {Buffer} */ bytes) => {
      output += bytes;
      if (output.includes("Prism is listening")) resolve(undefined);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    gone.then((code) => reject(new Error(`Prism ended with ${code}: ${output}`)));
  });
  const close = async () => {
    child.kill();
    await gone;
  };
  return { url: `http://127.0.0.1:${port}`, close };
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}
