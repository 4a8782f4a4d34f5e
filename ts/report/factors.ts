import type { DifferingSetting } from "./differing-settings.ts";

/** One thing that was varied, which may take several settings that only change together. */
export interface Factor {
  /** `algorithm.learningRate`, or what several settings have in common: `entropy`. */
  name: string;
  paths: readonly string[];
  /** In words; numbers ascending, anything else in the order in which it occurs. */
  levels: readonly string[];
  /** Index into `levels`, by group. */
  levelOf: readonly number[];
}

/**
 * What was varied between groups, found in their settings alone. Settings of which one decides the other, as
 * `entropy.kind` decides whether there is an `entropy.coefficient`, are one factor: nothing tells their effects apart.
 */
export function factorsOf(differing: readonly DifferingSetting[]): Factor[] {
  const clusters: DifferingSetting[][] = [];
  for (const setting of differing) {
    const bound = clusters.filter((cluster) => cluster.some((member) => areBound(member, setting)));
    const rest = clusters.filter((cluster) => !bound.includes(cluster));
    const [first] = bound;
    const place = first === undefined ? rest.length : clusters.indexOf(first);
    clusters.splice(0, clusters.length, ...rest.toSpliced(place, 0, [...bound.flat(), setting]));
  }
  return clusters.map(factorOf);
}

function areBound(one: DifferingSetting, other: DifferingSetting): boolean {
  return decides(one, other) || decides(other, one);
}

/** Whether a group's value of `one` always says what its value of `other` is. */
function decides({ values }: DifferingSetting, other: DifferingSetting): boolean {
  const implied = new Map<string | undefined, string | undefined>();
  return values.every((value, group) => {
    const found = other.values[group];
    if (!implied.has(value)) implied.set(value, found);
    return implied.get(value) === found;
  });
}

function factorOf(settings: readonly DifferingSetting[]): Factor {
  const telling = tellingSettings(settings);
  const names = (settings[0]?.values ?? []).map((_, group) =>
    telling.flatMap(({ values }) => values[group] ?? []).join(" "),
  );
  const labels = names.map((name) => name || "absent");
  const levels = inOrder([...new Set(labels)]);
  return {
    name: commonName(telling.map(({ path }) => path)),
    paths: settings.map(({ path }) => path),
    levels,
    levelOf: labels.map((label) => levels.indexOf(label)),
  };
}

/** The first settings that together tell every level from every other. */
function tellingSettings(settings: readonly DifferingSetting[]): DifferingSetting[] {
  const telling: DifferingSetting[] = [];
  const countLevels = (of: readonly DifferingSetting[]): number =>
    new Set(
      (settings[0]?.values ?? []).map((_, group) => JSON.stringify(of.map(({ values }) => values[group] ?? null))),
    ).size;
  for (const setting of settings) {
    if (countLevels([...telling, setting]) > countLevels(telling)) telling.push(setting);
  }
  return telling;
}

function inOrder(levels: readonly string[]): string[] {
  const numbers = levels.map(Number);
  if (numbers.some(Number.isNaN)) return [...levels];
  return levels.toSorted((one, other) => Number(one) - Number(other));
}

function commonName(paths: readonly string[]): string {
  const [first = "", ...others] = paths;
  if (others.length === 0) return first;
  const words = first.split(".");
  const shared = words.findIndex((word, place) => others.some((path) => path.split(".")[place] !== word));
  return shared <= 0 ? paths.join(", ") : words.slice(0, shared).join(".");
}
