// The built package, as its folder says it is.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createRequire } from "node:module";

export const packageDir = dirname(createRequire(import.meta.url).resolve("minara/package.json"));

export const manifest = JSON.parse(readFileSync(join(packageDir, "package.json"), "utf8"));

/** @param {string} name */
export const text = (name) => readFileSync(join(packageDir, name), "utf8");
