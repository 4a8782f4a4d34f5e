import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Trial } from "../comparison/definition.ts";
import { reportedDirectory } from "../comparison/run.ts";
import { changedSettings, deciding, withDefaults } from "../config/same-experiment.ts";
import { findRuns } from "../report/find-runs.ts";
import { RunFolder } from "../runs/run-folder.ts";
import type { Study } from "./reproduction.ts";

/** Where a trial's run is, and how far. */
export type FoundRun =
  | { readonly state: "finished"; readonly directory: string; readonly isElsewhere: boolean }
  | { readonly state: "begun" }
  | { readonly state: "new" }
  /** Its folder holds a run with other settings, which would be refused. */
  | { readonly state: "other settings"; readonly directory: string; readonly changed: readonly string[] };

/** Runs that are there: of this reproduction's own folder, and of folders that others filled. */
export class FoundRuns {
  readonly #directory: string;
  /** Finished runs elsewhere, by what they are of. */
  readonly #elsewhere: ReadonlyMap<string, string>;

  private constructor(directory: string, elsewhere: ReadonlyMap<string, string>) {
    this.#directory = directory;
    this.#elsewhere = elsewhere;
  }

  /**
   * @param directory of the studies' own runs, made or not.
   * @param from folders with runs of `coso compare` or `coso train`.
   * @throws RunFolderError for a folder of `from` that is missing or has no run in it.
   */
  static async in(directory: string, from: readonly string[]): Promise<FoundRuns> {
    const runs = from.length === 0 ? [] : await findRuns(from);
    const finished = runs.map((run) => new RunFolder(run)).filter((run) => run.isFinished());
    return new FoundRuns(
      directory,
      new Map(finished.map((run) => [keyOf(run.readConfig().experiment), run.directory])),
    );
  }

  /** Folder in which the study's own runs are, or will be. */
  folderOf({ name }: Study): string {
    return join(this.#directory, name);
  }

  find(study: Study, trial: Trial): FoundRun {
    const own = new RunFolder(reportedDirectory(this.folderOf(study), trial));
    if (existsSync(own.path("config.json")) && own.holdsWork()) {
      const changed = changedSettings(own.readConfig().experiment, trial.experiment);
      if (changed.length > 0) return { state: "other settings", directory: own.directory, changed };
      if (own.isFinished()) return { state: "finished", directory: own.directory, isElsewhere: false };
    }
    const elsewhere = this.#elsewhere.get(keyOf(trial.experiment));
    if (elsewhere !== undefined) return { state: "finished", directory: elsewhere, isElsewhere: true };
    return { state: own.holdsWork() ? "begun" : "new" };
  }
}

/** All that decides a run, whatever the order of its keys and whichever version recorded it: runs that agree in it are the same run. */
function keyOf(experiment: object): string {
  return JSON.stringify(deciding(withDefaults(experiment)), (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
}
