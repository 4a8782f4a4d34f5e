import { z } from "zod";
import { deciding, withDefaults } from "../config/same-experiment.ts";
import type { Experiment } from "../config/schema.ts";
import { RunFolderError } from "../errors.ts";
import { offlineCheckpoint, readLoop, workerPart } from "../runs/checkpoints.ts";
import { differences } from "../runs/differences.ts";
import { RunFolder } from "../runs/run-folder.ts";
import type { Stage } from "./stages.ts";
import { activeScm, type Training } from "./training.ts";

/** `loop.json` of the offline checkpoint. The stages are our own; their inner shape is not checked again. */
const offlineRecordSchema = z.strictObject({
  determinedBy: z.record(z.string(), z.unknown()),
  stages: z.array(z.looseObject({ stage: z.string() })),
  seconds: z.record(z.string(), z.number()),
});

export interface OfflineRecord {
  determinedBy: Record<string, unknown>;
  stages: Stage[];
  seconds: Record<string, number>;
}

/** All settings that the outcome of the offline stage, its evaluations included, depends on. */
export function offlineDeterminants(experiment: Experiment): Record<string, unknown> {
  const { seed, environment, policy, sampling, sft, worker, evaluation } = experiment;
  const scm = activeScm(experiment);
  const { online: _online, ...offlineScm } = scm ?? {};
  return {
    seed,
    environment,
    policy,
    sampling,
    sft,
    scm: scm === null ? null : offlineScm,
    worker,
    evaluation: {
      episodes: evaluation.episodes,
      environments: evaluation.environments,
      settings: evaluation.settings,
    },
  };
}

export function readOfflineRecord(run: RunFolder): OfflineRecord {
  const result = offlineRecordSchema.safeParse(readLoop(run, offlineCheckpoint));
  if (!result.success)
    throw new RunFolderError(`${run.directory}: its offline checkpoint is damaged: ${z.prettifyError(result.error)}`);
  return result.data as unknown as OfflineRecord;
}

/**
 * Takes the offline stage over from another run instead of doing it again.
 * A run without an SCM may start from one with it: φ has no part in θ's offline stage, and is simply not loaded.
 * @throws RunFolderError when the other run has no offline checkpoint, or was set up otherwise.
 */
export async function adoptOffline(training: Training, directory: string): Promise<Stage[]> {
  const origin = new RunFolder(directory);
  const part = workerPart(origin, offlineCheckpoint);
  const record = readOfflineRecord(origin);
  const wanted = JSON.parse(JSON.stringify(offlineDeterminants(training.experiment))) as Record<string, unknown>;
  // The origin may come from a version that knew fewer settings.
  const recorded = withDefaults({ ...training.experiment, ...record.determinedBy }) as Experiment;
  const { scm, ...found } = deciding({ ...record.determinedBy, ...offlineDeterminants(recorded) }) as typeof wanted;
  const { scm: wantedScm, ...others } = deciding(wanted) as typeof wanted;
  const changed = differences(found, others);
  if (wantedScm !== null) changed.push(...differences(scm, wantedScm, "scm"));
  if (changed.length > 0) {
    throw new RunFolderError(
      `${directory}: its offline stage is not the one of this experiment, so it cannot be taken over:\n` +
        `${changed.map((line) => `  ${line}`).join("\n")}\nLeave --offline-from out to do the offline stage here`,
    );
  }
  await training.worker.call("load", { directory: part, images: null }, { signal: training.signal });
  return record.stages;
}
