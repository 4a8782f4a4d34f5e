import type { Experiment } from "../config.ts";
import { decodeBytes, forwardFlops, forwardLaunches, learningFlops } from "./arithmetic.ts";
import type { Card } from "./cards.ts";
import { adaptersOf, computeBytes, hasLearningVision } from "./learning.ts";
import { residentMemory } from "./memory.ts";
import { shapeOf } from "./read-shape.ts";
import { cacheBytes } from "./sampling-memory.ts";
import { freshEncoder, SCM_LAYER_OPERATIONS, scmPassFlops, scoringBatch } from "./scm.ts";
import { usableBytes } from "./usable.ts";
import { plannedScm, workloadOf } from "./workload.ts";

/**
 * What single operations of an experiment need: FLOPs, bytes and operations issued, before any share of a card's peak is
 * assumed. `coso doctor --plan` adds them up for one card; a study of many cards adds them up in its own way.
 */
export interface Operations {
  readonly promptTokens: number;
  /** Mean length of an utterance that the counts below stand on, and the longest that may be sampled. */
  readonly utteranceTokens: number;
  readonly maxNewTokens: number;
  /** A pass over one prompt, its image included. */
  readonly prompt: { readonly flops: number; readonly launches: number };
  /** A decode step: FLOPs of each row, bytes that are read whatever the rows, and bytes of each token in the cache. */
  readonly decode: {
    readonly rowFlops: number;
    readonly weightBytes: number;
    readonly cacheBytes: number;
    readonly launches: number;
  };
  /** Learning from one step once; operations issued by one pass, whatever its rows. */
  readonly learn: {
    readonly flops: number;
    readonly launches: number;
    readonly microBatch: number;
    readonly epochs: number;
  };
  /** Causal weights of one step; zeros where the method has none. */
  readonly weigh: { readonly flops: number; readonly launches: number };
  /** All of an iteration's updates of the SCM. */
  readonly fitScm: { readonly flops: number; readonly launches: number };
  /** Bytes that stay in memory where utterances are only sampled, and where the policy learns too; what of a card can be used. */
  readonly memory: { readonly sampling: number; readonly learning: number; readonly usable: number };
  /** Bytes of the weights that an update changes, in the precision that they are computed in. */
  readonly changedBytes: number;
  /** Bytes of their gradients. */
  readonly gradientBytes: number;
}

/**
 * @param lengths tokens of a prompt and of a mean utterance, where the plan's own estimate is not to be used
 * @throws ConfigError when the policy's shape cannot be told.
 */
export async function operationsOf(
  experiment: Experiment,
  card: Card,
  lengths: { readonly promptTokens?: number; readonly utteranceTokens?: number } = {},
): Promise<Operations> {
  const shape = shapeOf(experiment.policy);
  const workload = await workloadOf(experiment, shape);
  const { promptTokens = workload.prompt, utteranceTokens = (workload.utterance.low + workload.utterance.high) / 2 } =
    lengths;
  const how = { computeBytes: computeBytes(experiment), adapters: adaptersOf(experiment) };
  const recomputes = experiment.policy.kind === "checkpoint" && experiment.policy.gradientCheckpointing;
  const learning = {
    ...how,
    recomputes,
    hasReference: experiment.kl !== null,
    learnsVision: hasLearningVision(experiment),
  };
  const visionTokens = workload.image.vision;
  const seesImages = visionTokens > 0;
  const batch = { rows: 1, sequence: promptTokens + utteranceTokens, utterance: utteranceTokens, visionTokens };
  const resident = residentMemory(experiment, shape, workload);
  return {
    promptTokens,
    utteranceTokens,
    maxNewTokens: experiment.sampling.maxNewTokens,
    prompt: {
      flops: total(forwardFlops(shape, how, 1, promptTokens, visionTokens)),
      launches: forwardLaunches(shape, how, seesImages),
    },
    decode: {
      rowFlops: total(forwardFlops(shape, how, 1, 1, 0)),
      weightBytes: decodeBytes(shape, how, 0, 0),
      cacheBytes: cacheBytes(shape.text, how.computeBytes),
      launches: forwardLaunches(shape, how, false),
    },
    learn: {
      flops: total(learningFlops(shape, learning, batch)),
      launches: forwardLaunches(shape, how, seesImages) * (recomputes ? 4 : 3),
      microBatch: experiment.algorithm.microBatch,
      epochs: experiment.algorithm.kind === "ppo" ? experiment.algorithm.epochs : 1,
    },
    ...scmOperations(experiment, utteranceTokens),
    memory: {
      sampling: resident.frozenWeights + (resident.learningWeights / 4) * how.computeBytes,
      learning: Object.values(resident).reduce((sum: number, bytes: number) => sum + bytes, 0),
      usable: usableBytes(card),
    },
    changedBytes: (resident.learningWeights / 4) * how.computeBytes,
    gradientBytes: resident.gradients,
  };
}

/** A pass for each token and one for the whole, and φ's forward and backward passes. */
function scmOperations(experiment: Experiment, utterance: number): Pick<Operations, "weigh" | "fitScm"> {
  const none = { flops: 0, launches: 0 };
  const encoder = freshEncoder(experiment);
  if (encoder === null) return { weigh: none, fitScm: none };
  const sequences = utterance + 1;
  const passLaunches = encoder.layers * SCM_LAYER_OPERATIONS;
  const flops = scmPassFlops(experiment, utterance);
  const online = plannedScm(experiment)?.online ?? null;
  const steps = online === null ? 0 : online.steps + online.corruptedSteps;
  return {
    weigh: { flops: sequences * flops, launches: (sequences / scoringBatch(experiment)) * passLaunches },
    fitScm: { flops: 3 * steps * (online?.batchSize ?? 0) * flops, launches: 3 * steps * passLaunches },
  };
}

function total({ base, adapters }: { readonly base: number; readonly adapters: number }): number {
  return base + adapters;
}
