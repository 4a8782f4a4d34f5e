import type { Trial } from "./definition.ts";

/** What is known of a trial that has not finished. */
export type TrialState = "waiting" | "running" | "failed";

export interface ScheduleView {
  state(trial: Trial): TrialState | "finished";
  hasOfflineStage(trial: Trial): boolean;
}

/** A trial that can start now, and whose offline stage it takes over; undefined: its own. */
export interface Start {
  readonly trial: Trial;
  readonly origin: Trial | undefined;
}

/**
 * The first trial that can start: one whose offline stage has been done, or that is to do it for the others. A trial
 * waits while another does the offline stage that it needs; where that one failed before it was done, the next in line does it.
 */
export function nextStart(
  trials: readonly Trial[],
  origins: ReadonlyMap<Trial, readonly Trial[]>,
  view: ScheduleView,
): Start | undefined {
  for (const trial of trials) {
    if (view.state(trial) !== "waiting") continue;
    // What it began itself it goes on with.
    if (view.hasOfflineStage(trial)) return { trial, origin: undefined };
    const candidates = origins.get(trial) ?? [trial];
    const origin =
      candidates.find((other) => view.hasOfflineStage(other)) ??
      candidates.find((other) => view.state(other) !== "failed");
    if (origin === undefined || origin === trial) return { trial, origin: undefined };
    if (view.hasOfflineStage(origin)) return { trial, origin };
  }
  return undefined;
}
