import type { RandomStream } from "../random.ts";
import type { Interval } from "./interval.ts";

export type { Interval } from "./interval.ts";

const RESAMPLES = 10_000;

export type Confidence = 0.9 | 0.95 | 0.99;

/** z with P(|Z| ≤ z) = confidence for a standard normal Z. */
const CRITICAL_VALUES: Readonly<Record<Confidence, number>> = {
  0.9: 1.6448536269514722,
  0.95: 1.959963984540054,
  0.99: 2.5758293035489004,
};

/**
 * Wilson's score interval of a proportion, without continuity correction (Wilson 1927; method 3 of Newcombe 1998).
 * Stays within [0, 1] and keeps its coverage near 0 and 1, where success rates of trained policies lie.
 * Without trials nothing is known: [0, 1].
 * @throws RangeError unless 0 ≤ successes ≤ trials are integers.
 */
export function wilsonInterval(successes: number, trials: number, confidence: Confidence = 0.95): Interval {
  if (!Number.isInteger(successes) || !Number.isInteger(trials) || successes < 0 || successes > trials) {
    throw new RangeError(`expected integers 0 ≤ successes ≤ trials, got ${successes} of ${trials}`);
  }
  if (trials === 0) return [0, 1];
  const z = CRITICAL_VALUES[confidence];
  const rate = successes / trials;
  const scale = 1 + (z * z) / trials;
  const centre = (rate + (z * z) / (2 * trials)) / scale;
  const halfWidth = (z / scale) * Math.sqrt((rate * (1 - rate)) / trials + (z * z) / (4 * trials * trials));
  // At the ends the formula gives 0 or 1 exactly, but for rounding.
  return [successes === 0 ? 0 : centre - halfWidth, successes === trials ? 1 : centre + halfWidth];
}

/** The middle of the values, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** @throws RangeError when `values` is empty, as for every statistic here. */
export function mean(values: readonly number[]): number {
  requireValues(values);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean of the middle half: a quarter of the values, rounded down, is cut from each end (Agarwal et al. 2021). */
export function interquartileMean(values: readonly number[]): number {
  requireValues(values);
  const sorted = values.toSorted((a, b) => a - b);
  const cut = Math.floor(sorted.length / 4);
  return mean(sorted.slice(cut, sorted.length - cut));
}

/**
 * Percentile bootstrap, 95 %: what `statistic` does when as many values are drawn with replacement. Of few values it is
 * too narrow: of three whose mean is really 0, it leaves 0 out about one time in four.
 */
export function bootstrapInterval(
  values: readonly number[],
  random: RandomStream,
  statistic: (values: readonly number[]) => number = mean,
  resamples = RESAMPLES,
): Interval {
  return stratifiedInterval([values], random, ([drawn = []]) => statistic(drawn), resamples);
}

/**
 * Percentile bootstrap, 95 %, that draws from each stratum by itself and as many as it has, as Agarwal et al. (2021) do
 * with runs within tasks.
 */
export function stratifiedInterval(
  strata: readonly (readonly number[])[],
  random: RandomStream,
  statistic: (strata: readonly (readonly number[])[]) => number,
  resamples = RESAMPLES,
): Interval {
  for (const values of strata) requireValues(values);
  const statistics = Float64Array.from({ length: resamples }, () =>
    statistic(strata.map((values) => values.map(() => random.pick(values)))),
  ).sort();
  return [quantile(statistics, 0.025), quantile(statistics, 0.975)];
}

/** P(A > B) for a value of each drawn at random, a tie counting half: the Mann–Whitney U over all combinations. */
export function probabilityOfImprovement(a: readonly number[], b: readonly number[]): number {
  return mean(a.flatMap((one) => b.map((other) => (Math.sign(one - other) + 1) / 2)));
}

/** Linear between order statistics (type 7 of Hyndman and Fan 1996). `sorted` ascends and is not empty. */
function quantile(sorted: Float64Array, probability: number): number {
  const position = (sorted.length - 1) * probability;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

function requireValues(values: readonly number[]): void {
  if (values.length === 0) throw new RangeError("a statistic of no values is undefined");
}
