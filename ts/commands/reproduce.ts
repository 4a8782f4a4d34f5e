import { join } from "node:path";
import { Argument, Command, Option } from "commander";
import { probeCudaDevices } from "../doctor/probe.ts";
import { ConfigError, CosoError } from "../errors.ts";
import { isInstalled } from "../processes/installation.ts";
import { progressTo } from "../progress.ts";
import { tableText } from "../report/terminal.ts";
import { costOf, costText, type StudyCost } from "../reproduction/cost.ts";
import { flatCells } from "../reproduction/flat-cells.ts";
import { FoundRuns } from "../reproduction/found-runs.ts";
import { terminalLayout } from "../reproduction/layout.ts";
import type { ReproductionId } from "../reproduction/paper.ts";
import { type Reproduced, type ReproduceResult, reproduce } from "../reproduction/perform.ts";
import { isLeft, planRuns, type StudyPlan } from "../reproduction/plan.ts";
import { REPRODUCTIONS } from "../reproduction/registry.ts";
import { type Reproduction, SCALES, type Scale } from "../reproduction/reproduction.ts";
import { selectionOf } from "../reproduction/selection.ts";
import type { Interruption } from "./interruption.ts";
import { positiveInteger } from "./option-values.ts";

interface ReproduceFlags {
  scale: Scale;
  all?: boolean;
  out: string;
  from: string[];
  only: string[];
  jobs: number;
  run: boolean;
  dryRun?: boolean;
  json?: boolean;
}

const IDS = REPRODUCTIONS.map(({ id }) => id).sort();

export function reproduceCommand(interruption: Interruption): Command {
  return new Command("reproduce")
    .description(
      "Show a table or figure of the paper from runs of our own beside its numbers, running what is missing.",
    )
    .addArgument(new Argument("[name]", "table or figure").choices(IDS))
    .addOption(
      new Option("--scale <name>", "tiny: the embedded default on a CPU; paper: its models, on a GPU")
        .choices(SCALES)
        .default("tiny"),
    )
    .option("--all", "every table and figure, what is cheap first")
    .option("--out <dir>", "folder of all scales", join("runs", "reproduce"))
    .option(
      "--from <dir...>",
      "folders of runs, of coso compare or coso train, that count where their settings are the same",
      [],
    )
    .option("--only <method/column...>", "run a part, such as CoSo, CoSo/NL or /NL; the rest is shown as it is", [])
    .option("--jobs <n>", "runs at a time", positiveInteger, 1)
    .option("--no-run", "show what is there and run nothing")
    .option("--dry-run", "list the runs, what is done of them and what the rest will cost")
    .option("--json", "print only the cells, as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (name: ReproductionId | undefined, flags: ReproduceFlags) => {
      if (isInstalled) {
        throw new ConfigError(
          "coso reproduce: runs the project's own experiments, which its package leaves out; use a checkout",
        );
      }
      const reproductions = chosen(name, flags);
      const isSelected = selectionOf(flags.only, reproductions);
      const { scale, from, jobs } = flags;
      const plans = await planRuns(
        reproductions,
        scale,
        await FoundRuns.in(join(flags.out, scale, "runs"), from),
        isSelected,
      );
      if (flags.dryRun === true) {
        const costs = await Promise.all(plans.map(costOf));
        process.stdout.write(flags.json === true ? `${JSON.stringify(costs, null, 2)}\n` : `${costText(costs)}\n`);
        return;
      }
      if (flags.run && scale === "paper") await requireAccelerator(plans);
      const progress = progressTo(process.stderr);
      const result = await interruption.during(
        "stopped; the same command goes on",
        () => progress.say("stopping once the present iterations are saved; once more to stop at once"),
        (signal) =>
          reproduce(reproductions, {
            directory: flags.out,
            scale,
            isSelected,
            from,
            jobs,
            runs: flags.run,
            progress,
            signal,
          }),
      );
      process.stdout.write(flags.json === true ? `${JSON.stringify(cellsOf(result), null, 2)}\n` : textOf(result));
      requireSuccess(result);
    });
}

const EXAMPLES = `
Examples:
  coso reproduce figure4                          NumberLine in half an hour, with curves
  coso reproduce table2 --dry-run                 which runs, what is done of them, what the rest costs
  coso reproduce table2 --jobs 2
  coso reproduce table2 --only CoSo/EZP RL4VLM/EZP
  coso reproduce table1 --no-run --from runs/table1-phone
  coso reproduce --all --jobs 2                   overnight; may be cut at any point
  coso reproduce table2 --scale paper --dry-run   what one card of 80 GB would need

Each cell has our mean with its 95 % interval, seeds and episodes, and the paper's number. What was not run is marked, with
the reason and the command that runs it; every column names its environment: official, synthetic, schematic or simulated.

Started again it goes on where it was: finished runs are skipped, those that were cut off are resumed. Tables and figures share runs.
In <out>/<scale>/<name>/: table.md, cells.csv, cells.json and curves; runs/ and looks/ beside them are shared.`;

/** @throws ConfigError unless exactly one of a name and `--all` is given. */
function chosen(name: ReproductionId | undefined, { all }: ReproduceFlags): readonly Reproduction[] {
  if (all === true && name === undefined) return REPRODUCTIONS;
  const found = REPRODUCTIONS.filter(({ id }) => id === name);
  if (all !== true && found.length > 0) return found;
  const got = name === undefined ? "neither" : `both ${name} and --all`;
  throw new ConfigError(
    `reproduce: expected the name of a table or figure, or --all; got ${got}; names are ${IDS.join(", ")}`,
  );
}

/** @throws CosoError where runs are left that only a GPU can do, with what they need. */
async function requireAccelerator(plans: readonly StudyPlan[]): Promise<void> {
  const heavy = plans.filter(({ trials }) =>
    trials.some((each) => isLeft(each) && needsAccelerator(each.trial.experiment)),
  );
  if (heavy.length === 0 || (await probeCudaDevices()).length > 0) return;
  const costs = await Promise.all(heavy.map(costOf));
  throw new CosoError(
    "--scale paper: PyTorch finds no CUDA device here, and these runs are of models of billions of parameters. They need\n" +
      `${costs.map(needText).join("\n")}\n` +
      "Run this on such a machine, look at the plan with --dry-run, take --scale tiny, or show what is there with --no-run",
  );
}

function needsAccelerator({ worker }: StudyPlan["trials"][number]["trial"]["experiment"]): boolean {
  return worker.device !== "cpu";
}

function needText({ study, left, seconds, peakMemory, lacks }: StudyCost): string {
  const hours = (value: number): string => (value / 3600).toFixed(0);
  const memory = peakMemory === null ? "" : `, ${(peakMemory / 1e9).toFixed(1)} GB of memory at the peak`;
  const time = seconds === null ? "" : `, ${hours(seconds.low)} to ${hours(seconds.high)} hours on one H100`;
  return [`  ${study}: ${left} runs${memory}${time}`, ...lacks.map((lack) => `    and ${lack}`)].join("\n");
}

function textOf({ reproductions }: ReproduceResult): string {
  return `\n${reproductions.map(reproductionText).join("\n\n")}\n`;
}

function reproductionText({ collected, written }: Reproduced): string {
  const { caption, tables, differences, notes } = terminalLayout(collected);
  const { markdown, figures, pages } = written;
  return [
    ...tables.map(tableText),
    [caption, ...notes].join("\n"),
    ...(differences === null ? [] : [tableText(differences)]),
    [`table: ${markdown}`, ...figures.map((path) => `figure: ${path}`), ...pages.map((path) => `page: ${path}`)].join(
      "\n",
    ),
  ].join("\n\n");
}

function cellsOf({ reproductions, failed }: ReproduceResult): object {
  return {
    reproductions: reproductions.map(({ collected, written }) => ({
      id: collected.reproduction.id,
      cells: flatCells(collected),
      differences: collected.differences,
      written,
    })),
    failed,
  };
}

/** @throws CosoError naming the runs that failed. */
function requireSuccess({ failed }: ReproduceResult): void {
  if (failed.length === 0) return;
  const lines = failed.map(({ run, reason }) => `  ${run}: ${reason}`);
  throw new CosoError(`${failed.length} runs failed; the same command tries them again:\n${lines.join("\n")}`);
}
