import { MISSING } from "./cell.ts";
import type { RunGroup } from "./run-group.ts";
import type { RunConfig } from "./run-schema.ts";
import { settingLeaves } from "./setting-leaves.ts";
import type { Table } from "./tables.ts";

/** A setting by its path, such as `entropy.coefficient`, with its value in words by group; undefined where absent. */
export interface DifferingSetting {
  path: string;
  values: readonly (string | undefined)[];
}

/** How groups' configurations differ, and what they share. */
interface SettingDifferences {
  differing: DifferingSetting[];
  /** The settings that all have, alike. */
  shared: [path: string, value: string][];
}

/** Names of an experiment are labels, and its seed is what a group's runs differ by. */
const NO_SETTINGS = new Set(["name", "seed"]);

/** Compares resolved configurations, every default filled in, so that it doesn't matter how they were written. */
export function settingDifferences(experiments: readonly RunConfig["experiment"][]): SettingDifferences {
  const leaves = experiments.map((experiment) => settingLeaves(experiment));
  const paths = [...new Set(leaves.flatMap((of) => [...of.keys()]))].filter((path) => !NO_SETTINGS.has(path));
  const differing: DifferingSetting[] = [];
  const shared: [string, string][] = [];
  for (const path of paths) {
    const values = leaves.map((of) => of.get(path));
    const [first] = values;
    if (values.some((value) => value !== first)) differing.push({ path, values });
    else if (first !== undefined) shared.push([path, first]);
  }
  return { differing, shared };
}

/** The configuration of each group; its runs have it in common, but for the seed. */
export function experimentsOf(groups: readonly RunGroup[]): RunConfig["experiment"][] {
  return groups.flatMap(({ runs: [first] }) => (first === undefined ? [] : [first.config.experiment]));
}

/** What differs between groups; the shorter list goes across. Null where nothing does. */
export function differingSettingsTable(
  labels: readonly string[],
  differing: readonly DifferingSetting[],
): Table | null {
  if (differing.length === 0) return null;
  const caption = "Settings that differ between the groups, every default filled in";
  const value = (text: string | undefined): string => (text === undefined ? MISSING : shortened(text));
  if (differing.length <= labels.length) {
    return {
      caption,
      columns: [{ title: "Runs" }, ...differing.map(({ path }) => ({ title: path }))],
      rows: labels.map((label, group) => [label, ...differing.map(({ values }) => value(values[group]))]),
    };
  }
  return {
    caption,
    columns: [{ title: "Setting" }, ...labels.map((title) => ({ title }))],
    rows: differing.map(({ path, values }) => [path, ...values.map(value)]),
  };
}

/** Prompts and paths would push all else off the page; the page holds every configuration whole. */
const LONGEST_VALUE = 60;

function shortened(text: string): string {
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - 1)}…`;
}
