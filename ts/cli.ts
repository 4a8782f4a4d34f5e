import { Command, CommanderError } from "commander";
import { Interrupted, Interruption } from "./commands/interruption.ts";
import { CosoError, WorkerError } from "./errors.ts";

/** What a shell reports of a process that Ctrl-C ended. */
const interruptedExitCode = 130;

// A second Ctrl-C means at once, whatever is pending; leaving this way also ends the worker.
// biome-ignore lint/nursery/noProcessExit: there is nothing left to wait for.
const interruption = new Interruption(() => process.exit(interruptedExitCode));

// Each brings much with it (charts, sockets, schemas): only what is asked for is loaded.
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  train: async () => (await import("./commands/train.ts")).trainCommand(interruption),
  eval: async () => (await import("./commands/eval.ts")).evalCommand(interruption),
  compare: async () => (await import("./commands/compare.ts")).compareCommand(interruption),
  sweep: async () => (await import("./commands/sweep.ts")).sweepCommand(interruption),
  reproduce: async () => (await import("./commands/reproduce.ts")).reproduceCommand(interruption),
  explain: async () => (await import("./commands/explain.ts")).explainCommand(interruption),
  prompt: async () => (await import("./commands/prompt.ts")).promptCommand(interruption),
  judge: async () => (await import("./commands/judge.ts")).judgeCommand(),
  sinks: async () => (await import("./commands/sinks.ts")).sinksCommand(),
  report: async () => (await import("./commands/report.ts")).reportCommand(),
  view: async () => (await import("./commands/view.ts")).viewCommand(interruption),
  bench: async () => (await import("./commands/bench.ts")).benchCommand(),
  play: async () => (await import("./commands/play.ts")).playCommand(),
  parse: async () => (await import("./commands/parse.ts")).parseCommand(),
  demonstrations: async () => (await import("./commands/demonstrations.ts")).demonstrationsCommand(interruption),
  alfworld: async () => (await import("./commands/alfworld.ts")).alfworldCommand(interruption),
  weights: async () => (await import("./commands/weights.ts")).weightsCommand(interruption),
  format: async () => (await import("./commands/format.ts")).formatCommand(),
  worker: async () => (await import("./commands/worker.ts")).workerCommand(interruption),
  new: async () => (await import("./commands/new.ts")).newCommand(),
  setup: async () => (await import("./commands/setup.ts")).setupCommand(),
  doctor: async () => (await import("./commands/doctor.ts")).doctorCommand(),
};

const program = new Command("coso")
  .description("Counterfactual Soft RL: fine-tune vision-language agents with causal-weighted entropy.")
  .showHelpAfterError("(add --help for what can be given)")
  .exitOverride();
const asked = commands[process.argv[2] ?? ""];
for (const load of asked === undefined ? Object.values(commands) : [asked]) {
  const command = await load();
  program.addCommand(command);
  command.copyInheritedSettings(program);
}

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  // biome-ignore lint/nursery/noProcessExit: nobody reads what is left to say.
  process.exit(0);
});
/** What an address on a disk can be wrong by. */
const OF_FILES = new Set(["EACCES", "EISDIR", "ENAMETOOLONG", "ENOSPC", "ENOTDIR", "EPERM", "EROFS"]);
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
  if (isOfSystem(error)) return `${error.message}; check the path, its permissions and the space left there`;
  if (!(error instanceof CosoError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (error instanceof Interrupted) return error.message;
  const tail = error instanceof WorkerError ? error.tail : [];
  return [`${error.name}: ${error.message}`, ...tail.map((line) => `  | ${line}`)].join("\n");
}

/** A file or folder that cannot be read or written, as the system says. */
function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error)) return false;
  const { code, path } = error as NodeJS.ErrnoException;
  return path !== undefined && code !== undefined && OF_FILES.has(code);
}
