import { type Command, InvalidArgumentError } from "commander";
import type { Environment } from "../environments/environment.ts";
import { environmentDefinition, environmentDefinitions, environmentSettings } from "../environments/registry.ts";

/** What `coso play` and `coso parse` have in common: which environment, made how. */
export function addEnvironmentOptions(command: Command): Command {
  const list = environmentDefinitions().map(({ id, summary }) => `  ${id.padEnd(12)} ${summary}`);
  return command
    .argument("<env>", "environment, by its id")
    .option("--settings <json>", "as an experiment's environment.settings", jsonObject, {})
    .addHelpText("after", `\nEnvironments:\n${list.join("\n")}`);
}

/** @throws ConfigError when the id is unknown or the settings are not the environment's. */
export function createEnvironment(id: string, settings: object): Environment {
  const definition = environmentDefinition(id);
  return definition.create(environmentSettings(definition, settings));
}

/** Reads an option's value; what it throws names the option. */
export function jsonObject(text: string): Record<string, unknown> {
  const value = parsedJson(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new InvalidArgumentError(`Expected a JSON object like '{"key": "value"}', got '${text}'.`);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
