#!/usr/bin/env node
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

if (existsSync(new URL("../node_modules/tsx", import.meta.url))) {
  const { register } = await import("tsx/esm/api");
  register();
  await import("../ts/cli.ts");
} else {
  console.error(`coso: its packages are not installed; run: cd ${root} && npm run setup`);
  process.exitCode = 1;
}
