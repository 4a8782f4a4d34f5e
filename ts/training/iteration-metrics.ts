import type { EnvironmentSpec } from "../environments/environment.ts";
import { withoutFaults } from "../episode.ts";
import type { Evaluation } from "../evaluate.ts";
import type { Experience } from "../experience.ts";
import { isJsonObject } from "../parsing/json-validity.ts";
import type { Metrics } from "../protocol/messages/scalars.ts";

/** What a rollout shows; episode figures are left out while no episode has ended, valid JSON where none is asked for. */
export function rolloutMetrics(
  { trajectories, episodes: ended, unfinishedUtterances, staleStepIds }: Experience,
  { format }: Pick<EnvironmentSpec, "format">,
): Metrics {
  const episodes = withoutFaults(ended);
  const steps = trajectories.flatMap((trajectory) => trajectory.steps);
  const share = (count: number): number => count / steps.length;
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const metrics: Metrics = {
    "rollout/episodes": episodes.length,
    "rollout/reward": mean(steps.map(({ reward }) => reward)),
    "rollout/tokens": mean(steps.map(({ tokenCount }) => tokenCount)),
    "rollout/invalid": share(steps.filter(({ parse }) => parse.kind === "invalid").length),
    ...(format !== "text" && {
      "rollout/valid_json": share(steps.filter(({ utterance }) => isJsonObject(utterance)).length),
    }),
    "rollout/unfinished": share(unfinishedUtterances),
    ...(staleStepIds !== undefined && { "rollout/stale": share(staleStepIds.length) }),
  };
  if (ended.length > episodes.length) metrics["rollout/faults"] = ended.length - episodes.length;
  if (episodes.length === 0) return metrics;
  return {
    ...metrics,
    "rollout/success": mean(episodes.map(({ success }) => (success ? 1 : 0))),
    "rollout/return": mean(episodes.map((episode) => episode.return)),
    "rollout/length": mean(episodes.map(({ length }) => length)),
  };
}

/**
 * Of a value head: the mean of what it said, and 1 − Var(returns − values) / Var(returns), in (−∞, 1]: how much of what
 * returns differ in it foresaw; 0 is no better than a constant. The latter is left out where all returns are equal.
 */
export function valueMetrics(values: readonly number[], returns: Float32Array): Metrics {
  const mean = { "rollout/value": values.reduce((sum, value) => sum + value, 0) / values.length };
  const whole = variance([...returns]);
  if (whole === 0) return mean;
  const missed = variance(values.map((value, step) => (returns[step] ?? 0) - value));
  return { ...mean, "value/explained_variance": 1 - missed / whole };
}

function variance(numbers: readonly number[]): number {
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  return numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0) / numbers.length;
}

/** Of this iteration's causal weights; nothing where none were computed. */
export function weightMetrics(weights: Float32Array): Metrics {
  if (weights.length === 0) return {};
  const share = (holds: (weight: number) => boolean): number => weights.filter(holds).length / weights.length;
  return {
    "weights/mean": weights.reduce((sum, weight) => sum + weight, 0) / weights.length,
    "weights/max": weights.reduce((largest, weight) => Math.max(largest, weight), 0),
    "weights/share_below_0.2": share((weight) => weight < 0.2),
    "weights/share_above_0.5": share((weight) => weight > 0.5),
  };
}

export function evaluationMetrics(evaluation: Evaluation | null): Metrics {
  if (evaluation === null) return {};
  return {
    "evaluation/success": evaluation.rate,
    "evaluation/episodes": evaluation.episodes,
    "evaluation/return": evaluation.meanReturn,
    ...(evaluation.validJson !== null && { "evaluation/valid_json": evaluation.validJson }),
    "evaluation/invalid": evaluation.invalid,
    ...(evaluation.faults !== undefined && { "evaluation/faults": evaluation.faults }),
  };
}
