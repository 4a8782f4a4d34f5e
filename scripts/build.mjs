#!/usr/bin/env node
/** What the package holds in place of ts/: JavaScript and types in dist/. `npm pack` runs it. */
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");

rmSync(dist, { recursive: true, force: true });
const { status } = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", "tsconfig.build.json"], {
  cwd: root,
  // npm pack keeps its own standard output for the package's name.
  stdio: ["ignore", process.stderr, "inherit"],
});
if (status === 0) copyScripts();
else process.exitCode = 1;

/** What runs as it stands, outside this process: in a web page, beside a Python. */
function copyScripts() {
  const files = readdirSync(join(root, "ts"), { recursive: true, encoding: "utf8" });
  for (const file of files.filter((name) => /\.m?js$/.test(name))) cpSync(join(root, "ts", file), join(dist, file));
}
