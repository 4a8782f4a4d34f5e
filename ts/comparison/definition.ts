import { z } from "zod";
import { describeIssues } from "../config/issues.ts";
import { overriddenExperiment } from "../config/overrides.ts";
import { defineExperiment, type Experiment, type ExperimentInput } from "../config.ts";
import { ConfigError } from "../errors.ts";

/**
 * Methods under one protocol: what is tuned is tuned for all alike, on seeds that are not reported; every method then
 * runs with its best value on the same fresh seeds, and its final iterate counts.
 */
export interface Comparison {
  /** Names the folder of its runs. */
  name: string;
  /** What all methods share. The seed is the protocol's. */
  base: Omit<ExperimentInput, "seed">;
  /** What makes each method, by its name. */
  methods: Readonly<Record<string, Method>>;
  /**
   * The setting that is tuned, as a path into the experiment, the values that every tuned method tries, and the seeds on
   * which it does. Absent where every method runs as it stands.
   */
  tuning?: { setting: string; values: readonly number[]; seeds: readonly number[] };
  /** Reported; disjoint from the tuning's seeds. */
  seeds: readonly number[];
}

/** What one method of a comparison changes of what all share. */
export interface Method {
  experiment: Partial<ExperimentInput>;
  /** Whether the tuned setting means anything to it. */
  tuned: boolean;
}

/** One run of a comparison. */
export interface Trial {
  method: string;
  seed: number;
  /** Value of the tuned setting; null for a method without it. */
  value: number | null;
  experiment: Experiment;
}

const seed = z.int().min(0).max(0xffff_ffff);
const schema = z
  .strictObject({
    name: z.string().min(1),
    base: z.record(z.string(), z.unknown()),
    methods: z.record(
      z.string().regex(/^[\w+.-]+$/, "letters, digits, dots, dashes, pluses and underscores"),
      z.strictObject({ experiment: z.record(z.string(), z.unknown()), tuned: z.boolean() }),
    ),
    tuning: z
      .strictObject({
        setting: z.string().min(1),
        values: z.array(z.number()).min(1),
        seeds: z.array(seed).min(1),
      })
      .exactOptional(),
    seeds: z.array(seed).min(1),
  })
  .refine(({ tuning, seeds }) => !seeds.some((one) => tuning?.seeds.includes(one)), {
    message: "seeds: expected none of the tuning's seeds, since what chose may not be reported",
  })
  .refine(({ tuning, methods }) => tuning !== undefined || !Object.values(methods).some(({ tuned }) => tuned), {
    message: "tuning: expected a setting, values and seeds, since a method is to be tuned",
  });

/**
 * Checks a comparison, every experiment of it included.
 * @throws ConfigError naming what is wrong.
 */
export function defineComparison(comparison: Comparison): Comparison {
  const result = schema.safeParse(comparison, { reportInput: true });
  if (!result.success) {
    const lines = describeIssues(schema, comparison, result.error);
    throw new ConfigError(`invalid comparison:\n${lines.map((line) => `  ${line}`).join("\n")}`);
  }
  tuningTrials(comparison);
  const [value = null] = comparison.tuning?.values ?? [];
  for (const method of Object.keys(comparison.methods)) trial(comparison, method, 0, value);
  return comparison;
}

/** Every tuned method × value × tuning seed; none without tuning. */
export function tuningTrials(comparison: Comparison): Trial[] {
  const { methods, tuning } = comparison;
  if (tuning === undefined) return [];
  const tuned = Object.keys(methods).filter((method) => methods[method]?.tuned === true);
  return tuned.flatMap((method) =>
    tuning.values.flatMap((value) => tuning.seeds.map((one) => trial(comparison, method, one, value))),
  );
}

/** Every method × seed, with the values that tuning chose. */
export function reportedTrials(comparison: Comparison, chosen: Readonly<Record<string, number>>): Trial[] {
  const { methods, seeds } = comparison;
  return Object.keys(methods).flatMap((method) =>
    seeds.map((one) => trial(comparison, method, one, chosen[method] ?? null)),
  );
}

function trial({ name, base, methods, tuning }: Comparison, method: string, one: number, value: number | null): Trial {
  const { experiment, tuned } = methods[method] ?? { experiment: {}, tuned: false };
  const input = { ...base, ...experiment, name: `${name}-${method}`, seed: one };
  const overrides = tuned && tuning !== undefined && value !== null ? [`${tuning.setting}=${value}`] : [];
  return {
    method,
    seed: one,
    value: tuned ? value : null,
    experiment: defineExperiment(overriddenExperiment(input, overrides) as ExperimentInput),
  };
}
