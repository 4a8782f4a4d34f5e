import { messageOf } from "../errors.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import { readSummary } from "../training/summary.ts";

/** What is wrong with a folder that holds something of a run, and the mend; undefined where nothing is. */
export function damageOf(run: RunFolder): string | undefined {
  try {
    if (run.holdsWork()) run.readConfig();
    if (run.isFinished()) readSummary(run);
    return undefined;
  } catch (error) {
    return `${messageOf(error)}; delete ${run.directory} to begin the trial anew`;
  }
}
