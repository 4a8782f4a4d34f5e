import { join } from "node:path";
import { Command } from "commander";
import type { Comparison } from "../comparison/definition.ts";
import { reportedTrials, tuningTrials } from "../comparison/definition.ts";
import { type ComparisonResult, compareMethods } from "../comparison/run.ts";
import { importDefault } from "../config.ts";
import { CosoError } from "../errors.ts";
import { progressTo } from "../progress.ts";
import type { Interruption } from "./interruption.ts";
import { positiveInteger } from "./option-values.ts";

interface CompareFlags {
  out?: string;
  jobs: number;
  dryRun?: boolean;
  json?: boolean;
}

export function compareCommand(interruption: Interruption): Command {
  return new Command("compare")
    .description("Compare methods under one protocol: tune them alike, then run fresh seeds and report differences.")
    .argument("<file>", "comparison: a TypeScript file whose default export is defineComparison({ … })")
    .option("--out <dir>", "folder of all its runs (default: runs/<name>)")
    .option("--jobs <n>", "runs at a time", positiveInteger, 1)
    .option("--dry-run", "list the runs and do none")
    .option("--json", "print only the results, as JSON")
    .addHelpText(
      "after",
      `
Examples:
  coso compare experiments/paper/figure4-numberline.ts --jobs 2
  coso compare experiments/paper/figure4-numberline.ts --dry-run

Started again it goes on where it was: finished runs are skipped, a run that was cut off is resumed.`,
    )
    .action(async (file: string, flags: CompareFlags) => {
      const comparison = (await importDefault(file, "defineComparison")) as Comparison;
      if (flags.dryRun === true) return listTrials(comparison);
      const directory = flags.out ?? join("runs", comparison.name);
      const progress = progressTo(process.stderr);
      const result = await interruption.during(
        "stopped; the same command goes on",
        () => progress.say("stopping once the present iterations are saved; once more to stop at once"),
        (signal) => compareMethods(comparison, { directory, jobs: flags.jobs, progress, signal }),
      );
      process.stdout.write(flags.json === true ? `${JSON.stringify(result, null, 2)}\n` : textOf(comparison, result));
      if (result.failed.length > 0) {
        const lines = result.failed.map(({ trial, reason }) => `  ${trial}: ${reason}`);
        throw new CosoError(
          `${result.failed.length} runs failed; the same command tries them again:\n${lines.join("\n")}`,
        );
      }
    });
}

function listTrials(comparison: Comparison): void {
  const tuning = tuningTrials(comparison).map(({ method, value, seed }) => `tuning    ${method} ${value} seed ${seed}`);
  const reported = reportedTrials(comparison, {}).map(({ method, seed }) => `reported  ${method} seed ${seed}`);
  process.stdout.write(`${[...tuning, ...reported].join("\n")}\n${tuning.length + reported.length} runs\n`);
}

function textOf({ tuning: tuned }: Comparison, { tuning, chosen, report }: ComparisonResult): string {
  const tables = report === null ? "no run finished" : `${report.text}\n\nreport: ${report.page}`;
  if (tuned === undefined) return `\n${tables}\n`;
  const lines = tuning.map(({ method, value, rates, mean }) => {
    const mark = chosen[method] === value ? "  chosen" : "";
    return `  ${method.padEnd(8)} ${String(value).padEnd(8)} ${mean.toFixed(3)}  (${rates.map((rate) => rate.toFixed(3)).join(", ")})${mark}`;
  });
  return `\nTuning of ${tuned.setting}: mean success of the final iterate over the tuning seeds\n${lines.join("\n")}\n\n${tables}\n`;
}
