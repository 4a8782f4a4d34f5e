import { type Spent, spentBy } from "./curve.ts";
import { whole } from "./format.ts";
import type { RecordedRun } from "./read-run.ts";

/** What success is held against: environment steps, or time. */
export interface SpentAxis {
  /** Ends a figure's file name. */
  id: "steps" | "time";
  /** With its unit. */
  name: string;
  of(spent: Spent): number;
  format(amount: number): string;
}

export const STEPS: SpentAxis = {
  id: "steps",
  name: "Environment steps",
  of: ({ envSteps }) => envSteps,
  format: whole,
};

/** A run has one worker, which computes on one device. */
const GPU = /^cuda/;
const MINUTE = 60;
const HOUR = 3600;

/**
 * Time of online training: GPU-hours where every run computed on a GPU, else seconds, minutes or hours of the clock, by
 * the longest run.
 */
export function timeAxis(runs: readonly RecordedRun[]): SpentAxis {
  const longest = Math.max(0, ...runs.map((run) => spentBy(run).at(-1)?.seconds ?? 0));
  const isOnGpu = runs.every(({ outcome }) => outcome.kind === "finished" && GPU.test(outcome.summary.device ?? ""));
  if (isOnGpu && runs.length > 0) return axisOf("GPU-hours of online training", HOUR);
  if (longest < 5 * MINUTE) return axisOf("Seconds of online training", 1);
  if (longest < 5 * HOUR) return axisOf("Minutes of online training", MINUTE);
  return axisOf("Hours of online training", HOUR);
}

function axisOf(name: string, unit: number): SpentAxis {
  return {
    id: "time",
    name,
    of: ({ seconds }) => seconds / unit,
    format: (amount) => (amount >= 100 ? whole(amount) : String(Number(amount.toPrecision(3)))),
  };
}
