import { Command, CommanderError } from "commander";
import { benchCommand } from "./commands/bench.ts";
import { compareCommand } from "./commands/compare.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evalCommand } from "./commands/eval.ts";
import { Interrupted, Interruption } from "./commands/interruption.ts";
import { parseCommand } from "./commands/parse.ts";
import { playCommand } from "./commands/play.ts";
import { reportCommand } from "./commands/report.ts";
import { trainCommand } from "./commands/train.ts";
import { CosoError, WorkerError } from "./errors.ts";

/** What a shell reports of a process that Ctrl-C ended. */
const interruptedExitCode = 130;

// A second Ctrl-C means at once, whatever is pending; leaving this way also ends the worker.
// biome-ignore lint/nursery/noProcessExit: there is nothing left to wait for.
const interruption = new Interruption(() => process.exit(interruptedExitCode));

const program = new Command("coso")
  .description("Counterfactual Soft RL: fine-tune vision-language agents with causal-weighted entropy.")
  .addCommand(trainCommand(interruption))
  .addCommand(evalCommand(interruption))
  .addCommand(compareCommand(interruption))
  .addCommand(reportCommand())
  .addCommand(benchCommand())
  .addCommand(playCommand())
  .addCommand(parseCommand())
  .addCommand(doctorCommand())
  .showHelpAfterError("(add --help for what can be given)")
  .exitOverride();
for (const command of program.commands) command.copyInheritedSettings(program);

process.exitCode = await run(process.argv);

async function run(argv: readonly string[]): Promise<number> {
  try {
    await program.parseAsync([...argv]);
    return 0;
  } catch (error) {
    // Commander has said what was wrong already.
    if (error instanceof CommanderError) return error.exitCode;
    process.stderr.write(`\n${describe(error)}\n`);
    return error instanceof Interrupted ? interruptedExitCode : 1;
  }
}

/** One readable message for what was foreseen, with the worker's last lines; the stack for a defect. */
function describe(error: unknown): string {
  if (!(error instanceof CosoError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (error instanceof Interrupted) return error.message;
  const tail = error instanceof WorkerError ? error.tail : [];
  return [`${error.name}: ${error.message}`, ...tail.map((line) => `  | ${line}`)].join("\n");
}
