import { join } from "node:path";
import { defineExperiment } from "./config.ts";
import type { Environment } from "./environments/environment.ts";
import { environmentDefinition } from "./environments/registry.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
import { type Progress, silentProgress } from "./progress.ts";
import { deriveSeed, RandomStreams } from "./random.ts";
import { workerPart } from "./runs/checkpoints.ts";
import { RunFolder } from "./runs/run-folder.ts";
import { factorsWithInvalid } from "./training/factor-labels.ts";
import type { StartWorker } from "./training/open.ts";
import { evaluationPurpose } from "./training/stages.ts";
import { startWorker } from "./worker/process.ts";

export interface EvaluateRunOptions {
  checkpoint: string;
  /** The default starts the Python worker. */
  startWorker?: StartWorker;
  episodes?: number;
  greedy?: boolean;
  seed?: number;
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
  const run = new RunFolder(directory);
  const experiment = defineExperiment(run.readConfig().experiment);
  const path = join(workerPart(run, options.checkpoint), "policy");
  const definition = environmentDefinition(experiment.environment.id);
  const createEnvironment = (): Environment => definition.create(experiment.environment.settings);
  const seed = options.seed ?? experiment.seed;
  const greedy = options.greedy ?? false;
  const progress = options.progress ?? silentProgress;
  progress.begin(`evaluate ${options.checkpoint}`, 1);
  const { client: worker, stop } = await (options.startWorker ?? startWorker)({
    threads: experiment.worker.threads,
    logFile: run.path("worker.log"),
  });
  try {
    const probe = createEnvironment();
    await probe.close?.();
    await worker.call("build", {
      seed: deriveSeed(experiment.seed, "build"),
      device: experiment.worker.device,
      dtype: experiment.worker.dtype,
      policy: { kind: "checkpoint", path },
      factors: factorsWithInvalid(probe.spec.factors),
      scm: null,
    });
    const evaluation = await evaluate({
      worker,
      createEnvironment,
      sampling: experiment.sampling,
      episodes: options.episodes ?? experiment.evaluation.episodes,
      inFlight: experiment.evaluation.environments,
      greedy,
      streams: new RandomStreams(deriveSeed(seed, evaluationPurpose)),
      ...(options.signal !== undefined && { signal: options.signal }),
    });
    return { run: directory, checkpoint: options.checkpoint, mode: greedy ? "greedy" : "sampled", seed, ...evaluation };
  } finally {
    progress.end();
    await stop();
  }
}
