import { type Command, InvalidArgumentError } from "commander";
import { applyOverrides } from "../config/overrides.ts";
import type { Environment, EnvironmentDefinition } from "../environments/environment.ts";
import { environmentDefinition, environmentDefinitions, environmentSettings } from "../environments/registry.ts";

/** Which settings an environment is made with. */
export interface SettingsFlags {
  settings: Record<string, unknown>;
  /** `key.path=value` each, on top of `settings`. */
  set?: string[];
}

/** What commands that drive one environment have in common: which environment, made how. */
export function addEnvironmentOptions(command: Command): Command {
  return addSettingsOptions(command.argument("<env>", "environment, by its id"));
}

export function addSettingsOptions(command: Command): Command {
  const list = environmentDefinitions().map(({ id, summary }) => `  ${id.padEnd(12)} ${summary}`);
  return command
    .option("--settings <json>", "as an experiment's environment.settings", jsonObject, {})
    .option("--set <key.path=value...>", "change single settings, such as prompt=brief or prompt.file=prompt.txt")
    .addHelpText("after", `\nEnvironments:\n${list.join("\n")}`);
}

/** @throws ConfigError when the id is unknown or the settings are not the environment's. */
export function chosenEnvironment(
  id: string,
  { settings, set = [] }: SettingsFlags,
): { definition: EnvironmentDefinition; settings: unknown } {
  const definition = environmentDefinition(id);
  return { definition, settings: environmentSettings(definition, applyOverrides(settings, set)) };
}

/** @throws ConfigError when the id is unknown or the settings are not the environment's. */
export function createEnvironment(id: string, flags: SettingsFlags): Environment {
  const { definition, settings } = chosenEnvironment(id, flags);
  return definition.create(settings);
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
