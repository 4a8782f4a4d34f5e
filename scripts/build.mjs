#!/usr/bin/env node
/** What the package holds in place of ts/: JavaScript and types in dist/. `npm pack` runs it. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");

rmSync(dist, { recursive: true, force: true });
const { status } = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", "tsconfig.build.json"], {
  cwd: root,
  // npm pack keeps its own standard output for the package's name.
  stdio: ["ignore", process.stderr, "inherit"],
});
if (status === 0) {
  copyScripts();
  await bundleViewer();
} else process.exitCode = 1;

/** What runs as it stands, outside this process: in a web page, beside a Python. */
function copyScripts() {
  const files = readdirSync(join(root, "ts"), { recursive: true, encoding: "utf8" });
  for (const file of files.filter((name) => /\.m?js$/.test(name))) cpSync(join(root, "ts", file), join(dist, file));
}

/** The viewer's page, which a checkout bundles each time. */
async function bundleViewer() {
  const { BUNDLES, bundleClient } = await import(pathToFileURL(join(dist, "view/server/client-files.js")).href);
  const { script, style } = await bundleClient(join(root, "ts/view/client"));
  const folder = join(dist, "view/client");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, BUNDLES.script), script);
  writeFileSync(join(folder, BUNDLES.style), style);
}
