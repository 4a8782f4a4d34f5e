import type { Observation } from "../environments/environment.ts";
import { ConfigError } from "../errors.ts";
import { type LoadedRun, type SavedRun, withLoadedRun } from "../loaded-run.ts";
import { type Progress, silentProgress } from "../progress.ts";
import { readFloat32 } from "../protocol/tensor.ts";
import { deriveSeed, RandomStreams } from "../random.ts";
import { packObservations } from "../worker/observations.ts";
import { findRuns, type LookOptions } from "./explain-runs.ts";
import { formatErrors, outcomeOf } from "./outcome.ts";
import { type Sample, type SampleStatistics, sampleStatistics } from "./sample-statistics.ts";
import { observationIn, readStateFile } from "./state-file.ts";

export interface SampleOptions extends LookOptions {
  /** JSON file that names the state. */
  stateFile: string;
  samples: number;
  /** The same for every run. */
  seed: number;
}

/** What one run's policy says at the state, again and again. */
export interface SampledRun {
  run: string;
  checkpoint: string;
  /** What the paper or this project calls it, such as CoSo. */
  method: string;
  environment: string;
  temperature: number;
  seed: number;
  statistics: SampleStatistics;
  samples: Sample[];
}

interface SampledRuns {
  runs: SampledRun[];
  /** What the first run's agent sees there; other prompts mean other settings of the environment. */
  observation: Observation;
}

/** Utterances sampled in one request. */
const batchSize = 64;

/**
 * Samples utterances at one state by several policies (Figure 3 below and Figures F.1–F.3 of the paper).
 * @throws ConfigError when the runs' environments differ or cannot be in that state, before any worker is started.
 */
export async function sampleAtState(directories: readonly string[], options: SampleOptions): Promise<SampledRuns> {
  const { stateFile, startWorker } = options;
  const progress = options.progress ?? silentProgress;
  const signal = options.signal ?? new AbortController().signal;
  const saved = await findRuns(directories, options);
  requireOneEnvironment(saved);
  const state = await readStateFile(stateFile);
  const seen = await Promise.all(
    saved.map(async (run) => ({ run, observation: await observationIn(run, state, stateFile) })),
  );
  const runs: SampledRun[] = [];
  for (const { run, observation } of seen) {
    signal.throwIfAborted();
    progress.begin(`load ${run.directory}`, 1);
    runs.push(
      await withLoadedRun(run, { parts: "policy", startWorker }, (loaded) =>
        sampleRun(loaded, observation, options, progress, signal),
      ),
    );
  }
  progress.end();
  const [first] = seen;
  if (first === undefined) throw new ConfigError("explain: expected at least one run folder, got none");
  return { runs, observation: first.observation };
}

function requireOneEnvironment(runs: readonly SavedRun[]): void {
  const ids = new Set(runs.map(({ experiment }) => experiment.environment.id));
  if (ids.size <= 1) return;
  const told = runs.map(({ directory, experiment }) => `${directory} (${experiment.environment.id})`);
  throw new ConfigError(`--state: expected runs of one environment, got ${told.join(", ")}; name those of one`);
}

async function sampleRun(
  { worker, parser, experiment, directory, checkpoint, method }: LoadedRun,
  observation: Observation,
  { samples: count, seed }: SampleOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<SampledRun> {
  const draws = new RandomStreams(deriveSeed(seed, "sample at state")).stream("sampling");
  const samples: Sample[] = [];
  progress.begin(`sample ${directory}`, count);
  while (samples.length < count) {
    signal.throwIfAborted();
    const size = Math.min(batchSize, count - samples.length);
    const stepIds = Array.from({ length: size }, (_, index) => index);
    const { batch, frames } = packObservations(stepIds.map(() => observation));
    const request = {
      observations: batch,
      stepIds,
      ...experiment.sampling,
      greedy: false,
      seed: draws.seed(),
      policy: "present" as const,
    };
    const { utterances } = await worker.call("act", request, { frames });
    const { temperature } = experiment.sampling;
    const { steps } = await worker.call("score", { stepIds, images: null, temperature });
    await worker.call("forgetSteps", { stepIds: null });
    for (const [index, utterance] of utterances.entries()) {
      const outcome = outcomeOf(parser.parse(utterance, observation));
      const step = steps[index];
      samples.push({
        utterance,
        outcome,
        formatErrors: formatErrors(utterance, outcome, parser.spec.format),
        logProb: step === undefined ? Number.NaN : total(readFloat32(step.logProbs)),
        entropy: step === undefined ? Number.NaN : total(readFloat32(step.entropies)),
      });
    }
    progress.update(samples.length);
  }
  return {
    run: directory,
    checkpoint,
    method,
    environment: experiment.environment.id,
    temperature: experiment.sampling.temperature,
    seed,
    statistics: sampleStatistics(samples, parser.spec),
    samples,
  };
}

function total(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
