import { newestCheckpoint, offlineCheckpoint } from "../runs/checkpoints.ts";
import { type Loop, restoreLoop, startLoop } from "./loop.ts";
import { offlineStage } from "./offline.ts";
import { adoptOffline, offlineDeterminants, readOfflineRecord } from "./offline-origin.ts";
import type { Stage } from "./stages.ts";
import { statesOf } from "./stream-states.ts";
import type { Training } from "./training.ts";

/** Brings θ, φ and the loop to where iterations begin: from a checkpoint where there is one, else by the offline stage. */
export async function begin(training: Training, offlineFrom: string | undefined): Promise<Loop> {
  const loop = await reachLoop(training, offlineFrom);
  // Only now: lines behind the checkpoint have been cut off.
  training.sinks.follow(training.run.metrics.size);
  return loop;
}

async function reachLoop(training: Training, offlineFrom: string | undefined): Promise<Loop> {
  const { run, checkpoints, progress } = training;
  const newest = newestCheckpoint(run);
  if (newest !== undefined && newest !== offlineCheckpoint) {
    await checkpoints.load(newest);
    const loop = await restoreLoop(training, newest);
    progress.say(`resumed after iteration ${loop.iteration}`);
    return loop;
  }
  if (newest === offlineCheckpoint) {
    const { stages, seconds, streams } = readOfflineRecord(run);
    await checkpoints.load(offlineCheckpoint);
    training.streams.restore(streams);
    training.clock.carryOver(seconds);
    progress.say("resumed after the offline stage");
    return beginOnline(training, stages);
  }
  const stages = offlineFrom === undefined ? await offlineStage(training) : await adoptOffline(training, offlineFrom);
  await checkpoints.write(offlineCheckpoint, "all", {
    determinedBy: offlineDeterminants(training.experiment),
    stages,
    seconds: training.clock.totals(),
    streams: statesOf(training.streams),
  });
  return beginOnline(training, stages);
}

async function beginOnline(training: Training, stages: Stage[]): Promise<Loop> {
  if (training.experiment.kl !== null) await training.worker.call("keepReference", {});
  return startLoop(training, stages);
}
