import type { Factor } from "./factors.ts";
import type { RunGroup } from "./run-group.ts";
import { mean } from "./statistics.ts";

/** Values that some factors take, by index. */
export type Point = ReadonlyMap<Factor, number>;

/** Success of every run by where it stands among the factors. */
export class Design {
  readonly #groups: { levels: Map<Factor, number>; rates: Map<number, number> }[];

  constructor(groups: readonly RunGroup[], factors: readonly Factor[]) {
    this.#groups = groups.map(({ runs }, group) => ({
      levels: new Map(factors.map((factor) => [factor, factor.levelOf[group] ?? 0])),
      rates: new Map(
        runs.flatMap(({ outcome }) =>
          outcome.kind === "finished" ? [[outcome.summary.seed, outcome.summary.successRate] as const] : [],
        ),
      ),
    }));
  }

  has(point: Point): boolean {
    return this.#at(point).some(({ rates }) => rates.size > 0);
  }

  /**
   * Success at each of `points` by seed, the mean over those settings of the other factors at which a seed was run at every
   * point: so points differ in nothing but themselves.
   */
  averaged(points: readonly Point[]): { rates: number[][]; seeds: number[]; contexts: number } {
    const byContext = points.map((point) => this.#byContext(point));
    const used = new Set<string>();
    const bySeed = new Map<number, number[][]>();
    for (const [context, first] of byContext[0] ?? []) {
      for (const seed of first.keys()) {
        const block = byContext.map((contexts) => contexts.get(context)?.get(seed));
        if (block.some((rate) => rate === undefined)) continue;
        used.add(context);
        bySeed.set(seed, [...(bySeed.get(seed) ?? []), block.map((rate) => rate ?? 0)]);
      }
    }
    const seeds = [...bySeed.keys()].sort((one, other) => one - other);
    const rates = points.map((_, point) =>
      seeds.map((seed) => mean((bySeed.get(seed) ?? []).map((block) => block[point] ?? 0))),
    );
    return { rates, seeds, contexts: used.size };
  }

  #at(point: Point) {
    return this.#groups.filter(({ levels }) => [...point].every(([factor, level]) => levels.get(factor) === level));
  }

  /** Success by seed, by the values of the factors that are not of the point. */
  #byContext(point: Point): Map<string, Map<number, number>> {
    const contexts = new Map<string, Map<number, number>>();
    for (const { levels, rates } of this.#at(point)) {
      const others = [...levels].filter(([factor]) => !point.has(factor)).map(([, level]) => level);
      const context = others.join(" ");
      // Groups that differ by name alone stand at the same point.
      contexts.set(context, new Map([...(contexts.get(context) ?? []), ...rates]));
    }
    return contexts;
  }
}
