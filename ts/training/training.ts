import { usesScm } from "../config/method.ts";
import type { Experiment } from "../config/schema.ts";
import type { Environment, EnvironmentDefinition, EnvironmentSpec } from "../environments/environment.ts";
import type { Progress } from "../progress.ts";
import type { RandomStreams } from "../random.ts";
import type { Checkpoints } from "../runs/checkpoints.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import type { MetricSink } from "../sinks/sink.ts";
import type { Worker } from "../worker/worker.ts";
import type { PhaseClock } from "./phase-clock.ts";
import type { SftFile } from "./sft-file.ts";

/** Parameters of each part of the agent; 0 for a part that the method does not have. */
export interface ParameterCounts {
  readonly policy: number;
  readonly valueHead: number;
  readonly scm: number;
  /** Of them those that learn. */
  readonly critics: number;
}

/** What every phase of a training works with. */
export interface Training {
  readonly experiment: Experiment;
  readonly definition: EnvironmentDefinition;
  readonly spec: EnvironmentSpec;
  /** f^parse, of an environment that plays no episodes. */
  readonly parser: Pick<Environment, "spec" | "parse">;
  /** The user's own demonstrations; null where they are scripted, or not needed any more. */
  readonly sftFile: SftFile | null;
  readonly parameters: ParameterCounts;
  /** What the worker computes on, such as `cpu` or `cuda`. */
  readonly device: string;
  /** y_null as text, in the policy's tokens. */
  readonly nullText: string;
  readonly worker: Worker;
  readonly run: RunFolder;
  readonly checkpoints: Checkpoints;
  /** Where metrics.jsonl and summary.json are shown besides. */
  readonly sinks: MetricSink;
  /** Of the training itself; evaluations make their own. */
  readonly streams: RandomStreams;
  readonly clock: PhaseClock;
  readonly progress: Progress;
  /** Aborted when the person asks to stop: at once in the offline stage, at the end of an iteration online. */
  readonly signal: AbortSignal;
}

export function createEnvironment({
  definition,
  experiment,
}: Pick<Training, "definition" | "experiment">): Environment {
  return definition.create(experiment.environment.settings);
}

/** The SCM that this method uses: where no causal weights come from one, none is built, trained or asked. */
export function activeScm(experiment: Experiment): Experiment["scm"] {
  return usesScm(experiment) ? experiment.scm : null;
}
