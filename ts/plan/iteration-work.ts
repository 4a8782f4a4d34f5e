import type { Experiment } from "../config.ts";
import { awrPlanAt } from "../training/bases/awr-plan.ts";
import type { Range } from "./range.ts";
import type { Workload } from "./workload.ts";

/** How much one iteration plays and learns. Counts. */
export interface IterationWork {
  /** Time steps of the environments. */
  readonly timeSteps: number;
  /** Environment steps. */
  readonly steps: number;
  /** Steps whose tokens are weighed. */
  readonly weighed: Range;
  /** Passes of a micro-batch that learn. */
  readonly learningPasses: number;
  /** Steps of the optimiser. */
  readonly updates: number;
  /** Steps that those passes hold. */
  readonly learned: number;
  /** Prompts that are read for a value alone: what open trajectories lead to, or what critics look at. */
  readonly valued: Range;
}

/** Of iteration `iteration`, from 0; only the first may differ from the others. */
export function iterationWork(experiment: Experiment, workload: Workload, iteration: number): IterationWork {
  const { algorithm, rollout } = experiment;
  const { microBatch } = algorithm;
  if (algorithm.kind === "ppo") {
    const steps = rollout.environments * rollout.stepsPerEnvironment;
    return {
      timeSteps: rollout.stepsPerEnvironment,
      steps,
      weighed: { low: steps, high: steps },
      learningPasses: algorithm.epochs * Math.ceil(steps / microBatch),
      updates: algorithm.epochs * Math.ceil(steps / algorithm.batchSize),
      learned: steps * algorithm.epochs,
      valued: { low: rollout.environments, high: rollout.environments },
    };
  }
  const plan = awrPlanAt(algorithm, iteration);
  const length = (workload.episodeSteps.low + workload.episodeSteps.high) / 2;
  const steps = Math.ceil(plan.episodes * length);
  const share = 1 - algorithm.filterQuantile;
  // What is remembered grows to the capacity; where scores tie at the cutoff, all of it may be learned from.
  const remembered = { low: Math.min(steps, algorithm.capacity), high: algorithm.capacity };
  const drawn = algorithm.critics === null ? 0 : 3 * plan.criticSteps * algorithm.critics.batchSize;
  return {
    timeSteps: Math.ceil(steps / rollout.environments),
    steps,
    weighed: plan.steps === 0 ? { low: 0, high: 0 } : { low: remembered.low * share, high: remembered.high },
    learningPasses: plan.steps * Math.ceil(algorithm.batchSize / microBatch),
    updates: plan.steps,
    learned: plan.steps * algorithm.batchSize,
    valued:
      algorithm.critics === null
        ? { low: 0, high: 0 }
        : {
            low: Math.min(drawn, remembered.low) + remembered.low * share,
            high: Math.min(drawn, remembered.high) + remembered.high,
          },
  };
}
