import type { RandomStreams } from "../random.ts";
import { Design } from "./design.ts";
import { experimentsOf, settingDifferences } from "./differing-settings.ts";
import { type Factor, factorsOf } from "./factors.ts";
import { type PairedDifference, pairedDifference } from "./paired-difference.ts";
import type { RunGroup } from "./run-group.ts";
import { bootstrapInterval, type Interval, mean } from "./statistics.ts";

/** Success at one value of a factor, the other factors averaged over. */
export interface LevelEffect {
  level: string;
  /** One a seed, in the order of the factor's `seeds`. */
  rates: number[];
  success: number;
  /** 95 %, bootstrapped over seeds; null of one seed. */
  interval: Interval | null;
  /** To the factor's first value, on the same seeds; null for that value itself, and of one seed. */
  difference: PairedDifference | null;
}

/** What a factor does by itself. */
export interface MainEffect {
  factor: string;
  paths: readonly string[];
  seeds: number[];
  /** Settings of the other factors that were averaged over: those at which every value was run. */
  contexts: number;
  levels: LevelEffect[];
}

/** Success where two factors meet, the others averaged over. */
export interface Interaction {
  rows: Factor;
  columns: Factor;
  contexts: number;
  seeds: number[];
  /** By row and column; null where nothing was run. */
  cells: ({ success: number; interval: Interval | null } | null)[][];
}

export interface Ablation {
  effects: MainEffect[];
  interactions: Interaction[];
}

/** A table of results says as much about fewer. */
const FEWEST_LEVELS = 3;
/** Beyond these there are too many pairs to look at. */
const MOST_PAIRED_FACTORS = 3;

/**
 * What each setting that was varied does to success; null where the groups differ in one thing that took two values, for
 * the results show that already.
 */
export function ablationOf(groups: readonly RunGroup[], streams: RandomStreams): Ablation | null {
  const factors = factorsOf(settingDifferences(experimentsOf(groups)).differing);
  if (factors.length < 2 && (factors[0]?.levels.length ?? 0) < FEWEST_LEVELS) return null;
  const design = new Design(groups, factors);
  const effects = factors.flatMap((factor) => mainEffect(design, factor, streams) ?? []);
  const pairs = factors.length > MOST_PAIRED_FACTORS ? [] : pairsOf(factors);
  const interactions = pairs.flatMap(([rows, columns]) => interaction(design, rows, columns, streams) ?? []);
  return effects.length === 0 && interactions.length === 0 ? null : { effects, interactions };
}

function mainEffect(design: Design, factor: Factor, streams: RandomStreams): MainEffect | null {
  const points = factor.levels.map((_, level) => new Map([[factor, level]]));
  const { rates, seeds, contexts } = design.averaged(points);
  const [reference] = rates;
  if (reference === undefined || seeds.length === 0) return null;
  const levels = factor.levels.map((level, index): LevelEffect => {
    const own = rates[index] ?? [];
    const random = streams.stream(`${factor.name} ${level}`);
    const isPaired = index > 0 && seeds.length > 1;
    return {
      level,
      rates: own,
      success: mean(own),
      interval: seeds.length > 1 ? bootstrapInterval(own, random) : null,
      difference: isPaired ? pairedDifference([{ a: own, b: reference }], random) : null,
    };
  });
  return { factor: factor.name, paths: factor.paths, seeds, contexts, levels };
}

function interaction(design: Design, rows: Factor, columns: Factor, streams: RandomStreams): Interaction | null {
  const all = rows.levels.flatMap((_, row) =>
    columns.levels.map((_, column) => ({
      row,
      column,
      point: new Map([
        [rows, row],
        [columns, column],
      ]),
    })),
  );
  const run = all.filter(({ point }) => design.has(point));
  // A cross, one factor varied at a time, is told by the main effects.
  if (run.length <= rows.levels.length + columns.levels.length - 1) return null;
  const { rates, seeds, contexts } = design.averaged(run.map(({ point }) => point));
  if (seeds.length === 0) return null;
  const cells: Interaction["cells"] = rows.levels.map(() => columns.levels.map(() => null));
  for (const [index, { row, column }] of run.entries()) {
    const own = rates[index] ?? [];
    const random = streams.stream(`${rows.name} ${rows.levels[row]} with ${columns.name} ${columns.levels[column]}`);
    const interval = seeds.length > 1 ? bootstrapInterval(own, random) : null;
    cells[row]?.splice(column, 1, { success: mean(own), interval });
  }
  return { rows, columns, contexts, seeds, cells };
}

function pairsOf(factors: readonly Factor[]): [Factor, Factor][] {
  return factors.flatMap((one, index) => factors.slice(index + 1).map((other): [Factor, Factor] => [one, other]));
}
