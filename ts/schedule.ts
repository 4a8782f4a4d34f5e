import type { EntropyConfig, Experiment } from "./config/schema.ts";
import type { EntropyTerm, PpoSettings } from "./protocol/messages.ts";

type LearningRateSchedule = Experiment["algorithm"]["learningRateSchedule"];

/**
 * Share of the peak learning rate in iteration `iteration` (from 0) of `iterations`, in [0, 1]: a linear rise over the
 * warm-up iterations, then the fall to `finalFraction`, which the last iteration uses.
 */
export function learningRateFactor(schedule: LearningRateSchedule, iteration: number, iterations: number): number {
  const { shape, finalFraction, warmupIterations } = schedule;
  if (iteration < warmupIterations) return (iteration + 1) / (warmupIterations + 1);
  const span = iterations - 1 - warmupIterations;
  const progress = span <= 0 ? 0 : (iteration - warmupIterations) / span;
  switch (shape) {
    case "constant":
      return 1;
    case "linear":
      return 1 - (1 - finalFraction) * progress;
    case "cosine":
      return finalFraction + (1 - finalFraction) * 0.5 * (1 + Math.cos(Math.PI * progress));
  }
}

/** The loss's entropy term in iteration `iteration` (from 0); a linear schedule takes α to 0 right after the last one. */
export function entropyTermAt(entropy: EntropyConfig, iteration: number, iterations: number): EntropyTerm {
  if (entropy.kind === "none") return { kind: "none" };
  const { kind, coefficient, reduction, schedule } = entropy;
  const factor = schedule === "linear" ? 1 - iteration / iterations : 1;
  return { kind, coefficient: coefficient * factor, reduction };
}

/** What PPO's loss uses in iteration `iteration` (from 0): schedules applied, the value head alone during its warm-up. */
export function ppoSettingsAt(algorithm: Experiment["algorithm"], iteration: number, iterations: number): PpoSettings {
  const {
    gamma: _gamma,
    lambda: _lambda,
    normaliseAdvantages: _normaliseAdvantages,
    advantageStdFloor: _advantageStdFloor,
    valueWarmupIterations,
    learningRateSchedule,
    ...loss
  } = algorithm;
  return {
    ...loss,
    learningRate: loss.learningRate * learningRateFactor(learningRateSchedule, iteration, iterations),
    valueOnly: iteration < valueWarmupIterations,
  };
}
