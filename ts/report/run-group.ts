import { deciding } from "../config/same-experiment.ts";
import type { RecordedRun } from "./read-run.ts";
import type { RunConfig } from "./run-schema.ts";
import { settingLeaves, shortPaths } from "./setting-leaves.ts";

/** Runs of one configuration that differ by their seed alone. */
export interface RunGroup {
  /** Tells the group from the others, in as few words as that takes. */
  label: string;
  method: string;
  runs: readonly RecordedRun[];
}

/** The finished runs of a group, or, where none has finished, all: one that has just begun must not cut the others short. */
export function tellingRuns({ runs }: Pick<RunGroup, "runs">): readonly RecordedRun[] {
  const finished = runs.filter(({ outcome }) => outcome.kind === "finished");
  return finished.length > 0 ? finished : runs;
}

/** Baselines first, as differences are taken from them; then what else there is; then CoSo and its variants. */
function rank(method: string): number {
  const place = ["RL", "RL+H"].indexOf(method);
  if (place >= 0) return place;
  return method.startsWith("CoSo") ? 3 : 2;
}

/**
 * Groups runs by their configuration: by method, baselines first, then in the order in which they first occur. What decides no
 * result tells runs apart only where they share a seed, as in a sweep of it.
 */
export function groupRuns(runs: readonly RecordedRun[]): RunGroup[] {
  const byConfiguration = groupedBy(runs, (run) => deciding(configurationOf(run))).flatMap((members) =>
    isOncePerSeed(members) ? [members] : groupedBy(members, configurationOf),
  );
  const groups = byConfiguration.sort(([a], [b]) => rank(a.config.method) - rank(b.config.method));
  const labels = labelsOf(groups.map(([first]) => first.config));
  return groups.map((members, index) => ({
    label: labels[index] ?? "",
    method: members[0].config.method,
    runs: members,
  }));
}

function configurationOf(run: RecordedRun): object {
  const { seed: _, ...configuration } = run.config.experiment;
  return configuration;
}

type Members = [RecordedRun, ...RecordedRun[]];

function groupedBy(runs: readonly RecordedRun[], keyOf: (run: RecordedRun) => object): Members[] {
  const groups = new Map<string, Members>();
  for (const run of runs) {
    const key = JSON.stringify(keyOf(run));
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [run]);
    else members.push(run);
  }
  return [...groups.values()];
}

function isOncePerSeed(runs: readonly RecordedRun[]): boolean {
  return new Set(runs.map(({ config }) => config.experiment.seed)).size === runs.length;
}

/** An experiment's name without its method, with which a comparison names those of its methods. */
export function commonName({ experiment: { name }, method }: RunConfig): string {
  return name.endsWith(`-${method}`) ? name.slice(0, -method.length - 1) : name;
}

/** The method where all share a name, the name where all share a method, both otherwise; then what still differs. */
function labelsOf(configs: readonly RunConfig[]): string[] {
  const isOneName = new Set(configs.map(commonName)).size === 1;
  const isOneMethod = new Set(configs.map(({ method }) => method)).size === 1;
  const base = (config: RunConfig): string => {
    if (isOneMethod) return config.experiment.name;
    return isOneName ? config.method : `${commonName(config)} (${config.method})`;
  };
  return configs.map((config) => {
    const alike = configs.filter((other) => base(other) === base(config));
    const differing = differingSettings(
      config,
      alike.filter((other) => other !== config),
    );
    return [base(config), ...differing].join(", ");
  });
}

/** Settings of `config` that one of the `others` has otherwise, as `coefficient 0.05`; by more of the path where another ends alike. */
function differingSettings(config: RunConfig, others: readonly RunConfig[]): string[] {
  const otherLeaves = others.map((other) => settingLeaves(other.experiment));
  const differing = [...settingLeaves(config.experiment)].filter(
    ([path, value]) => path !== "seed" && otherLeaves.some((leaves) => leaves.get(path) !== value),
  );
  const short = shortPaths(differing.map(([path]) => path));
  return differing.map(([path, value]) => `${short.get(path)} ${value}`);
}
