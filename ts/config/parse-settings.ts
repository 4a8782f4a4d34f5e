import type { z } from "zod";
import { environmentDefinition } from "../environments/registry.ts";
import { ConfigError } from "../errors.ts";
import { describeIssues } from "./issues.ts";
import type { Experiment } from "./schema.ts";

/**
 * What `schema` makes of `input`.
 * @throws ConfigError with a line for everything that is wrong: the path, what was expected, what came, the mend.
 */
export function parseSettings<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  subject: string,
): z.output<Schema> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  throw invalidSettings(subject, describeIssues(schema, input, result.error, subject));
}

/** The environment's settings with its defaults filled in. @throws ConfigError as `parseSettings` does. */
export function resolveEnvironment({ id, settings }: Experiment["environment"]): Experiment["environment"] {
  const { settings: schema } = environmentDefinition(id);
  const resolved = parseSettings(schema, settings, `environment.settings of \`${id}\``);
  return { id, settings: resolved as Experiment["environment"]["settings"] };
}

export function invalidSettings(subject: string, lines: readonly string[]): ConfigError {
  return new ConfigError(`invalid ${subject}:\n${lines.map((line) => `  ${line}`).join("\n")}`);
}
