import type { Interval } from "./statistics.ts";

/**
 * 95 % interval of the mean over strata of each stratum's mean, by Student's t with Welch's degrees of freedom; of one
 * stratum, the usual interval of a mean. Unlike the bootstrap it keeps its coverage for a handful of values, if they are
 * about normal. Null where a stratum has fewer than two values: nothing is known of its spread.
 */
export function studentInterval(strata: readonly (readonly number[])[]): Interval | null {
  if (strata.length === 0 || strata.some((values) => values.length < 2)) return null;
  const parts = strata.map((values) => {
    const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
    const freedom = values.length - 1;
    return { centre, variance: squares / freedom / values.length, freedom };
  });
  const centre = parts.reduce((sum, part) => sum + part.centre, 0) / parts.length;
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  if (variance === 0) return [centre, centre];
  const freedom = variance ** 2 / parts.reduce((sum, part) => sum + part.variance ** 2 / part.freedom, 0);
  const halfWidth = (studentQuantile(freedom) * Math.sqrt(variance)) / parts.length;
  return [centre - halfWidth, centre + halfWidth];
}

/** t with P(|T| ≤ t) = 0.95 for whole degrees of freedom; others are rounded down, which widens. */
export function studentQuantile(freedom: number): number {
  // A sum of variances can come out a rounding below the whole number that it is.
  const whole = Math.max(1, Math.floor(freedom + 1e-9));
  let [low, high] = [0, 13];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (shareWithin(middle, whole) < 0.95) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(|T| ≤ t), in closed form for whole degrees of freedom (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4). */
function shareWithin(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let power = isOdd ? 3 : 2; power <= freedom - 2; power += 2) {
    term *= ((power - 1) / power) * cosine ** 2;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}
