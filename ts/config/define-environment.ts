import { z } from "zod";
import type { Environment, EnvironmentDefinition } from "../environments/environment.ts";
import { registerEnvironment } from "../environments/registry.ts";
import { EnvironmentError } from "../errors.ts";
import { INVALID_LABEL } from "../parsing/parse.ts";
import { describeIssues } from "./issues.ts";
import { parseSettings } from "./parse-settings.ts";

const schemaOf = (what: string) =>
  z.custom<z.ZodType>(
    (value) => value instanceof z.ZodType,
    `expected a zod schema, such as z.strictObject({}), ${what}`,
  );
const method = z.custom<(...given: never) => unknown>((value) => typeof value === "function", "expected a function");
const line = z.string().regex(/^\S.*$/, "expected one line of text");

const definitionSchema = z.strictObject({
  module: z.string().startsWith("file:", "expected import.meta.url of the file that defines it"),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*(\/[a-z0-9][a-z0-9-]*)*$/, "expected lower-case letters, digits and dashes"),
  summary: line,
  settings: schemaOf("of an experiment's environment.settings"),
  create: method,
  prompt: z
    .strictObject({ names: z.array(line), placeholders: z.record(z.string(), z.unknown()), template: method })
    .exactOptional(),
  demonstrations: z
    .strictObject({ quality: schemaOf("of an experiment's sft.demonstrations.quality"), generate: method })
    .exactOptional(),
});

const distinct = (values: readonly string[]): boolean => new Set(values).size === values.length;
const factorSchema = z.strictObject({
  name: z.string().min(1),
  labels: z
    .array(z.string().min(1))
    .min(1)
    .refine(distinct, "expected distinct labels")
    .refine(
      (labels) => !labels.includes(INVALID_LABEL),
      `expected no label "${INVALID_LABEL}", which every factor gets`,
    ),
});
const specSchema = z.looseObject({
  horizon: z.int().min(1),
  showsImages: z.boolean(),
  factors: z
    .array(factorSchema)
    .min(1)
    .refine((factors) => distinct(factors.map(({ name }) => name)), "expected factors of distinct names"),
});
const environmentSchema = z.looseObject({
  spec: specSchema,
  reset: method,
  step: method,
  parse: method,
  state: method,
  restore: method,
});

/**
 * Checks an environment of your own and makes it known under its id: an experiment that imports its module can name it,
 * and so can `coso play`, `coso parse` and `coso demonstrations` by the module's path.
 *
 * ```ts
 * export const catchGame = defineEnvironment({
 *   module: import.meta.url,
 *   id: "catch",
 *   summary: "catch what falls",
 *   settings: z.strictObject({}),
 *   create: () => new Catch(),
 * });
 * ```
 * @param definition its `module` is the file that defines it, always `import.meta.url`: runs record it, so that `coso eval`,
 * `coso explain` and the like find the environment again.
 * @throws ConfigError with a line for every field that is wrong, or when the id is taken. What `create` makes is checked
 * when it is made: EnvironmentError.
 */
export function defineEnvironment<Action, Settings extends z.ZodType, Quality extends z.ZodType>(
  definition: EnvironmentDefinition<Action, Settings, Quality> & { module: string },
): EnvironmentDefinition<Action, Settings, Quality> {
  parseSettings(definitionSchema, definition, "environment definition");
  const { id } = definition;
  const checked = {
    ...definition,
    create: (settings: z.output<Settings>) => checkedEnvironment(definition.create(settings), id),
  };
  registerEnvironment(checked);
  return checked;
}

/** The environment itself. @throws EnvironmentError with a line for every part of it that is wrong. */
function checkedEnvironment<Action>(environment: Environment<Action>, id: string): Environment<Action> {
  const schema = environmentSchema.extend({ spec: specSchema.extend({ id: z.literal(id) }) });
  const result = schema.safeParse(environment, { reportInput: true });
  if (result.success) return environment;
  const lines = describeIssues(schema, environment, result.error).map((each) => `  ${each}`);
  throw new EnvironmentError(`environment \`${id}\`: what \`create\` makes is none:\n${lines.join("\n")}`);
}
