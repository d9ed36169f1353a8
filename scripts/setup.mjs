// npm run setup [-- --tests]: installs what the other commands need and would install themselves.
import { runMain } from "./process/main.mjs";
import { setUp } from "./setup/index.mjs";

await runMain(async () => {
  await setUp({ forTests: process.argv.includes("--tests") });
});
