/** Distribution of causal weights over a run, as `summary.json` and the checkpoints hold it. */
export interface WeightHistogram {
  /** Tokens by weight, in equal bins over [0, 1]. */
  counts: number[];
  tokens: number;
  below02: number;
  above05: number;
  sum: number;
}

const numBins = 20;

export function emptyHistogram(): WeightHistogram {
  return { counts: new Array<number>(numBins).fill(0), tokens: 0, below02: 0, above05: 0, sum: 0 };
}

export function addWeights(histogram: WeightHistogram, weights: Float32Array): WeightHistogram {
  const next = { ...histogram, counts: [...histogram.counts] };
  for (const weight of weights) {
    const bin = Math.min(numBins - 1, Math.floor(weight * numBins));
    next.counts[bin] = (next.counts[bin] ?? 0) + 1;
    next.tokens += 1;
    if (weight < 0.2) next.below02 += 1;
    if (weight > 0.5) next.above05 += 1;
    next.sum += weight;
  }
  return next;
}

/** How the causal weights of many tokens are spread over [0, 1]. */
export interface WeightDistribution {
  counts: readonly number[];
  tokens: number;
  shareBelow02: number;
  shareAbove05: number;
  mean: number;
}

/** Null when nothing was weighed. */
export function weightDistribution({
  counts,
  tokens,
  below02,
  above05,
  sum,
}: WeightHistogram): WeightDistribution | null {
  if (tokens === 0) return null;
  return { counts, tokens, shareBelow02: below02 / tokens, shareAbove05: above05 / tokens, mean: sum / tokens };
}
