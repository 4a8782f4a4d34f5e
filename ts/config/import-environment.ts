import type { EnvironmentDefinition } from "../environments/environment.ts";
import { environmentDefinitions } from "../environments/registry.ts";
import { ConfigError } from "../errors.ts";
import { importModule } from "./import-module.ts";

/** Whether a name is that of a file of code; ids of environments hold no dots. */
export function isScript(name: string): boolean {
  return /\.[cm]?[jt]s$/.test(name);
}

/**
 * The environment that a file defines by `defineEnvironment`.
 * @throws ConfigError when the file is missing, or defines none or several.
 */
export async function importEnvironment(file: string): Promise<EnvironmentDefinition> {
  const { url } = await importModule(file, "one that defines an environment, or an id");
  const [found, another] = environmentDefinitions().filter(({ module }) => module === url);
  if (found === undefined) {
    throw new ConfigError(
      `${file}: defines no environment; expected export const … = defineEnvironment({ module: import.meta.url, … })`,
    );
  }
  if (another === undefined) return found;
  throw new ConfigError(`${file}: defines ${found.id} and ${another.id}; expected one environment a file`);
}
