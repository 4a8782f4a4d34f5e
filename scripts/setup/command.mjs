import { spawn } from "node:child_process";
import { SetupProblem } from "./problem.mjs";

const TAIL_LINES = 15;

/**
 * Runs one step of the set-up: says what it does, how long it took, and, when it fails, its last lines.
 * On a terminal the command's own progress shows; elsewhere (CI, a pipe) the step is two lines.
 * @param {{ title: string, command: string, args: string[], cwd: string, explain: (output: string) => string }} step
 *   `explain` turns the failed command's output into the mend
 * @throws {SetupProblem} when the command cannot be started or fails
 */
export async function runStep({ title, command, args, cwd, explain }) {
  const started = performance.now();
  console.log(`• ${title} …`);
  const isTerminal = process.stdout.isTTY === true;
  const child = spawn(command, args, { cwd, stdio: ["ignore", isTerminal ? "inherit" : "pipe", "pipe"] });
  let output = "";
  child.stdout?.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    output += chunk;
  });
  const outcome = await new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(code === 0 ? "ok" : `ended with ${signal ?? `exit code ${code}`}`));
  });
  if (outcome !== "ok") {
    const tail = output.trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
    const mend = explain(output);
    throw new SetupProblem(`${[command, ...args].join(" ")}\n${outcome}:\n${indent(tail)}${mend && `\n\n${mend}`}`);
  }
  console.log(`  took ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** @param {string} text */
function indent(text) {
  return text.replace(/^/gm, "  ");
}
