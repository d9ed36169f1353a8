#!/usr/bin/env node
// `node sandbox/main.mjs`: the local Minara API from the command line.
import { startSandbox } from "./server.mjs";

const number = (name, fallback) => {
  const text = process.env[name];
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  console.error(`${name} must be a whole number of at least 0, not ${JSON.stringify(text)}`);
  process.exit(2);
};

const options = {
  port: number("SANDBOX_PORT", 8788),
  host: process.env.SANDBOX_HOST || "127.0.0.1",
  key: process.env.SANDBOX_KEY || "sk-minara-sandbox",
  pace: number("SANDBOX_PACE", 25),
  cors: process.env.SANDBOX_CORS === "1",
};

try {
  const sandbox = await startSandbox(options);
  console.log(`Minara API sandbox (example data) on ${sandbox.url}`);
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, async () => {
      await sandbox.close();
      process.exit(0);
    });
  }
} catch (error) {
  const taken = error.code === "EADDRINUSE";
  console.error(taken ? `Port ${options.port} is in use; set SANDBOX_PORT to another one.` : error.message);
  process.exit(1);
}
