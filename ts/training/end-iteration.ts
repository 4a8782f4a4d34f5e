import type { EntropyConfig } from "../config/schema.ts";
import type { Experience } from "../experience.ts";
import type { Metrics } from "../protocol/messages/scalars.ts";
import { iterationCheckpoint } from "../runs/checkpoints.ts";
import { adaptedCoefficient } from "../schedule.ts";
import { evaluationMetrics, rolloutMetrics, weightMetrics } from "./iteration-metrics.ts";
import { bestCheckpointOf, type Loop, loopRecord } from "./loop.ts";
import { select, shouldStop } from "./selection.ts";
import type { Training } from "./training.ts";
import type { Weighed } from "./weigh.ts";
import { addWeights } from "./weight-histogram.ts";

/** What the phases of one iteration yielded. */
export interface IterationOutcome {
  experience: Experience;
  /** Causal weights of all tokens; empty for methods without. */
  weighed: Weighed;
  scmMetrics: Metrics;
  policyMetrics: Metrics;
}

/**
 * Counts the iteration, evaluates where selection asks for it, writes the iteration's lines and its checkpoint.
 * @throws what `training.signal` was aborted with, once the checkpoint is there.
 */
export async function endIteration(training: Training, loop: Loop, outcome: IterationOutcome): Promise<void> {
  const { experiment, run, clock, signal } = training;
  const { experience, weighed, scmMetrics, policyMetrics } = outcome;
  loop.iteration += 1;
  loop.envSteps += experience.trajectories.reduce((total, { steps }) => total + steps.length, 0);
  loop.histogram = addWeights(loop.histogram, weighed.weights);
  loop.adaptedCoefficient = nextCoefficient(experiment.entropy, policyMetrics, loop.adaptedCoefficient);
  const { state, evaluation } = await select(training, loop.selection, loop.iteration);
  loop.selection = state;
  const metrics = {
    ...rolloutMetrics(experience, training.spec),
    ...weightMetrics(weighed.weights),
    ...weighed.metrics,
    ...scmMetrics,
    ...policyMetrics,
    ...evaluationMetrics(evaluation),
    ...(experiment.rollout.staleness > 0 && { "rollout/staleness": loop.isStale ? 1 : 0 }),
  };
  for (const episode of experience.episodes) run.episodes.append({ iteration: loop.iteration, ...episode });
  run.metrics.append({ iteration: loop.iteration, envSteps: loop.envSteps, metrics, seconds: clock.lap() });
  training.sinks.follow(run.metrics.size);
  training.progress.update(loop.iteration, iterationDetail(metrics));
  const isLast = loop.iteration === experiment.iterations || shouldStop(experiment, loop.selection);
  const isDue = isLast || loop.iteration % experiment.checkpoint.every === 0;
  // A rollout that has been played ahead is learned from before the run stops: no checkpoint holds one.
  const stops = signal.aborted && loop.ahead === null;
  if (isDue || stops) await checkpoint(training, loop);
  if (stops) signal.throwIfAborted();
}

/**
 * α of the next iteration, from this one's and the weighted entropy that its update measured; as it was where the update
 * learned nothing; null while scheduled.
 */
function nextCoefficient(entropy: EntropyConfig, metrics: Metrics, present: number | null): number | null {
  const measured = metrics["loss/causal_entropy"] ?? metrics["loss/entropy"];
  if (measured === undefined) return present;
  return adaptedCoefficient(entropy, metrics["entropy/coefficient"] ?? 0, measured);
}

async function checkpoint(training: Training, loop: Loop): Promise<void> {
  const { checkpoints, experiment } = training;
  await checkpoints.write(iterationCheckpoint(loop.iteration), "all", loopRecord(training, loop));
  checkpoints.prune(experiment.checkpoint.keep, bestCheckpointOf);
}

function iterationDetail(metrics: Metrics): string {
  const parts: string[] = [];
  const add = (name: string, key: string): void => {
    const value = metrics[key];
    if (value !== undefined) parts.push(`${name} ${value.toFixed(2)}`);
  };
  add("success", "rollout/success");
  add("evaluated", "evaluation/success");
  add("valid JSON", "rollout/valid_json");
  return parts.join(" · ");
}
