import type { RandomStreams } from "../random.ts";
import { costOf, type GroupCost } from "./cost.ts";
import { percent, percentInterval, signedPoints, whole } from "./format.ts";
import { type GroupHolding, holdingOf } from "./holding.ts";
import type { RecordedRun } from "./read-run.ts";
import type { RunGroup } from "./run-group.ts";
import type { Summary } from "./run-schema.ts";
import { bootstrapInterval, type Interval, interquartileMean, mean, pairedDifference } from "./statistics.ts";
import type { Table } from "./tables.ts";

/** The finished runs of a group, taken together. */
export interface GroupResult {
  label: string;
  method: string;
  /** Seeds of the finished runs. */
  seeds: number[];
  unfinished: number;
  /** Mean success rate over runs; null when none has finished, as for the rest. */
  success: number | null;
  /** 95 %: over seeds by the bootstrap, or over the episodes of a single run by Wilson. */
  interval: Interval | null;
  interquartileMean: number | null;
  interquartileInterval: Interval | null;
  validJson: number | null;
  envSteps: number | null;
}

/** Two groups on the seeds that they share; positive when `label` is the better. */
export interface GroupDifference {
  label: string;
  baseline: string;
  pairs: number;
  difference: number;
  interval: Interval;
  probabilityOfImprovement: number;
}

export interface Comparison {
  groups: GroupResult[];
  differences: GroupDifference[];
  /** Empty where no run was evaluated while it trained. */
  holding: GroupHolding[];
  /** Empty where a run does not tell. */
  cost: GroupCost[];
}

export function compare(groups: readonly RunGroup[], streams: RandomStreams): Comparison {
  const differences = groups.flatMap((baseline, index) =>
    groups.slice(index + 1).flatMap((group) => {
      const difference = differenceOf(group, baseline, streams);
      return difference === null ? [] : [difference];
    }),
  );
  return {
    groups: groups.map((group) => resultOf(group, streams)),
    differences,
    holding: holdingOf(groups),
    cost: costOf(groups),
  };
}

function resultOf({ label, method, runs }: RunGroup, streams: RandomStreams): GroupResult {
  const summaries = finished(runs);
  const [first] = summaries;
  const head = {
    label,
    method,
    seeds: summaries.map(({ seed }) => seed),
    unfinished: runs.length - summaries.length,
  };
  if (first === undefined) {
    const nothing = { success: null, interval: null, interquartileMean: null, interquartileInterval: null };
    return { ...head, ...nothing, validJson: null, envSteps: null };
  }
  const rates = summaries.map(({ successRate }) => successRate);
  const random = streams.stream(`success of ${label}`);
  const isSingle = summaries.length === 1;
  return {
    ...head,
    success: mean(rates),
    interval: isSingle ? first.successInterval : bootstrapInterval(rates, random),
    interquartileMean: interquartileMean(rates),
    interquartileInterval: isSingle ? first.successInterval : bootstrapInterval(rates, random, interquartileMean),
    validJson: meanOrNull(summaries.map(({ stages }) => stages.at(-1)?.sampled.validJson ?? null)),
    envSteps: mean(summaries.map(({ envSteps }) => envSteps)),
  };
}

/** Null where fewer than two seeds are shared: one pair has no interval. */
function differenceOf(group: RunGroup, baseline: RunGroup, streams: RandomStreams): GroupDifference | null {
  const rates = new Map(finished(baseline.runs).map(({ seed, successRate }) => [seed, successRate]));
  const pairs = finished(group.runs).flatMap(({ seed, successRate }) => {
    const other = rates.get(seed);
    return other === undefined ? [] : [[successRate, other] as const];
  });
  if (pairs.length < 2) return null;
  const random = streams.stream(`${group.label} minus ${baseline.label}`);
  const own = pairs.map(([rate]) => rate);
  const others = pairs.map(([, rate]) => rate);
  return {
    label: group.label,
    baseline: baseline.label,
    pairs: pairs.length,
    ...pairedDifference(own, others, random),
  };
}

function finished(runs: readonly RecordedRun[]): Summary[] {
  return runs.flatMap(({ outcome }) => (outcome.kind === "finished" ? [outcome.summary] : []));
}

export function groupsTable(groups: readonly GroupResult[]): Table {
  const text = <T>(value: T | null, format: (value: T) => string) => (value === null ? "–" : format(value));
  return {
    caption: "Success of the reported policies, sampled",
    columns: [
      { title: "Runs" },
      ...["Seeds", "Mean", "95 % interval", "IQM", "95 % interval", "Valid JSON", "Environment steps"].map((title) => ({
        title,
        isNumber: true,
      })),
    ],
    rows: groups.map((group) => [
      group.label,
      group.unfinished > 0 ? `${group.seeds.length} (+${group.unfinished} unfinished)` : String(group.seeds.length),
      text(group.success, percent),
      text(group.interval, percentInterval),
      text(group.interquartileMean, percent),
      text(group.interquartileInterval, percentInterval),
      text(group.validJson, percent),
      text(group.envSteps, whole),
    ]),
  };
}

export function differencesTable(differences: readonly GroupDifference[]): Table {
  return {
    caption: "Differences in success on shared seeds, in percentage points",
    columns: [
      { title: "Difference" },
      { title: "Pairs", isNumber: true },
      { title: "Mean", isNumber: true },
      { title: "95 % interval", isNumber: true },
      { title: "P(improvement)", isNumber: true },
    ],
    rows: differences.map(({ label, baseline, pairs, difference, interval, probabilityOfImprovement }) => [
      `${label} − ${baseline}`,
      String(pairs),
      signedPoints(difference),
      `[${signedPoints(interval[0])}, ${signedPoints(interval[1])}]`,
      probabilityOfImprovement.toFixed(2),
    ]),
  };
}

function meanOrNull(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length < values.length ? null : mean(known);
}
