import type { z } from "zod";
import { actionUtterances } from "../environments/action-utterances.ts";
import { environmentDefinition } from "../environments/registry.ts";
import { ConfigError } from "../errors.ts";
import { contradictions } from "./cross-checks.ts";
import { describeIssues } from "./issues.ts";
import { type Experiment, type ExperimentInput, experimentSchema } from "./schema.ts";

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
export function defineExperiment(input: ExperimentInput): Experiment {
  const experiment = parseWith(experimentSchema, input, "experiment");
  const found = contradictions(experiment);
  if (found.length > 0) throw invalid("experiment", found);
  const environment = resolveEnvironment(experiment);
  if (experiment.policy.kind === "convolutional") requireActions(environment);
  return { ...experiment, environment, sft: resolveSft(experiment) };
}

/** Refuses environments that a policy without text cannot play, before anything is started. */
function requireActions({ id, settings }: Experiment["environment"]): void {
  const environment = environmentDefinition(id).create(settings);
  actionUtterances(environment);
}

function resolveEnvironment({ environment }: Experiment): Experiment["environment"] {
  const { settings } = environmentDefinition(environment.id);
  const resolved = parseWith(settings, environment.settings, `environment.settings of \`${environment.id}\``);
  return { id: environment.id, settings: resolved as Experiment["environment"]["settings"] };
}

function resolveSft({ environment, sft }: Experiment): Experiment["sft"] {
  if (sft === null) return null;
  const { demonstrations } = environmentDefinition(environment.id);
  if (demonstrations === undefined) {
    throw new ConfigError(`sft: \`${environment.id}\` has no scripted demonstrations to learn from; set sft: null`);
  }
  const quality = parseWith(
    demonstrations.quality,
    sft.demonstrations.quality,
    `sft.demonstrations.quality of \`${environment.id}\``,
  );
  return {
    ...sft,
    demonstrations: {
      ...sft.demonstrations,
      quality: quality as NonNullable<Experiment["sft"]>["demonstrations"]["quality"],
    },
  };
}

function parseWith<Schema extends z.ZodType>(schema: Schema, input: unknown, subject: string): z.output<Schema> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  throw invalid(subject, describeIssues(schema, input, result.error));
}

function invalid(subject: string, lines: readonly string[]): ConfigError {
  return new ConfigError(`invalid ${subject}:\n${lines.map((line) => `  ${line}`).join("\n")}`);
}
