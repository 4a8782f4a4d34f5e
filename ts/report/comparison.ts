import type { RandomStreams } from "../random.ts";
import { type Ablation, ablationOf } from "./ablation.ts";
import { type AcrossTasks, acrossTasks } from "./across-tasks.ts";
import { type Budgets, budgetsOf } from "./budget.ts";
import { costOf, type GroupCost } from "./cost.ts";
import { type DifferingSetting, experimentsOf, settingDifferences } from "./differing-settings.ts";
import { type GroupHolding, holdingOf } from "./holding.ts";
import { type PairedDifference, pairedDifference, reversed, supportsImprovement } from "./paired-difference.ts";
import type { RecordedRun } from "./read-run.ts";
import { type RunGroup, tellingRuns } from "./run-group.ts";
import type { Summary } from "./run-schema.ts";
import { STEPS, timeAxis } from "./spent-axis.ts";
import { bootstrapInterval, type Interval, interquartileMean, mean } from "./statistics.ts";
import { taskOf } from "./task.ts";

/** The finished runs of a group, taken together. */
export interface GroupResult {
  label: string;
  method: string;
  /** Environment, and what of it was played. */
  task: string;
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
  /** Whether its differences support that it is better than every other group of its task, of which there is one. */
  isSupportedBest: boolean;
}

/** Two groups of one task on the seeds that they share; positive when `label` is the better. */
export interface GroupDifference extends PairedDifference {
  label: string;
  baseline: string;
}

export interface Comparison {
  groups: GroupResult[];
  differences: GroupDifference[];
  /** Empty where no run was evaluated while it trained. */
  holding: GroupHolding[];
  /** Empty where a run does not tell. */
  cost: GroupCost[];
  /** What differs between the groups, by setting. */
  settings: DifferingSetting[];
  /** Null where the runs are of one task. */
  acrossTasks: AcrossTasks | null;
  /** Null where nothing was varied that the groups do not tell by themselves. */
  ablation: Ablation | null;
  /** By environment steps and by time, those of which something is known. */
  budgets: Budgets[];
}

export function compare(groups: readonly RunGroup[], streams: RandomStreams): Comparison {
  const differences = groups.flatMap((baseline, index) =>
    groups.slice(index + 1).flatMap((group) => {
      const difference = taskOf(group) === taskOf(baseline) ? differenceOf(group, baseline, streams) : null;
      return difference === null ? [] : [difference];
    }),
  );
  const time = timeAxis(groups.flatMap(tellingRuns));
  return {
    groups: groups.map((group) => ({
      ...resultOf(group, streams),
      isSupportedBest: isSupportedBest(group, groups, differences),
    })),
    differences,
    holding: holdingOf(groups),
    cost: costOf(groups),
    settings: settingDifferences(experimentsOf(groups)).differing,
    acrossTasks: acrossTasks(groups, streams),
    ablation: ablationOf(groups, streams),
    budgets: [STEPS, time].flatMap((axis) => budgetsOf(groups, axis, streams) ?? []),
  };
}

function isSupportedBest(group: RunGroup, groups: readonly RunGroup[], differences: readonly GroupDifference[]) {
  const rivals = groups.filter(
    (other) => other !== group && taskOf(other) === taskOf(group) && finished(other.runs).length > 0,
  );
  const beats = ({ label: rival }: RunGroup): boolean =>
    differences.some((difference) => {
      const { label, baseline } = difference;
      if (label === group.label && baseline === rival) return supportsImprovement(difference);
      if (label === rival && baseline === group.label) return supportsImprovement(reversed(difference));
      return false;
    });
  return rivals.length > 0 && rivals.every(beats);
}

function resultOf(group: RunGroup, streams: RandomStreams): Omit<GroupResult, "isSupportedBest"> {
  const { label, method, runs } = group;
  const summaries = finished(runs);
  const [first] = summaries;
  const head = {
    label,
    method,
    task: taskOf(group),
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
  const sides = { a: pairs.map(([rate]) => rate), b: pairs.map(([, rate]) => rate) };
  return { label: group.label, baseline: baseline.label, ...pairedDifference([sides], random) };
}

function finished(runs: readonly RecordedRun[]): Summary[] {
  return runs.flatMap(({ outcome }) => (outcome.kind === "finished" ? [outcome.summary] : []));
}

function meanOrNull(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length < values.length ? null : mean(known);
}
