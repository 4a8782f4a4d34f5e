#!/usr/bin/env node
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
// A checkout runs its sources, whatever an earlier build has left; a package has the build alone.
const cli = ["../ts/cli.ts", "../dist/cli.js"].find((path) => existsSync(new URL(path, import.meta.url)));

/** What lets experiments and environments be TypeScript. */
const tsx = await import("tsx/esm/api").catch(() => undefined);
if (cli === undefined || tsx === undefined) {
  console.error(`coso: its packages are not installed; run: cd ${root} && npm run setup`);
  process.exitCode = 1;
} else {
  tsx.register();
  await import(cli);
}
