/** How causal weights are spread over tokens (Figure E.2 of the paper). All shares lie in [0, 1]. */
export interface WeightSpread {
  tokens: number;
  /** Tokens in [0, 0.2), which the paper says hardly bear on the action: "over 80 %". */
  shareUnder02: number;
  /** Tokens above {@link CRITICAL}, which the paper says are "< 10 %" without saying where they begin. */
  shareCritical: number;
  mean: number;
  /** Shares of tokens in [0, 0.2), [0.2, 0.4) … [0.8, 1], of weights as they are. */
  shares: number[];
  /** Likewise after {@link normalised}, as Figure E.2 shows them. */
  normalisedShares: number[];
}

/** A token whose weight lies above this decides the action more than not. */
export const CRITICAL = 0.5;
export const NUM_SHARES = 5;

/** @param utterances Weights of the tokens of each; at least one token in all. */
export function weightSpread(utterances: readonly Float32Array[]): WeightSpread {
  const weights = utterances.flatMap((utterance) => [...utterance]);
  const share = (of: (weight: number) => boolean): number => weights.filter(of).length / weights.length;
  return {
    tokens: weights.length,
    shareUnder02: share((weight) => weight < 0.2),
    shareCritical: share((weight) => weight > CRITICAL),
    mean: weights.reduce((sum, weight) => sum + weight, 0) / weights.length,
    shares: binned(weights),
    normalisedShares: binned(utterances.flatMap((utterance) => [...normalised(utterance)])),
  };
}

/** To [0, 1] within one utterance, by its smallest and largest weight; all 0 where these are equal. */
export function normalised(weights: Float32Array): Float32Array {
  const smallest = weights.reduce((low, weight) => Math.min(low, weight), Number.POSITIVE_INFINITY);
  const largest = weights.reduce((high, weight) => Math.max(high, weight), Number.NEGATIVE_INFINITY);
  const range = largest - smallest;
  return weights.map((weight) => (range > 0 ? (weight - smallest) / range : 0));
}

function binned(weights: readonly number[]): number[] {
  const counts = new Array<number>(NUM_SHARES).fill(0);
  for (const weight of weights) {
    const bin = Math.min(NUM_SHARES - 1, Math.floor(weight * NUM_SHARES));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count) => count / weights.length);
}
