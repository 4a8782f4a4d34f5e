import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { importModule } from "../config/import-module.ts";
import { environmentDefinition, environmentIds } from "../environments/registry.ts";
import { RunFolderError } from "../errors.ts";
import type { RunConfig, RunFolder } from "./run-folder.ts";

type Recorded = Pick<RunConfig, "environmentModule">;

/** Where the environment of a run is defined, for its `config.json`; nothing for those of this package. */
export function recordedModule(run: RunFolder, environmentId: string): Recorded {
  const { module } = environmentDefinition(environmentId);
  if (module === undefined) return {};
  const file = fileURLToPath(module);
  return {
    environmentModule: {
      fromRun: relative(resolve(run.directory), file),
      fromWorkingDirectory: relative(process.cwd(), file),
    },
  };
}

/**
 * Makes the environment of a run known to this process, where it is one of the user's own: imports the module that the
 * run recorded, found from the run folder or, where that has moved, from the working directory.
 * @throws RunFolderError when the module is not there, or no longer defines the environment.
 */
export async function importRecordedModule(run: RunFolder): Promise<void> {
  const { environmentModule, experiment } = run.readConfig();
  const { id } = experiment.environment;
  if (environmentModule === undefined || environmentIds().includes(id)) return;
  const { fromRun, fromWorkingDirectory } = environmentModule;
  const places = [...new Set([resolve(run.directory, fromRun), resolve(fromWorkingDirectory)])];
  const file = places.find((place) => existsSync(place));
  const mend = `bring it back, or correct \`environmentModule\` in ${run.path("config.json")}`;
  if (file === undefined) {
    throw new RunFolderError(
      `${run.directory}: its environment \`${id}\` was defined in ${places.join(", or ")}, which is not there; ${mend}`,
    );
  }
  await importModule(file, "one that is there");
  if (!environmentIds().includes(id)) {
    throw new RunFolderError(
      `${run.directory}: its environment \`${id}\` was defined in ${file}, which defines no environment of that id; ${mend}`,
    );
  }
}
