import { fileURLToPath } from "node:url";
import { type Comparison, defineComparison, reportedTrials, type Trial } from "../comparison/definition.ts";
import { applyOverrides } from "../config/overrides.ts";
import { defineExperiment, type ExperimentInput, importDefault } from "../config.ts";
import { ConfigError } from "../errors.ts";
import type { Study } from "./reproduction.ts";

const PACKAGE = new URL("../../", import.meta.url);

/** A study whose file has been read. */
export interface LoadedStudy {
  readonly study: Study;
  readonly comparison: Comparison;
  /** All that it reports, by method in the comparison's order. */
  readonly trials: readonly Trial[];
}

/** @throws ConfigError where its file is neither a comparison without tuning nor an experiment with methods and seeds. */
export async function loadStudy(study: Study): Promise<LoadedStudy> {
  const file = fileURLToPath(new URL(study.file, PACKAGE));
  const input = await importDefault(file, "defineComparison");
  const comparison = isComparison(input) ? input : comparisonOf(study, input);
  if (comparison.tuning !== undefined) {
    throw new ConfigError(
      `${study.file}: expected a comparison without tuning, since a table is made of fixed methods`,
    );
  }
  return { study, comparison, trials: reportedTrials(comparison, {}) };
}

/** The comparison of some of its methods, for runs that need no others. */
export function someMethods({ comparison }: LoadedStudy, methods: ReadonlySet<string>): Comparison {
  const chosen = Object.entries(comparison.methods).filter(([method]) => methods.has(method));
  return { ...comparison, methods: Object.fromEntries(chosen) };
}

function isComparison(input: unknown): input is Comparison {
  return typeof input === "object" && input !== null && "methods" in input && "seeds" in input;
}

function comparisonOf({ name, file, methods, seeds }: Study, input: unknown): Comparison {
  if (methods === undefined || seeds === undefined) {
    throw new ConfigError(`${file}: is an experiment; the study ${name} has to say methods and seeds`);
  }
  const { seed: _, ...base } = defineExperiment(input as ExperimentInput);
  return defineComparison({
    name,
    base,
    methods: Object.fromEntries(
      Object.entries(methods).map(([method, set]) => {
        const experiment = applyOverrides(base, set) as Partial<ExperimentInput>;
        return [method, { experiment, tuned: false }];
      }),
    ),
    seeds,
  });
}
