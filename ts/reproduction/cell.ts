import type { RandomStreams } from "../random.ts";
import { type PairedDifference, pairedDifference, supportsImprovement } from "../report/paired-difference.ts";
import { bootstrapInterval, type Interval, interquartileMean, mean, wilsonInterval } from "../report/statistics.ts";
import type { Measured } from "./reproduction.ts";

/** What a cell's runs say, one a seed. */
export interface SeedValue extends Measured {
  readonly seed: number;
  /** Folder of the run; null for an average over several. */
  readonly run: string | null;
}

export type Cell =
  | {
      /** `partial`: some seeds of the protocol have not finished. */
      readonly state: "measured" | "partial";
      readonly values: readonly SeedValue[];
      /** Seeds of the protocol. */
      readonly seedsWanted: number;
      readonly mean: number;
      readonly interquartileMean: number;
      /** 95 %: over seeds by the bootstrap, over the episodes of a single run by Wilson; null where neither is possible. */
      readonly interval: Interval | null;
      /** In all; null where the value counts none. */
      readonly episodes: number | null;
      /** Better than every other method of its column, see {@link isBest}. */
      readonly isBest: boolean;
    }
  | { readonly state: "not run"; readonly reason: string };

export type MeasuredCell = Exclude<Cell, { state: "not run" }>;

/** @param values at least one. */
export function cellOf(
  values: readonly SeedValue[],
  seedsWanted: number,
  { name, streams }: { name: string; streams: RandomStreams },
): MeasuredCell {
  const numbers = values.map(({ value }) => value);
  const episodes = values.map((each) => each.episodes);
  return {
    state: values.length < seedsWanted ? "partial" : "measured",
    values,
    seedsWanted,
    mean: mean(numbers),
    interquartileMean: interquartileMean(numbers),
    interval: values.length > 1 ? bootstrapInterval(numbers, streams.stream(name)) : singleInterval(values[0]),
    episodes: episodes.includes(null) ? null : episodes.reduce<number>((sum, each) => sum + (each ?? 0), 0),
    isBest: false,
  };
}

function singleInterval(value: SeedValue | undefined): Interval | null {
  if (value === undefined || value.episodes === null || value.run === null) return null;
  return wilsonInterval(Math.round(value.value * value.episodes), value.episodes);
}

/** Fewer have no interval that deserves the name. */
const FEWEST_PAIRS = 2;

/** On the seeds that both have, positive where `one` is the better; null where they share fewer than two. */
export function differenceOf(
  one: MeasuredCell,
  other: MeasuredCell,
  { name, streams }: { name: string; streams: RandomStreams },
): PairedDifference | null {
  const others = new Map(other.values.map(({ seed, value }) => [seed, value]));
  const pairs = one.values.flatMap(({ seed, value }) => {
    const beside = others.get(seed);
    return beside === undefined ? [] : [[value, beside] as const];
  });
  if (pairs.length < FEWEST_PAIRS) return null;
  const sides = { a: pairs.map(([value]) => value), b: pairs.map(([, value]) => value) };
  return pairedDifference([sides], streams.stream(name));
}

/** @param differences from every other method that was measured in the column. */
export function isBest(differences: readonly (PairedDifference | null)[]): boolean {
  return differences.length > 0 && differences.every((each) => each !== null && supportsImprovement(each));
}

/** Per seed, of the seeds that all of `cells` have; `episodes` weighs them by how often each kind occurred. */
export function averageOf(cells: readonly MeasuredCell[], weights: "equal" | "episodes"): SeedValue[] {
  const [first] = cells;
  const seeds = (first?.values ?? []).map(({ seed }) => seed);
  return seeds.flatMap((seed): SeedValue[] => {
    const parts = cells.flatMap(({ values }) => values.find((each) => each.seed === seed) ?? []);
    if (parts.length < cells.length) return [];
    const counts = parts.map(({ episodes }) => episodes);
    const of = counts.map((count) => (weights === "equal" ? 1 : (count ?? 0)));
    const total = of.reduce((sum, weight) => sum + weight, 0);
    const value = parts.reduce((sum, part, place) => sum + part.value * (of[place] ?? 0), 0) / total;
    const episodes = counts.includes(null) ? null : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
    return [{ seed, value, episodes, run: null }];
  });
}
