import { type Command, InvalidArgumentError } from "commander";
import { importEnvironment, isScript } from "../config/import-environment.ts";
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
  return addSettingsOptions(command.argument("<env>", "environment: its id, or the file that defines one of your own"));
}

export function addSettingsOptions(command: Command): Command {
  const list = environmentDefinitions().map(({ id, summary }) => `  ${id.padEnd(12)} ${summary}`);
  return command
    .option("--settings <json>", "as an experiment's environment.settings", jsonObject, {})
    .option("--set <key.path=value...>", "change single settings, such as prompt=brief or prompt.file=prompt.txt")
    .addHelpText("after", `\nEnvironments:\n${list.join("\n")}`);
}

/**
 * @param name an id, or the file that defines an environment.
 * @throws ConfigError when the id is unknown, the file defines no environment, or the settings are not the environment's.
 */
export async function chosenEnvironment(
  name: string,
  { settings, set = [] }: SettingsFlags,
): Promise<{ definition: EnvironmentDefinition; settings: unknown }> {
  const definition = isScript(name) ? await importEnvironment(name) : environmentDefinition(name);
  return { definition, settings: environmentSettings(definition, applyOverrides(settings, set)) };
}

/** As {@link chosenEnvironment} chooses. */
export async function createEnvironment(name: string, flags: SettingsFlags): Promise<Environment> {
  const { definition, settings } = await chosenEnvironment(name, flags);
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
