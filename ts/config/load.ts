import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError } from "../errors.ts";
import { defineExperiment } from "./define.ts";
import { applyOverrides } from "./overrides.ts";
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
  return defineExperiment(applyOverrides(input, overrides) as ExperimentInput);
}

/** What to do with a file of several experiments. */
function otherCommand(input: unknown): string | undefined {
  if (typeof input !== "object" || input === null) return undefined;
  if ("grid" in input) return "run them by coso sweep, or one of them by --trial NAME";
  return "methods" in input ? "run them by coso compare" : undefined;
}

type Maker = "defineExperiment" | "defineSweep" | "defineComparison" | "definePrompting" | "defineJudge";

/** Node takes a `.ts` file for CommonJS where no package.json says otherwise, and this package is none. */
async function importModule(file: string, path: string): Promise<{ default?: unknown }> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ERR_REQUIRE_CYCLE_MODULE")) throw cause;
    const mend = `call it ${file.replace(/\.ts$/, ".mts")}, or put a package.json with { "type": "module" } beside it`;
    throw new ConfigError(`${file}: expected an ES module, and its folder says CommonJS; ${mend}`, { cause });
  }
}

/**
 * The default export of an experiment file, which `maker` made.
 * @throws ConfigError when the file is missing or has no default export.
 */
export async function importDefault(file: string, maker: Maker): Promise<unknown> {
  const path = resolve(file);
  try {
    await access(path);
  } catch (cause) {
    throw new ConfigError(`${file}: no such file; name an experiment such as experiments/quickstart.ts`, { cause });
  }
  const module = await importModule(file, path);
  if (module.default === undefined) {
    throw new ConfigError(`${file}: no default export; end the file with export default ${maker}({ … })`);
  }
  return module.default;
}
