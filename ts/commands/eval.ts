import { Command } from "commander";
import { evaluateRun, type RunEvaluation } from "../evaluate-run.ts";
import { progressTo } from "../progress.ts";
import { percent, percentOr } from "../report/format.ts";
import { conditionsText, successCells } from "../report/tables.ts";
import { tableText } from "../report/terminal.ts";
import type { Interruption } from "./interruption.ts";
import { positiveInteger, seed } from "./option-values.ts";

interface EvalFlags {
  episodes?: number;
  checkpoint: string;
  greedy?: boolean;
  seed?: number;
  set?: string[];
  json?: boolean;
}

export function evalCommand(interruption: Interruption): Command {
  return new Command("eval")
    .description("Play whole episodes with a run's policy and report the success rate with its 95 % interval.")
    .argument("<run>", "run folder")
    .option("--episodes <n>", "episodes to play (default: as many as the run's own evaluation)", positiveInteger)
    .option("--checkpoint <name>", "folder within the run's checkpoints/", "final")
    .option("--greedy", "take the likeliest token instead of sampling")
    .option("--seed <n>", "other episodes than the run's own evaluation", seed)
    .option("--set <key.path=value...>", "play with other settings of the environment, such as split=valid_unseen")
    .option("--json", "print only the result, as JSON")
    .addHelpText(
      "after",
      `
Examples:
  coso eval runs/quickstart-seed0
  coso eval runs/quickstart-seed0 --episodes 1000 --seed 7
  coso eval runs/quickstart-seed0 --checkpoint offline --greedy --json
  coso eval runs/alfworld-small-seed0 --set split=valid_unseen

With the run's own seed and number of episodes the figures of summary.json come out again.`,
    )
    .action(async (directory: string, flags: EvalFlags) => {
      const progress = progressTo(process.stderr);
      const result = await interruption.during(
        "stopped",
        () => progress.say("stopping"),
        (signal) => evaluateRun(directory, { ...flags, progress, signal }),
      );
      process.stdout.write(
        flags.json === true ? `${JSON.stringify(result, null, 2)}\n` : `${evaluationText(result)}\n`,
      );
    });
}

function evaluationText({ run, checkpoint, mode, seed: usedSeed, ...evaluation }: RunEvaluation): string {
  const { validJson, invalid, meanReturn, byKind = [] } = evaluation;
  const titles = ["n/N", "Success", "95 % interval", "Valid JSON", "No action", "Mean return"];
  return tableText({
    caption: `${run}, checkpoint ${checkpoint}, ${mode}, seed ${usedSeed}${conditionsText(evaluation.conditions)}`,
    columns: [{ title: "Episodes" }, ...titles.map((title) => ({ title, isNumber: true }))],
    rows: [
      ["all", ...successCells(evaluation), percentOr(validJson), percent(invalid), meanReturn.toFixed(2)],
      ...byKind.map((kind) => [kind.kind, ...successCells(kind), "", "", ""]),
    ],
  });
}
