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
  /** @type {{ how: string, wasKilled: boolean } | undefined} */
  const failure = await new Promise((resolve) => {
    child.on("error", (error) => resolve({ how: error.message, wasKilled: false }));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve({ how: `ended with ${signal ?? `exit code ${code}`}`, wasKilled: signal !== null });
    });
  });
  if (failure !== undefined) {
    const tail = output.trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
    const mend = explain(output);
    const { how, wasKilled } = failure;
    const report = [`${[command, ...args].join(" ")}\n${how}:\n${indent(tail)}`, ...(mend ? [mend] : [])];
    throw new SetupProblem(report.join("\n\n"), { wasKilled });
  }
  console.log(`  took ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** @param {string} text */
function indent(text) {
  return text.replace(/^/gm, "  ");
}
