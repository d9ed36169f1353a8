// npm run build                      the npm package, into pkg/
// node scripts/build.mjs --all       also the Worker and the demo page
import { buildPackage } from "./build/package.mjs";
import { buildPage } from "./build/page.mjs";
import { buildWorker } from "./build/worker.mjs";
import { Failure } from "./process/failure.mjs";
import { runMain } from "./process/main.mjs";
import { setUp } from "./setup/index.mjs";

await runMain(async () => {
  const [option, ...rest] = process.argv.slice(2);
  if (rest.length > 0 || (option !== undefined && option !== "--all")) {
    throw new Failure(`unknown option ${[option, ...rest].join(" ")}; the only one is --all.`);
  }
  const env = await setUp();
  await buildPackage(env);
  if (option !== "--all") return;
  await buildWorker(env);
  await buildPage();
});
