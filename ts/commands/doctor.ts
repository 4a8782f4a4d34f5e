import { Command } from "commander";
import { type Check, checkMachine } from "../doctor/checks.ts";
import type { Machine } from "../doctor/machine.ts";
import { probeMachine } from "../doctor/probe.ts";
import { CosoError } from "../errors.ts";

const MARKS = { ok: "✔", note: "•", missing: "✖" } as const satisfies Record<Check["state"], string>;

/**
 * `coso doctor`: what is installed, what is missing, and the command that mends it.
 * @param probe looks at the machine
 * @param print takes the finished text
 */
export function doctorCommand(
  probe: () => Promise<Machine> = probeMachine,
  print: (text: string) => void = console.log,
): Command {
  return new Command("doctor")
    .description("Show what is installed, what is missing, and the command that mends it.")
    .option("--json", "print one JSON object: { ok, checks: [{ name, state, found, mend }] }")
    .action(async (options: { json?: true }) => {
      const checks = checkMachine(await probe());
      const missing = checks.filter(({ state }) => state === "missing");
      print(options.json ? JSON.stringify({ ok: missing.length === 0, checks }, null, 2) : table(checks));
      if (missing.length > 0) {
        throw new CosoError(`Not ready to run: ${missing.map(({ name }) => name).join(", ")}.`);
      }
    });
}

/** A line a check; what is missing is followed by its mend. */
function table(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const indent = " ".repeat(width + 4);
  const lines = checks.flatMap((check) => [
    `${MARKS[check.state]} ${check.name.padEnd(width)}  ${check.found.replaceAll("\n", `\n${indent}`)}`,
    ...(check.state === "missing" ? [`${indent}mend: ${check.mend}`] : []),
  ]);
  return lines.join("\n");
}
