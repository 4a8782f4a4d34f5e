import { hasEngineApart } from "../config/engine.ts";
import { usesCausalWeights } from "../config/method.ts";
import type { Experiment } from "../config/schema.ts";
import type { Spoken } from "../trajectory.ts";
import type { Training } from "./training.ts";
import { joined, type Weighed, weighSteps } from "./weigh.ts";

/**
 * Weighs steps while an engine in a process of its own speaks for the next ones. φ does not change during a rollout, so
 * that weights are those of weighing all steps at its end, but for the rounding of other batches.
 */
export class WeighingAsPlayed {
  readonly #training: Training;
  #parts: { readonly steps: readonly Spoken[]; readonly weighed: Promise<Weighed> }[] = [];

  constructor(training: Training) {
    this.#training = training;
  }

  add(steps: readonly Spoken[]): void {
    const weighed = weighSteps(this.#training, steps);
    // What goes wrong is thrown where it is awaited.
    weighed.catch(() => undefined);
    this.#parts.push({ steps, weighed });
  }

  /** Of all steps since the last call, which `steps` are in another order. */
  async of(steps: readonly Spoken[]): Promise<Weighed> {
    const parts = this.#parts;
    this.#parts = [];
    const weightsById = new Map<number, Float32Array>();
    for (const part of parts) {
      const { weights, lengths } = await part.weighed;
      let start = 0;
      for (const [place, length] of lengths.entries()) {
        weightsById.set(part.steps[place]?.id ?? Number.NaN, weights.subarray(start, start + length));
        start += length;
      }
    }
    const ordered = steps.map(({ id }) => weightsById.get(id) ?? new Float32Array(0));
    return { weights: joined(ordered), lengths: ordered.map(({ length }) => length), metrics: {} };
  }
}

/** Whether this experiment weighs as it plays: where somebody else speaks meanwhile, and nothing is drawn for weighing. */
export function weighsAsPlayed(experiment: Experiment): boolean {
  const { weights, algorithm, rollout } = experiment;
  return (
    hasEngineApart(experiment) &&
    usesCausalWeights(experiment) &&
    algorithm.kind === "ppo" &&
    rollout.staleness === 0 &&
    (weights.kind === "paper" || weights.kind === "published" || weights.kind === "gradient")
  );
}
