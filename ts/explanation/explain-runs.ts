import { findRun, type SavedRun, withLoadedRun } from "../loaded-run.ts";
import { type Progress, silentProgress } from "../progress.ts";
import type { StartWorker } from "../training/open.ts";
import type { ExactSettings } from "../training/weigh.ts";
import { explainRun } from "./explain-run.ts";
import type { SampleSize } from "./held-out.ts";
import type { ExplainedRun } from "./write-explanation.ts";

/** What every look at runs has in common. */
export interface LookOptions {
  /** Within each run's checkpoints/. */
  checkpoint: string;
  /** Sampling temperature; each run's own where it is left out. */
  temperature?: number | undefined;
  /** The default starts the Python worker. */
  startWorker?: StartWorker | undefined;
  progress?: Progress;
  signal?: AbortSignal;
}

export interface ExplainOptions extends LookOptions {
  size: SampleSize;
  /** Decides episodes, utterances and resamples; each run's own where it is left out. */
  seed?: number | undefined;
  exact: ExactSettings;
}

/**
 * Holds the causal weights of runs against exact ones, one run after another.
 * @throws RunFolderError for a folder without a run or without that checkpoint, before any worker is started.
 */
export async function explainRuns(
  directories: readonly string[],
  { size, seed, exact, ...options }: ExplainOptions,
): Promise<ExplainedRun[]> {
  const found = await findRuns(directories, options);
  const progress = options.progress ?? silentProgress;
  const signal = options.signal ?? new AbortController().signal;
  const explained: ExplainedRun[] = [];
  for (const run of found) {
    signal.throwIfAborted();
    progress.begin(`load ${run.directory}`, 1);
    const load = { parts: "agent", startWorker: options.startWorker } as const;
    explained.push(
      await withLoadedRun(run, load, (loaded) => explainRun(loaded, { size, seed, exact, progress, signal })),
    );
  }
  progress.end();
  return explained;
}

/** All of them, before any worker is started, with the temperature asked for. */
export async function findRuns(
  directories: readonly string[],
  { checkpoint, temperature }: Pick<LookOptions, "checkpoint" | "temperature">,
): Promise<SavedRun[]> {
  const found: SavedRun[] = [];
  for (const directory of directories) {
    const run = await findRun(directory, checkpoint);
    const sampling = { ...run.experiment.sampling, ...(temperature !== undefined && { temperature }) };
    found.push({ ...run, experiment: { ...run.experiment, sampling } });
  }
  return found;
}
