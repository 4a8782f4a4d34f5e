import type { EnvironmentSpec } from "../environments/environment.ts";
import { isJsonObject } from "../parsing/json-validity.ts";
import { type Interval, mean, wilsonInterval } from "../report/statistics.ts";
import type { Outcome } from "./outcome.ts";

/** One utterance sampled at a state. */
export interface Sample {
  utterance: string;
  outcome: Outcome;
  /** What is wrong with its format, in words; empty for none. */
  formatErrors: readonly string[];
  /** Summed over its tokens, at the sampling temperature. */
  logProb: number;
  /** Sum of its tokens' entropies given what came before them, nats. */
  entropy: number;
}

/** How a policy explores at one state. Entropies are in nats. */
export interface SampleStatistics {
  samples: number;
  /** Different actions among the utterances that parse to one. */
  distinctActions: number;
  /** Share of utterances that parse to an action, with its 95 % Wilson interval. */
  validShare: number;
  validInterval: Interval;
  /** Share of utterances that are one valid JSON object; null where the environment asks for none. */
  validJson: number | null;
  /**
   * Of the action distribution, all invalid utterances being one outcome: the plug-in estimate −Σ p̂ log p̂ of observed
   * shares p̂. It is biased downwards, by about (outcomes − 1) / 2n, and cannot exceed log n.
   */
  actionEntropy: number;
  /**
   * Of the utterance: the mean over samples of their tokens' summed entropies, the Monte Carlo estimate of Eq. 2, which
   * is unbiased. Its standard error is null for a single sample.
   */
  utteranceEntropy: number;
  utteranceEntropyError: number | null;
  /** Mean log-prob of an utterance; its negative estimates the same entropy with more noise. */
  logProb: number;
}

/** @throws RangeError without samples. */
export function sampleStatistics(
  samples: readonly Sample[],
  { format }: Pick<EnvironmentSpec, "format"> = {},
): SampleStatistics {
  const actions = samples.flatMap(({ outcome }) => (outcome.kind === "action" ? [outcome.action] : []));
  const entropies = samples.map(({ entropy }) => entropy);
  return {
    samples: samples.length,
    distinctActions: new Set(actions).size,
    validShare: mean(samples.map(({ outcome }) => (outcome.kind === "action" ? 1 : 0))),
    validInterval: wilsonInterval(actions.length, samples.length),
    validJson: format === "text" ? null : mean(samples.map(({ utterance }) => (isJsonObject(utterance) ? 1 : 0))),
    actionEntropy: plugInEntropy(
      samples.map(({ outcome }) => (outcome.kind === "action" ? `action ${outcome.action}` : "invalid")),
    ),
    utteranceEntropy: mean(entropies),
    utteranceEntropyError: standardError(entropies),
    logProb: mean(samples.map(({ logProb }) => logProb)),
  };
}

/** −Σ p̂ log p̂ in nats. */
export function plugInEntropy(outcomes: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => {
    const share = count / outcomes.length;
    return share === 1 ? sum : sum - share * Math.log(share);
  }, 0);
}

function standardError(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const centre = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
  return Math.sqrt(variance / values.length);
}
