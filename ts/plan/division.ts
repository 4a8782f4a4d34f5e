import type { Experiment } from "../config.ts";
import type { Card } from "./cards.ts";
import { parametersOf } from "./parameters.ts";
import type { ModelShape } from "./shapes.ts";

/** How a worker's processes, a card each, divide rows and weights. */
export interface Division {
  readonly processes: number;
  /** Whether weights that learn are spread over cards, with gradients and moments, rather than copied to each. */
  readonly isSharded: boolean;
}

export function divisionOf({ worker, policy }: Experiment): Division {
  const { processes } = worker;
  return { processes, isSharded: processes > 1 && policy.kind === "checkpoint" && policy.lora === null };
}

/** Of so many rows, those of one card. */
export function shareOf(rows: number, experiment: Experiment): number {
  return Math.ceil(rows / experiment.worker.processes);
}

/** Numbers of weights by what holds them while they are sharded. */
interface ShardedWeights {
  /** The output embedding, of which every card has a copy. */
  readonly copied: number;
  /** One layer of the decoder, gathered for its turn. */
  readonly layer: number;
  /** All else: vision, projector, input embeddings; gathered for a whole pass. */
  readonly root: number;
}

export function shardedWeights(shape: ModelShape): ShardedWeights {
  const { text, vision, projector } = parametersOf(shape);
  const { vocabularySize, hiddenSize, sharesEmbeddings, layers } = shape.text;
  const copied = vocabularySize * hiddenSize;
  const embeddings = sharesEmbeddings ? 0 : copied;
  const layer = (text - copied - embeddings - hiddenSize) / layers;
  return { copied, layer, root: embeddings + hiddenSize + vision + projector };
}

/** Of so many weights, the output embedding among them, how many one card holds. */
export function heldWeights(count: number, experiment: Experiment, shape: ModelShape): number {
  const { processes, isSharded } = divisionOf(experiment);
  if (!isSharded) return count;
  const { copied } = shardedWeights(shape);
  return copied + (count - copied) / processes;
}

/**
 * Seconds between cards of one machine in an update, at the link's full speed: gradients of copies around a ring once an
 * optimiser step; sharded weights gathered twice a pass, for it and for its backward pass, and their gradients scattered.
 */
export function exchangeSeconds(
  experiment: Experiment,
  shape: ModelShape,
  card: Card,
  { learning, passes, updates }: { readonly learning: number; readonly passes: number; readonly updates: number },
): number {
  const { processes, isSharded } = divisionOf(experiment);
  const sent = (4 * (processes - 1)) / processes / card.linkBandwidth;
  if (!isSharded) return updates * 2 * sent * learning;
  const { copied, layer, root } = shardedWeights(shape);
  const spread = shape.text.layers * layer + root;
  return passes * 3 * sent * spread + updates * 2 * sent * copied;
}
