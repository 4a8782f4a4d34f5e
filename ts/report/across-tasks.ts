import type { RandomStreams } from "../random.ts";
import { experimentsOf, settingDifferences } from "./differing-settings.ts";
import { type PairedDifference, pairedDifference, reversed, supportsImprovement } from "./paired-difference.ts";
import type { RunGroup } from "./run-group.ts";
import { type Interval, interquartileMean, mean, stratifiedInterval } from "./statistics.ts";
import { taskOf } from "./task.ts";

/** A method, or one of its settings, over all tasks. */
export interface VariantResult {
  label: string;
  /** Finished runs, by task. */
  runs: number[];
  /** Of the tasks' means. */
  success: number;
  /** 95 %, bootstrapped over the runs of each task; null where a task has a single run, as for the other. */
  interval: Interval | null;
  /** Over the runs of all tasks together. */
  interquartileMean: number;
  interquartileInterval: Interval | null;
  isSupportedBest: boolean;
}

/** Positive when `label` is the better. */
export interface VariantDifference extends PairedDifference {
  label: string;
  baseline: string;
}

export interface AcrossTasks {
  tasks: string[];
  variants: VariantResult[];
  differences: VariantDifference[];
}

interface Variant {
  label: string;
  /** Success by seed, by task. */
  tasks: readonly ReadonlyMap<number, number>[];
}

/** What holds over several tasks; null where there is one alone, or nothing that was run on all of them. */
export function acrossTasks(groups: readonly RunGroup[], streams: RandomStreams): AcrossTasks | null {
  const tasks = [...new Set(groups.map(taskOf))];
  const variants = tasks.length < 2 ? [] : variantsOf(groups, tasks);
  if (variants.length === 0) return null;
  const differences = variants.flatMap((baseline, index) =>
    variants.slice(index + 1).flatMap((variant) => differenceOf(variant, baseline, streams) ?? []),
  );
  const beats = (label: string, rival: string): boolean =>
    differences.some((difference) => {
      if (difference.label === label && difference.baseline === rival) return supportsImprovement(difference);
      if (difference.label === rival && difference.baseline === label) return supportsImprovement(reversed(difference));
      return false;
    });
  return {
    tasks,
    differences,
    variants: variants.map(({ label, tasks: rates }) => {
      const strata = rates.map((bySeed) => [...bySeed.values()]);
      const random = streams.stream(`${label} across tasks`);
      const hasSpread = strata.every(({ length }) => length > 1);
      const interval = (statistic: typeof meanOfMeans) =>
        hasSpread ? stratifiedInterval(strata, random, statistic) : null;
      const rivals = variants.filter((other) => other.label !== label);
      return {
        label,
        runs: strata.map(({ length }) => length),
        success: meanOfMeans(strata),
        interval: interval(meanOfMeans),
        interquartileMean: interquartileMean(strata.flat()),
        interquartileInterval: interval((drawn) => interquartileMean(drawn.flat())),
        isSupportedBest: rivals.length > 0 && rivals.every((rival) => beats(label, rival.label)),
      };
    }),
  };
}

function meanOfMeans(strata: readonly (readonly number[])[]): number {
  return mean(strata.map(mean));
}

/** By method, if that says which group of a task is meant; else by the settings that the task does not decide, too. */
function variantsOf(groups: readonly RunGroup[], tasks: readonly string[]): Variant[] {
  const methods = groups.map(({ method }) => method);
  const settings = settingsBesideTask(groups);
  const labellings = [methods, methods.map((method, group) => [method, ...(settings[group] ?? [])].join(", "))];
  const labels = labellings.find((labelling) => isUnambiguous(groups, labelling)) ?? [];
  return [...new Set(labels)].flatMap((label) => {
    const members = groups.filter((_, group) => labels[group] === label);
    const rates = tasks.map((task) => ratesOf(members.filter((group) => taskOf(group) === task)));
    return rates.some(({ size }) => size === 0) ? [] : [{ label, tasks: rates }];
  });
}

function isUnambiguous(groups: readonly RunGroup[], labels: readonly string[]): boolean {
  return new Set(groups.map((group, index) => JSON.stringify([taskOf(group), labels[index]]))).size === groups.length;
}

/** As `entropy.coefficient 0.05`, by group: settings that differ within a task. */
function settingsBesideTask(groups: readonly RunGroup[]): string[][] {
  const { differing } = settingDifferences(experimentsOf(groups));
  const varied = differing.filter(({ values }) => {
    const byTask = new Map<string, Set<string | undefined>>();
    for (const [index, group] of groups.entries()) {
      const task = taskOf(group);
      byTask.set(task, (byTask.get(task) ?? new Set()).add(values[index]));
    }
    return [...byTask.values()].some(({ size }) => size > 1);
  });
  return groups.map((_, group) =>
    varied.flatMap(({ path, values }) => (values[group] === undefined ? [] : [`${path} ${values[group]}`])),
  );
}

function ratesOf(groups: readonly RunGroup[]): Map<number, number> {
  const finished = groups.flatMap(({ runs }) =>
    runs.flatMap(({ outcome }) => (outcome.kind === "finished" ? [outcome.summary] : [])),
  );
  return new Map(finished.map(({ seed, successRate }) => [seed, successRate]));
}

/** Null unless every task has a pair of runs that share their seed, and one has two. */
function differenceOf(variant: Variant, baseline: Variant, streams: RandomStreams): VariantDifference | null {
  const pairs = variant.tasks.map((rates, task) => {
    const others = baseline.tasks[task] ?? new Map<number, number>();
    const shared = [...rates.keys()].filter((seed) => others.has(seed));
    return { a: shared.map((seed) => rates.get(seed) ?? 0), b: shared.map((seed) => others.get(seed) ?? 0) };
  });
  if (pairs.some(({ a }) => a.length === 0) || pairs.every(({ a }) => a.length < 2)) return null;
  const random = streams.stream(`${variant.label} minus ${baseline.label} across tasks`);
  return { label: variant.label, baseline: baseline.label, ...pairedDifference(pairs, random) };
}
