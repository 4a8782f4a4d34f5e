import { join } from "node:path";
import { Command } from "commander";
import { type Experiment, loadExperiment } from "../config.ts";
import { ConfigError, WorkerError, type WorkerErrorCode } from "../errors.ts";
import { progressTo } from "../progress.ts";
import { writeReport } from "../report/write-report.ts";
import { writeJson } from "../runs/atomic-write.ts";
import { loadTrial } from "../sweep/load.ts";
import { type Summary, train } from "../train.ts";
import { RemoteFailure } from "../worker/remote-failure.ts";
import type { Interruption } from "./interruption.ts";
import { seed } from "./option-values.ts";

interface TrainFlags {
  seed?: number;
  out?: string;
  resume?: boolean;
  set?: string[];
  trial?: string;
  offlineFrom?: string;
  json?: boolean;
}

export function trainCommand(interruption: Interruption): Command {
  return new Command("train")
    .description("Fine-tune an agent as an experiment file says: offline stage, Algorithm 1, evaluation, report.")
    .argument("<file>", "experiment: a TypeScript file whose default export is defineExperiment({ … })")
    .option("--seed <n>", "decides demonstrations, initial weights and all of RL", seed)
    .option("--out <dir>", "run folder (default: runs/<name>-seed<n>)")
    .option("--resume", "go on with the run in that folder; a finished run prints its summary again")
    .option("--set <key.path=value...>", "change settings of the experiment; values are JSON or text")
    .option("--trial <name>", "where the file is a sweep: its trial of this name; see coso sweep --dry-run")
    .option("--offline-from <dir>", "take SFT and SCM pre-training over from this run")
    .option("--json", "print only the summary, as JSON")
    .addHelpText(
      "after",
      `
Examples:
  coso train experiments/quickstart.ts
  coso train experiments/quickstart.ts --seed 1 --json
  coso train experiments/quickstart.ts --set entropy.coefficient=0.1 iterations=40 --out runs/strong
  coso train experiments/quickstart.ts --resume
  coso train experiments/quickstart.ts --set 'entropy={"kind":"none"}' --out runs/rl --offline-from runs/quickstart-seed0

Ctrl-C saves a checkpoint at the end of the iteration and stops; a second one stops at once.`,
    )
    .action(async (file: string, flags: TrainFlags) => {
      const experiment = await loadAsked(file, flags);
      const directory = flags.out ?? join("runs", `${experiment.name}-seed${experiment.seed}`);
      const progress = progressTo(process.stderr);
      progress.say(`${experiment.name}, seed ${experiment.seed}: ${directory}`);
      const goOn = `go on with: ${resumeCommand(file, flags)}`;
      const summary = await interruption
        .during(
          `stopped; ${goOn}`,
          () => progress.say("stopping once this is saved; once more to stop at once"),
          (signal) =>
            train(experiment, {
              directory,
              progress,
              signal,
              resume: flags.resume === true,
              ...(flags.offlineFrom !== undefined && { offlineFrom: flags.offlineFrom }),
            }),
        )
        .catch((error: unknown) => {
          if (!(error instanceof WorkerError)) throw error;
          const remoteCode = error.cause instanceof RemoteFailure ? error.cause.remoteCode : null;
          // An engine is a process of its own, which is lost alone.
          if (LOST.has(error.code) || remoteCode === "engine") throw error.withMend(goOn);
          if (remoteCode === "out-of-memory") {
            throw error.withMend(`\`npx coso doctor --plan ${file}\` tells what it needs by part, and what to change`);
          }
          throw error;
        });
      const { summary: reported, text } = await report(directory, summary);
      process.stdout.write(
        flags.json === true ? `${JSON.stringify(reported, null, 2)}\n` : outcome(reported, directory, text),
      );
    });
}

function loadAsked(file: string, { trial, ...changes }: TrainFlags): Promise<Experiment> {
  if (trial === undefined) return loadExperiment(file, changes);
  if (changes.seed === undefined && changes.set === undefined) return loadTrial(file, trial);
  throw new ConfigError("--trial: expected neither --seed nor --set beside it, since the sweep sets them");
}

/** What a run survives: nothing is wrong with the experiment, and what was saved is there. */
const LOST: ReadonlySet<WorkerErrorCode> = new Set(["exit", "silent", "timeout"]);

/** Writes the run's report, and its path into `summary.json`. */
async function report(directory: string, summary: Summary): Promise<{ summary: Summary; text: string }> {
  const { page, text } = await writeReport([directory], join(directory, "report"));
  const reported = { ...summary, report: page };
  writeJson(join(directory, "summary.json"), reported);
  return { summary: reported, text };
}

function outcome({ chosenIteration, envSteps, report: page }: Summary, directory: string, text: string): string {
  return `
${text}

policy of iteration ${chosenIteration}, after ${envSteps} environment steps: ${directory}
report: ${page}
`;
}

/** The same command line with `--resume`, quoted where a shell would need it. */
function resumeCommand(file: string, { seed: seedValue, out, set = [], trial, offlineFrom }: TrainFlags): string {
  const words = ["npx", "coso", "train", file, "--resume"];
  if (seedValue !== undefined) words.push("--seed", String(seedValue));
  if (out !== undefined) words.push("--out", out);
  if (set.length > 0) words.push("--set", ...set);
  if (trial !== undefined) words.push("--trial", trial);
  if (offlineFrom !== undefined) words.push("--offline-from", offlineFrom);
  return words.map((word) => (/^[\w./=:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}
