import { join } from "node:path";
import PQueue from "p-queue";
import { usesScm } from "../config/method.ts";
import { messageOf } from "../errors.ts";
import type { Progress } from "../progress.ts";
import { silentProgress } from "../progress.ts";
import { mean } from "../report/statistics.ts";
import { type WrittenReport, writeReport } from "../report/write-report.ts";
import { writeJson } from "../runs/atomic-write.ts";
import { offlineCheckpoint } from "../runs/checkpoints.ts";
import { RunFolder } from "../runs/run-folder.ts";
import { type StartWorker, type Summary, train } from "../train.ts";
import { type Comparison, reportedTrials, type Trial, tuningTrials } from "./definition.ts";

/** Where and how a comparison runs. */
export interface CompareOptions {
  /** Folder of all runs; trials found finished there are not run again, those cut off go on. */
  directory: string;
  /** Trials at a time; each has a worker process. */
  jobs: number;
  progress?: Progress;
  signal?: AbortSignal;
  /** The default starts the Python worker. */
  startWorker?: StartWorker;
  /** Folder of a finished run elsewhere that counts as this one of the reported trials; undefined: none. */
  finishedElsewhere?: (trial: Trial) => string | undefined;
}

/** What tuning found for one method and value. */
export interface TuningResult {
  method: string;
  value: number;
  /** Sampled success of the final iterate, one a tuning seed. */
  rates: number[];
  mean: number;
}

/** What a comparison found; `comparison.json` holds it. */
export interface ComparisonResult {
  tuning: TuningResult[];
  chosen: Record<string, number>;
  /** Success of the final iterate on the reported seeds, in the order of `seeds`. */
  rates: Record<string, number[]>;
  failed: { trial: string; reason: string }[];
  report: WrittenReport | null;
}

/**
 * Runs a comparison's protocol: tuning, then the reported seeds. A trial that fails is named in the result, and the
 * others go on. Results are written to `comparison.json` and a report beside the runs.
 */
export async function compareMethods(comparison: Comparison, options: CompareOptions): Promise<ComparisonResult> {
  const { directory } = options;
  const failed: ComparisonResult["failed"] = [];
  const tuning = summariseTuning(await runTrials("tuning", tuningTrials(comparison), options, failed));
  const chosen = choose(tuning);
  const finished = await runTrials("reported", reportedTrials(comparison, chosen), options, failed);
  const rates: Record<string, number[]> = {};
  for (const { trial, summary } of finished) {
    rates[trial.method] ??= [];
    rates[trial.method]?.push(summary.successRate);
  }
  const directories = finished.map(({ trial }) => trialDirectory(options, "reported", trial));
  const report = directories.length > 0 ? await writeReport(directories, join(directory, "report")) : null;
  const result: ComparisonResult = { tuning, chosen, rates, failed, report };
  writeJson(join(directory, "comparison.json"), { name: comparison.name, ...result });
  return result;
}

type Stretch = "tuning" | "reported";

interface Finished {
  trial: Trial;
  summary: Summary;
}

/** First one trial a seed, then the others, which take that one's offline stage over. */
async function runTrials(
  stretch: Stretch,
  trials: readonly Trial[],
  options: CompareOptions,
  failed: ComparisonResult["failed"],
): Promise<Finished[]> {
  if (trials.length === 0) return [];
  const progress = options.progress ?? silentProgress;
  const origins = offlineOrigins(trials);
  // Methods of a seed follow one another, so that times are compared under what else the machine happens to do.
  const rest = trials.filter((trial) => !origins.includes(trial)).sort((one, other) => one.seed - other.seed);
  const finished = new Map<Trial, Summary>();
  const queue = new PQueue({ concurrency: options.jobs });
  progress.begin(`${stretch} runs`, trials.length);
  for (const wave of [origins, rest]) {
    await queue.addAll(
      wave.map((trial) => async () => {
        options.signal?.throwIfAborted();
        const origin = origins.find((other) => other.seed === trial.seed && other !== trial);
        const offlineFrom = origin === undefined ? undefined : trialDirectory(options, stretch, origin);
        const name = trialName(trial);
        try {
          const summary = await train(trial.experiment, {
            directory: trialDirectory(options, stretch, trial),
            resume: true,
            // One that failed before it was done leaves none.
            ...(offlineFrom !== undefined && hasOfflineStage(offlineFrom) && { offlineFrom }),
            ...(options.startWorker !== undefined && { startWorker: options.startWorker }),
            ...(options.signal !== undefined && { signal: options.signal }),
          });
          finished.set(trial, summary);
          progress.update(finished.size, `${name}: ${summary.successRate.toFixed(3)}`);
        } catch (error) {
          options.signal?.throwIfAborted();
          failed.push({ trial: `${stretch}/${name}`, reason: messageOf(error) });
          progress.say(`${stretch}/${name} failed: ${messageOf(error)}`);
        }
      }),
    );
  }
  progress.end();
  return trials.flatMap((trial) => {
    const summary = finished.get(trial);
    return summary === undefined ? [] : [{ trial, summary }];
  });
}

/** For each seed a trial whose offline stage suits all others of that seed: one with an SCM, if there is any. */
function offlineOrigins(trials: readonly Trial[]): Trial[] {
  return [...new Set(trials.map(({ seed }) => seed))].flatMap((seed) => {
    const same = trials.filter((trial) => trial.seed === seed);
    return same.find(({ experiment }) => usesScm(experiment)) ?? same.slice(0, 1);
  });
}

function hasOfflineStage(directory: string): boolean {
  return new RunFolder(directory).checkpointNames().includes(offlineCheckpoint);
}

function summariseTuning(finished: readonly Finished[]): TuningResult[] {
  const results: TuningResult[] = [];
  for (const { trial, summary } of finished) {
    if (trial.value === null) continue;
    const { method, value } = trial;
    let result = results.find((other) => other.method === method && other.value === value);
    if (result === undefined) {
      result = { method, value, rates: [], mean: 0 };
      results.push(result);
    }
    result.rates.push(summary.successRate);
    result.mean = mean(result.rates);
  }
  return results;
}

/** The value of the best mean for each method; of equals the smaller. */
function choose(tuning: readonly TuningResult[]): Record<string, number> {
  const best = new Map<string, TuningResult>();
  for (const result of tuning) {
    const rival = best.get(result.method);
    const isBetter = rival === undefined || result.mean > rival.mean;
    const isSmaller = rival !== undefined && result.mean === rival.mean && result.value < rival.value;
    if (isBetter || isSmaller) best.set(result.method, result);
  }
  return Object.fromEntries([...best].map(([method, { value }]) => [method, value]));
}

function trialDirectory({ directory, finishedElsewhere }: CompareOptions, stretch: Stretch, trial: Trial): string {
  const elsewhere = stretch === "reported" ? finishedElsewhere?.(trial) : undefined;
  return elsewhere ?? join(directory, stretch, trialName(trial));
}

/** Where a comparison in `directory` keeps one of its reported runs. */
export function reportedDirectory(directory: string, trial: Trial): string {
  return trialDirectory({ directory, jobs: 1 }, "reported", trial);
}

export function trialName({ method, seed, value }: Trial): string {
  return value === null ? `${method}-seed${seed}` : `${method}-${value}-seed${seed}`;
}
