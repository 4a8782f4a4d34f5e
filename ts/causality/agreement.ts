/**
 * How well causal weights agree with exact effects, as far as their order goes: weights of an SCM are changes of a
 * probability, exact ones shares of replacements that change the action, so their sizes mean different things.
 *
 * `counts` says how often each value is counted, for resampling; all once where it is left out.
 */

/** Values by their order, prepared once for many resamples. */
export interface Ranking {
  /** Place of each value among the distinct ones, ascending from 0. */
  readonly places: Int32Array;
  readonly numDistinct: number;
}

export function rankingOf(values: ArrayLike<number>): Ranking {
  const distinct = Float64Array.from(new Set(Array.from(values))).sort();
  const placeOf = new Map(Array.from(distinct, (value, place) => [value, place]));
  return {
    places: Int32Array.from(Array.from(values), (value) => placeOf.get(value) ?? 0),
    numDistinct: distinct.length,
  };
}

/**
 * Area under the ROC curve: the probability that a token with an effect has a larger weight than one without, ties
 * counting half (Mann and Whitney's U over the number of pairs). Null where there is no such pair.
 */
export function rocAuc(weights: Ranking, hasEffect: ArrayLike<boolean>, counts?: ArrayLike<number>): number | null {
  const ranks = averageRanks(weights, counts);
  let positives = 0;
  let negatives = 0;
  let rankSum = 0;
  for (const [index, place] of weights.places.entries()) {
    const count = counts?.[index] ?? 1;
    if (hasEffect[index] === true) {
      positives += count;
      rankSum += count * (ranks[place] ?? 0);
    } else {
      negatives += count;
    }
  }
  if (positives === 0 || negatives === 0) return null;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Spearman's ρ: Pearson's correlation of ranks, the mean rank for ties. Null where one side is constant. */
export function rankCorrelation(one: Ranking, other: Ranking, counts?: ArrayLike<number>): number | null {
  const ranks = averageRanks(one, counts);
  const otherRanks = averageRanks(other, counts);
  let total = 0;
  for (let index = 0; index < one.places.length; index++) total += counts?.[index] ?? 1;
  const middle = (total + 1) / 2;
  let covariance = 0;
  let variance = 0;
  let otherVariance = 0;
  for (const [index, place] of one.places.entries()) {
    const count = counts?.[index] ?? 1;
    const deviation = (ranks[place] ?? 0) - middle;
    const otherDeviation = (otherRanks[other.places[index] ?? 0] ?? 0) - middle;
    covariance += count * deviation * otherDeviation;
    variance += count * deviation * deviation;
    otherVariance += count * otherDeviation * otherDeviation;
  }
  if (variance === 0 || otherVariance === 0) return null;
  return covariance / Math.sqrt(variance * otherVariance);
}

/** Rank of each distinct value, from 1: the mean of the ranks that its occurrences take up. */
function averageRanks({ places, numDistinct }: Ranking, counts: ArrayLike<number> | undefined): Float64Array {
  const occurrences = new Float64Array(numDistinct);
  for (const [index, place] of places.entries()) {
    occurrences[place] = (occurrences[place] ?? 0) + (counts?.[index] ?? 1);
  }
  let below = 0;
  return occurrences.map((count) => {
    const rank = below + (count + 1) / 2;
    below += count;
    return rank;
  });
}
