import type { Comparison } from "../comparison/definition.ts";
import { reportedTrials } from "../comparison/definition.ts";
import { overriddenExperiment } from "../config/overrides.ts";
import { defineExperiment, type Experiment, type ExperimentInput, importDefault } from "../config.ts";

/** What a file asks for: one experiment, or one of each method of a comparison. */
export interface Planned {
  readonly experiments: readonly Experiment[];
  /** Runs of each of them: 1, or the reported seeds of a comparison. */
  readonly runs: number;
}

/**
 * @param set changes of every experiment, `key.path=value` each.
 * @throws ConfigError when the file is missing, or neither an experiment nor a comparison.
 */
export async function loadPlanned(file: string, set: readonly string[]): Promise<Planned> {
  const input = await importDefault(file, "defineExperiment");
  if (!isComparison(input)) return { experiments: [changed(input, set)], runs: 1 };
  const [first] = input.seeds;
  const trials = reportedTrials(input, {}).filter(({ seed }) => seed === first);
  return { experiments: trials.map(({ experiment }) => changed(experiment, set)), runs: input.seeds.length };
}

function changed(input: unknown, set: readonly string[]): Experiment {
  return defineExperiment(overriddenExperiment(input, set) as ExperimentInput);
}

function isComparison(input: unknown): input is Comparison {
  return typeof input === "object" && input !== null && "methods" in input && "seeds" in input;
}
