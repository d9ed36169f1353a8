import { build } from "esbuild";

/** A module of the page by itself, without a browser. */
export async function loadModule(name) {
  const entry = new URL(`../../www/src/${name}`, import.meta.url).pathname;
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`);
}
