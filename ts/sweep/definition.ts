import { createHash } from "node:crypto";
import { z } from "zod";
import { describeIssues } from "../config/issues.ts";
import { withSetting } from "../config/overrides.ts";
import { defineExperiment, type Experiment, type ExperimentInput } from "../config.ts";
import { ConfigError } from "../errors.ts";
import { shortPaths } from "../report/setting-leaves.ts";
import type { SettingPath, SettingValue } from "./setting.ts";

/** One experiment at every point of a grid of settings, with every seed. */
export interface Sweep {
  /** Names the folder of its runs. */
  name: string;
  /** What all trials share, without a seed: those are listed in `seeds`. */
  base: Omit<ExperimentInput, "seed">;
  /** Values by setting, any of them; where values are objects they have names: `{ none: { kind: "none" }, … }`. */
  grid: Grid;
  seeds: readonly number[];
}

/** Values to try by the path of their setting, such as `entropy.coefficient`. */
export type Grid = {
  readonly [P in Exclude<SettingPath, "name" | "seed">]?:
    | readonly SettingValue<P>[]
    | Readonly<Record<string, SettingValue<P>>>;
};

/** One run of a sweep. */
export interface Trial {
  /** Unique within the sweep, and fit to name a folder. It stays the same when other values are added. */
  readonly name: string;
  /** Labels by setting, in the grid's order. */
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly experiment: Experiment;
}

/** One there would change nothing, which nobody would notice. */
function withoutSeed({ value, issues }: z.core.ParsePayload<Record<string, unknown>>): void {
  if (!("seed" in value)) return;
  const message =
    "expected none, since the sweep's are listed in `seeds`; `const { seed: _, ...base } = experiment` leaves it out";
  issues.push({ code: "custom", path: ["seed"], message, input: value.seed });
}

const schema = z
  .strictObject({
    name: z.string().regex(/^[\w+.-]+$/, "expected letters, digits, dots, dashes, pluses and underscores"),
    base: z.record(z.string(), z.unknown()).check(withoutSeed),
    grid: z.record(z.string(), z.union([z.array(z.unknown()).min(1), z.record(z.string(), z.unknown())])),
    seeds: z
      .array(z.int().min(0).max(0xffff_ffff))
      .min(1)
      .refine((seeds) => new Set(seeds).size === seeds.length, "expected each seed once"),
  })
  .refine(({ grid }) => !("seed" in grid || "name" in grid), {
    message: "grid: expected neither `seed` nor `name`; seeds are listed in `seeds`",
  });

/** File systems end at 255 bytes. */
const LONGEST_NAME = 120;

/**
 * Checks a sweep, every experiment of it included.
 * @throws ConfigError naming the trial and what is wrong with it.
 */
export function defineSweep(sweep: Sweep): Sweep {
  const result = schema.safeParse(sweep, { reportInput: true });
  if (!result.success) {
    const lines = describeIssues(schema, sweep, result.error);
    throw new ConfigError(`invalid sweep:\n${lines.map((line) => `  ${line}`).join("\n")}`);
  }
  const seen = new Set<string>();
  for (const { name } of trialsOf(sweep)) {
    if (seen.has(name)) throw new ConfigError(`invalid sweep: two trials are named ${name}; name their values apart`);
    seen.add(name);
  }
  return sweep;
}

/** Whether a file's default export is a sweep, rather than an experiment or a comparison. */
export function isSweep(input: unknown): input is Sweep {
  return typeof input === "object" && input !== null && "grid" in input && "seeds" in input;
}

/** Every point of the grid with every seed, seeds of a point one after the other; the last setting changes fastest. */
export function trialsOf({ name, base, grid, seeds }: Sweep): Trial[] {
  const axes = Object.entries(grid).map(([path, values]) => axisOf(path, values));
  const short = shortPaths(axes.map(({ path }) => path));
  return pointsOf(axes).flatMap((point) => {
    const settings = Object.fromEntries(point.map(({ path, label }) => [path, label]));
    const labels = point.map(({ path, label }) => `${short.get(path)}=${label}`);
    const configured = point.reduce<unknown>(
      (experiment, { path, value }) => withSetting(experiment, path, value),
      base,
    );
    return seeds.map((seed) => {
      const trial = folderName([...labels, `seed${seed}`].join(","));
      const input = { ...(configured as ExperimentInput), name, seed };
      return { name: trial, settings, seed, experiment: checked(trial, input) };
    });
  });
}

interface Point {
  readonly path: string;
  readonly label: string;
  readonly value: unknown;
}

interface Axis {
  readonly path: string;
  readonly points: readonly Point[];
}

function axisOf(path: string, values: readonly unknown[] | Readonly<Record<string, unknown>> | undefined): Axis {
  if (!Array.isArray(values)) {
    const named = Object.entries(values ?? {});
    if (named.length === 0) throw new ConfigError(`invalid sweep: grid.${path}: expected at least one value`);
    return { path, points: named.map(([label, value]) => ({ path, label, value })) };
  }
  const points = values.map((value: unknown) => {
    if (typeof value === "object" && value !== null) {
      throw new ConfigError(
        `invalid sweep: grid.${path}: values that are objects or lists need names; expected { name: value, … }, ` +
          `received ${JSON.stringify(value)}`,
      );
    }
    return { path, label: String(value), value };
  });
  return { path, points };
}

function pointsOf(axes: readonly Axis[]): Point[][] {
  return axes.reduce<Point[][]>(
    (all, { points }) => all.flatMap((point) => points.map((next) => [...point, next])),
    [[]],
  );
}

function folderName(text: string): string {
  const safe = text.replaceAll(/[^\w.=,+-]/g, "_");
  if (safe.length <= LONGEST_NAME) return safe;
  return `${safe.slice(0, LONGEST_NAME - 9)}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
}

function checked(trial: string, input: ExperimentInput): Experiment {
  try {
    return defineExperiment(input);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(`invalid sweep: trial ${trial}: ${error.message}`, { cause: error });
  }
}
