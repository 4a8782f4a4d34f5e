#!/usr/bin/env node
/**
 * Brings a fresh checkout to where every command works: node_modules from package-lock.json, .venv from the pinned
 * requirements. Plain Node, because nothing is installed yet; the rest is loaded only once Node is known to be new
 * enough to read it.
 *
 *   node scripts/setup.mjs [--dev] [--quiet] [--home DIR]
 *
 *   --dev    also what tests and checks need in .venv
 *   --quiet  say nothing when there is nothing to do
 *   --home   where the package is installed in a project: the project's folder, which gets .venv; `npx coso setup` gives it
 */
/** @type {[major: number, minor: number]} */
const NEEDED_NODE = [20, 19];

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < NEEDED_NODE[0] || (major === NEEDED_NODE[0] && minor < NEEDED_NODE[1])) {
  console.error(
    `Node ${NEEDED_NODE.join(".")} or newer is needed, but this is Node ${process.versions.node} (${process.execPath}).\n` +
      "  with nvm:  nvm install 20 && nvm use 20\n" +
      "  with fnm:  fnm install 20 && fnm use 20\n" +
      "  otherwise: the installers at https://nodejs.org",
  );
  process.exitCode = 1;
} else {
  const { setUp } = await import("./setup/set-up.mjs");
  await setUp(process.argv.slice(2));
}
