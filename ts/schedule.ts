import type { EntropyConfig, PpoConfig } from "./config/schema.ts";
import type { EntropyTerm, PpoSettings } from "./protocol/messages/objective.ts";

type LearningRateSchedule = Omit<PpoConfig["learningRateSchedule"], "includesValueHead">;

/**
 * Share of the peak learning rate in iteration `iteration` (from 0) of `iterations`, in [0, 1]: a linear rise over the
 * warm-up iterations, then the fall to `finalFraction`, which the last iteration uses, or every one from
 * `fallIterations` after the peak on.
 */
export function learningRateFactor(schedule: LearningRateSchedule, iteration: number, iterations: number): number {
  const { shape, finalFraction, warmupIterations, fallIterations } = schedule;
  if (iteration < warmupIterations) return (iteration + 1) / (warmupIterations + 1);
  const span = fallIterations ?? iterations - 1 - warmupIterations;
  const progress = span <= 0 ? 0 : Math.min(1, (iteration - warmupIterations) / span);
  switch (shape) {
    case "constant":
      return 1;
    case "linear":
      return 1 - (1 - finalFraction) * progress;
    case "cosine":
      return finalFraction + (1 - finalFraction) * 0.5 * (1 + Math.cos(Math.PI * progress));
  }
}

/** α of the next iteration, `iteration` from 0: what the adaptation has come to, or where the schedule stands. */
export function entropyCoefficientAt(
  entropy: EntropyConfig,
  iteration: number,
  iterations: number,
  adapted: number | null,
): number {
  if (entropy.kind === "none") return 0;
  // A linear schedule takes α to 0 right after the last iteration.
  const factor = entropy.schedule === "linear" ? 1 - iteration / iterations : 1;
  return adapted ?? entropy.coefficient * factor;
}

/**
 * α after an update that measured `weightedEntropy`, nats an utterance: log α moves towards the target by the relative
 * gap, as SAC's temperature does (Haarnoja et al., 2018). Null where α is scheduled.
 */
export function adaptedCoefficient(
  entropy: EntropyConfig,
  coefficient: number,
  weightedEntropy: number,
): number | null {
  if (entropy.kind === "none" || entropy.target === null) return null;
  const { entropy: target, rate, largest } = entropy.target;
  const gap = (target - weightedEntropy) / Math.max(target, weightedEntropy, Number.EPSILON);
  return Math.min(largest, coefficient * Math.exp(rate * gap));
}

/** The loss's entropy term; null for plain RL. */
export function entropyTerm(entropy: EntropyConfig, coefficient: number): EntropyTerm | null {
  switch (entropy.kind) {
    case "none":
      return null;
    case "causal":
      return { weights: { kind: "causal", floor: entropy.floor }, coefficient, reduction: entropy.reduction };
    case "high-entropy":
      return { weights: { kind: "high-entropy", share: entropy.share }, coefficient, reduction: entropy.reduction };
    default:
      return { weights: { kind: entropy.kind }, coefficient, reduction: entropy.reduction };
  }
}

/** What PPO's loss uses in iteration `iteration` (from 0): schedules applied, the value head alone during its warm-up. */
export function ppoSettingsAt(algorithm: PpoConfig, iteration: number, iterations: number): PpoSettings {
  const {
    gamma: _gamma,
    lambda: _lambda,
    rewardScale: _rewardScale,
    normaliseAdvantages: _normaliseAdvantages,
    advantageStdFloor: _advantageStdFloor,
    valueWarmupIterations,
    learningRateSchedule,
    ...loss
  } = algorithm;
  const factor = learningRateFactor(learningRateSchedule, iteration, iterations);
  return {
    ...loss,
    learningRate: loss.learningRate * factor,
    valueLearningRate: loss.valueLearningRate * (learningRateSchedule.includesValueHead ? factor : 1),
    valueOnly: iteration < valueWarmupIterations,
  };
}
