import type { RandomStream } from "../random.ts";
import { type Interval, mean, probabilityOfImprovement, stratifiedInterval } from "./statistics.ts";
import { studentInterval } from "./student.ts";

/** Two treatments on one task: `a[i]` and `b[i]` share a seed. */
export interface Pairs {
  a: readonly number[];
  b: readonly number[];
}

export interface PairedDifference {
  /** The smallest number of pairs of any task. */
  pairs: number;
  /** mean(a − b), and of several tasks the mean over them. */
  difference: number;
  /** 95 %, bootstrapped over the pairs of each task. */
  interval: Interval;
  /** 95 %, by Student's t; null where a task has a single pair. */
  student: Interval | null;
  /** P(A > B) for one run of each kind drawn at random, a tie counting half; of several tasks the mean over them. */
  probabilityOfImprovement: number;
}

/**
 * Compares two treatments that were run on the same seeds, so what the seed decides (demonstrations, initial weights)
 * drops out of the difference. P(A > B) is that of Agarwal et al. (2021, section 4.3), which knows of no pairs.
 */
export function pairedDifference(tasks: readonly Pairs[], random: RandomStream): PairedDifference {
  const differences = tasks.map(({ a, b }) => {
    if (a.length !== b.length) throw new RangeError(`expected pairs, got ${a.length} and ${b.length} values`);
    return a.map((value, index) => value - (b[index] ?? Number.NaN));
  });
  return {
    pairs: Math.min(...differences.map(({ length }) => length)),
    difference: mean(differences.map(mean)),
    interval: stratifiedInterval(differences, random, (drawn) => mean(drawn.map(mean))),
    student: studentInterval(differences),
    probabilityOfImprovement: mean(tasks.map(({ a, b }) => probabilityOfImprovement(a, b))),
  };
}

/** Two pairs or one say nothing that a reader should build on. */
export const FEWEST_PAIRS = 3;

/**
 * Whether a difference supports that `a` is better: over three or more pairs, with both intervals above 0. The bootstrap
 * alone is not enough: whenever three differences happen to share their sign it leaves 0 out.
 */
export function supportsImprovement({ pairs, interval, student }: PairedDifference): boolean {
  return pairs >= FEWEST_PAIRS && interval[0] > 0 && student !== null && student[0] > 0;
}

/** The same difference, seen from the other side. */
export function reversed({
  difference,
  interval,
  student,
  probabilityOfImprovement,
  pairs,
}: PairedDifference): PairedDifference {
  const mirrored = ([low, high]: Interval): Interval => [-high, -low];
  return {
    pairs,
    difference: -difference,
    interval: mirrored(interval),
    student: student === null ? null : mirrored(student),
    probabilityOfImprovement: 1 - probabilityOfImprovement,
  };
}
