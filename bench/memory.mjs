// node bench/memory.mjs        a stream of 1 GB, read in Node and in Chromium: how much memory it takes
import { fileURLToPath } from "node:url";

import { buildPackage } from "../scripts/build/package.mjs";
import { runMain } from "../scripts/process/main.mjs";
import { setUp } from "../scripts/setup/index.mjs";

const GIGABYTES = Number(process.argv[2] ?? 1);
const MB = 1024 * 1024;

await runMain(async () => {
  const env = await setUp({ forTests: true });
  await buildPackage(env);
  const bytes = GIGABYTES * 1e9;
  const entry = fileURLToPath(new URL("../pkg/node.js", import.meta.url));
  const resident = () => process.memoryUsage().rss;
  report("Node, resident", await readMuch({ entry, bytes, sample: resident }));
  report("Chromium, script heap and buffers", await readMuchInChromium(bytes, env));
});

/** Runs in Node and, as text, in the page: it may use nothing from outside. */
async function readMuch({ entry, bytes, sample }) {
  const { init, readSse } = await import(entry);
  await init();
  const event = `data: {"chatId":"c","choices":[{"index":0,"delta":{"content":" token é"},"finish_reason":null}]}\n\n`;
  const chunk = new TextEncoder().encode(event.repeat(160)).slice(0, 16_000);
  let left = Math.ceil(bytes / chunk.length);
  const stream = new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(chunk.slice());
      else controller.close();
    },
  });
  let events = 0;
  let next = 0;
  const samples = [];
  // The chunks do not end where events do: what is at their seams is garbled, and read all the same.
  try {
    for await (const { data } of readSse(stream)) {
      events += data.length > 0 ? 1 : 0;
      if (events >= next) {
        samples.push(await sample());
        next += 1_000_000;
      }
    }
  } catch (error) {
    if (error.code !== "stream_truncated") throw error;
  }
  return { events, samples };
}

/** @param {string} name @param {{ events: number, samples: number[] }} result */
function report(name, { events, samples }) {
  const settled = samples.slice(1).map((bytes) => bytes / MB);
  const [low, high] = [Math.min(...settled), Math.max(...settled)].map((size) => size.toFixed(1));
  console.log(`${name}: ${events.toLocaleString("en")} events of ${GIGABYTES} GB, memory from ${low} to ${high} MB`);
}

/** @param {number} bytes @param {NodeJS.ProcessEnv} env */
async function readMuchInChromium(bytes, env) {
  // What it imports is there only once all is set up.
  const { inChromium } = await import("./chromium.mjs");
  return inChromium("contest/entry-web.mjs", env, async (page) => {
    const session = await page.context().newCDPSession(page);
    await page.exposeFunction("heapSize", async () => {
      const { usedSize, backingStorageSize = 0 } = await session.send("Runtime.getHeapUsage");
      return usedSize + backingStorageSize;
    });
    return page.evaluate(`(${readMuch})({ entry: "/entry.js", bytes: ${bytes}, sample: () => globalThis.heapSize() })`);
  });
}
