import type { SinkSettings } from "../config/sinks.ts";
import { CosoError } from "../errors.ts";
import type { Progress } from "../progress.ts";
import { claim } from "../runs/lock.ts";
import type { RunFolder } from "../runs/run-folder.ts";
import { describeFailure } from "./messages.ts";
import { openSinks, type SinkOptions } from "./open.ts";

/** Nothing waits for this but a person, who can see that it goes on. */
const LIMITS = { answerMs: 600_000, endMs: 600_000 };

/**
 * Brings sinks everything that a run has and they have not: its figures, and its summary if it has finished.
 * @throws CosoError that names every sink that failed, RunFolderError while the run is being worked on.
 */
export async function sendRun(
  run: RunFolder,
  settings: readonly SinkSettings[],
  progress: Progress,
  options: Pick<SinkOptions, "start"> = {},
): Promise<void> {
  const release = claim(run.path("run.lock"));
  const failures: string[] = [];
  try {
    const sinks = openSinks(
      settings,
      run,
      {
        onPlace: ({ kind }, place) => progress.say(`${run.directory} → ${kind}: ${place}`),
        onFailure: (sink, failure) => failures.push(describeFailure(sink, failure)),
      },
      { ...options, limits: LIMITS },
    );
    sinks.follow(run.metrics.size);
    await sinks.end();
  } finally {
    release();
  }
  if (failures.length > 0) throw new CosoError(`${run.directory}: ${failures.join("\n")}`);
}
