import { actionUtterances } from "../environments/action-utterances.ts";
import { environmentDefinition } from "../environments/registry.ts";
import { contradictions } from "./cross-checks.ts";
import { evaluationSettings } from "./evaluation-settings.ts";
import { invalidSettings, parseSettings, resolveEnvironment } from "./parse-settings.ts";
import { resolveSft } from "./resolve-sft.ts";
import {
  type Experiment,
  type ExperimentInput,
  experimentSchema,
  type PpoExperiment,
  type PpoExperimentInput,
} from "./schema.ts";

/**
 * Checks an experiment and fills in its defaults. Defining a resolved experiment again changes nothing.
 *
 * ```ts
 * export default defineExperiment({
 *   name: "coso-numberline",
 *   environment: { id: "numberline" },
 *   policy: { kind: "checkpoint", path: "models/llava-sft" },
 *   scm: {},
 *   entropy: { kind: "causal", coefficient: 0.05 },
 *   iterations: 30,
 * });
 * ```
 * @throws ConfigError with a line for everything that is wrong: the path, what was expected, what came, the mend.
 */
export function defineExperiment(input: PpoExperimentInput): PpoExperiment;
export function defineExperiment(input: ExperimentInput): Experiment;
export function defineExperiment(input: ExperimentInput): Experiment {
  const experiment = parseSettings(experimentSchema, input, "experiment");
  const found = contradictions(experiment);
  if (found.length > 0) throw invalidSettings("experiment", found);
  const environment = resolveEnvironment(experiment.environment);
  parseSettings(
    environmentDefinition(environment.id).settings,
    evaluationSettings({ ...experiment, environment }),
    `evaluation.settings of \`${environment.id}\``,
  );
  if (experiment.policy.kind === "convolutional") requireActions(environment);
  return { ...experiment, environment, sft: resolveSft(experiment) };
}

/** Refuses environments that a policy without text cannot play. The one made for this plays nothing, so holds nothing. */
function requireActions({ id, settings }: Experiment["environment"]): void {
  actionUtterances(environmentDefinition(id).create(settings));
}
