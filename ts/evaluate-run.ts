import { evaluationSettings } from "./config/evaluation-settings.ts";
import { applyOverrides } from "./config/overrides.ts";
import { environmentSettings } from "./environments/registry.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
import { findRun, withLoadedRun } from "./loaded-run.ts";
import { policyAgent } from "./policy-agent.ts";
import { type Progress, silentProgress } from "./progress.ts";
import { deriveSeed, RandomStreams } from "./random.ts";
import type { StartWorker } from "./training/open.ts";
import { evaluationPurpose } from "./training/stages.ts";

/** Which of a run's policies plays how many episodes. */
export interface EvaluateRunOptions {
  checkpoint: string;
  /** The default starts the Python worker. */
  startWorker?: StartWorker;
  episodes?: number;
  greedy?: boolean;
  seed?: number;
  /** `key.path=value` each: what differs in the environment from that of the run's own evaluation. */
  set?: readonly string[];
  progress?: Progress;
  signal?: AbortSignal;
}

export interface RunEvaluation extends Evaluation {
  run: string;
  checkpoint: string;
  mode: "sampled" | "greedy";
  seed: number;
}

/**
 * Plays episodes with the policy of one of a run's checkpoints.
 * @throws RunFolderError when the folder holds no run or no such checkpoint.
 */
export async function evaluateRun(directory: string, options: EvaluateRunOptions): Promise<RunEvaluation> {
  const { checkpoint, startWorker } = options;
  const saved = await findRun(directory, checkpoint);
  const { experiment, definition } = saved;
  const settings = environmentSettings(
    definition,
    applyOverrides(evaluationSettings(experiment) as Record<string, unknown>, options.set ?? []),
  );
  const seed = options.seed ?? experiment.seed;
  const greedy = options.greedy ?? false;
  const progress = options.progress ?? silentProgress;
  progress.begin(`evaluate ${checkpoint}`, 1);
  try {
    const evaluation = await withLoadedRun(saved, { parts: "policy", startWorker }, ({ worker }) =>
      evaluate({
        agent: policyAgent(worker, { sampling: experiment.sampling, greedy }),
        createEnvironment: () => definition.create(settings),
        episodes: options.episodes ?? experiment.evaluation.episodes,
        inFlight: experiment.evaluation.environments,
        streams: new RandomStreams(deriveSeed(seed, evaluationPurpose)),
        ...(options.signal !== undefined && { signal: options.signal }),
      }),
    );
    return { run: directory, checkpoint, mode: greedy ? "greedy" : "sampled", seed, ...evaluation };
  } finally {
    progress.end();
  }
}
