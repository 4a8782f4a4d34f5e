#!/usr/bin/env node
/** Everything that can be checked without running the code: a line a check, and the output of those that fail. */
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (/** @type {string} */ name) => join(root, "node_modules/.bin", name);
const venv = (/** @type {string} */ name) => join(root, ".venv/bin", name);
const python = join(root, "python");

/** @typedef {{ name: string, command: string, args: string[], cwd?: string }} Check */
/** @type {Check[]} */
const checks = [
  { name: "types (tsc)", command: bin("tsc"), args: ["-p", ".", "--pretty"] },
  { name: "types of the viewer's page (tsc)", command: bin("tsc"), args: ["-p", "ts/view/client", "--pretty"] },
  { name: "format, lint, import rules (biome)", command: bin("biome"), args: ["check", "--error-on-warnings"] },
  { name: "unused files, exports, packages (knip)", command: bin("knip"), args: [] },
  { name: "code that only tests use (knip)", command: bin("knip"), args: ["--production"] },
  { name: "every export documented (typedoc)", command: bin("typedoc"), args: ["--emit", "none"] },
  { name: "protocol drift", command: bin("tsx"), args: ["ts/protocol/generate.ts", "--check"] },
  { name: "Python lint, import rules (ruff)", command: venv("ruff"), args: ["check"], cwd: python },
  { name: "Python format (ruff)", command: venv("ruff"), args: ["format", "--check"], cwd: python },
  { name: "Python types (mypy --strict)", command: venv("mypy"), args: [], cwd: python },
];

const results = await Promise.all(checks.map(runCheck));
const failed = results.filter((passed) => !passed).length;
console.log(
  `\n${checks.length - failed} of ${checks.length} checks passed${failed > 0 ? "; `npm run format` mends formatting" : ""}`,
);
if (failed > 0) process.exitCode = 1;

/**
 * @param {Check} check
 * @returns {Promise<boolean>} whether it passed
 */
async function runCheck({ name, command, args, cwd = root }) {
  const started = performance.now();
  const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => {
      output += chunk;
    });
  }
  const passed = await new Promise((resolve) => {
    child.on("error", (error) => {
      output += error.message;
      resolve(false);
    });
    child.on("close", (code) => resolve(code === 0));
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${passed ? "✔" : "✖"} ${name}  ${seconds} s`);
  if (!passed) console.log(output.trimEnd().replace(/^/gm, "  "));
  return passed;
}
