import { ConfigError } from "../errors.ts";
import { defineExperiment } from "./define.ts";
import { importModule } from "./import-module.ts";
import { overriddenExperiment } from "./overrides.ts";
import type { Experiment, ExperimentInput } from "./schema.ts";

/** What the command line may change of an experiment. */
export interface ExperimentChanges {
  seed?: number;
  /** `key.path=value` each. */
  set?: readonly string[];
}

/**
 * Imports an experiment file and applies the command line's changes to its default export.
 * @throws ConfigError when the file is missing, has no default export, or is no valid experiment.
 */
export async function loadExperiment(file: string, changes: ExperimentChanges = {}): Promise<Experiment> {
  const input = await importDefault(file, "defineExperiment");
  const command = otherCommand(input);
  if (command !== undefined) throw new ConfigError(`${file}: holds several experiments; ${command}`);
  const overrides = [...(changes.set ?? []), ...(changes.seed === undefined ? [] : [`seed=${changes.seed}`])];
  return defineExperiment(overriddenExperiment(input, overrides) as ExperimentInput);
}

/** What to do with a file of several experiments. */
function otherCommand(input: unknown): string | undefined {
  if (typeof input !== "object" || input === null) return undefined;
  if ("grid" in input) return "run them by coso sweep, or one of them by --trial NAME";
  return "methods" in input ? "run them by coso compare" : undefined;
}

type Maker = "defineExperiment" | "defineSweep" | "defineComparison" | "definePrompting" | "defineJudge";

/**
 * The default export of an experiment file, which `maker` made.
 * @throws ConfigError when the file is missing or has no default export.
 */
export async function importDefault(file: string, maker: Maker): Promise<unknown> {
  const { exports } = await importModule(file, "an experiment such as experiments/quickstart.ts");
  if (exports.default === undefined) {
    throw new ConfigError(`${file}: no default export; end the file with export default ${maker}({ … })`);
  }
  return exports.default;
}
