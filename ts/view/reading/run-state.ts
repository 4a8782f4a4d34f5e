import type { Iteration } from "../../report/run-schema.ts";
import type { RunState } from "../api.ts";

/** Iterations whose pace tells how long the next ones take. */
const LOOKED_AT = 5;
/** A run may be silent for so many of its iterations: evaluations and checkpoints come in between. */
const SILENT_ITERATIONS = 10;
const SILENT_AT_LEAST_MS = 15 * 60_000;

export interface Signs {
  isFinished: boolean;
  /** Whether a process that lives, or one of another machine, holds the run's lock. */
  isHeld: boolean;
  /** Milliseconds since a file of the run was written. */
  silentMs: number;
  iterations: readonly Iteration[];
}

export function runState({ isFinished, isHeld, silentMs, iterations }: Signs): RunState {
  if (isFinished && !isHeld) return "finished";
  if (!isHeld) return "unfinished";
  const patience = Math.max(SILENT_AT_LEAST_MS, 1000 * SILENT_ITERATIONS * (usualSeconds(iterations) ?? 0));
  return silentMs > patience ? "stale" : "running";
}

/** Null before the second iteration has ended. */
export function secondsLeft(iterations: readonly Iteration[], wanted: number | null): number | null {
  const usual = usualSeconds(iterations);
  return usual === null || wanted === null ? null : usual * Math.max(0, wanted - iterations.length);
}

/** The mean of the last iterations, so that evaluations count that not every one of them has. */
function usualSeconds(iterations: readonly Iteration[]): number | null {
  // The first line holds the offline stage too, evaluations included.
  const last = iterations.slice(1).slice(-LOOKED_AT);
  if (last.length === 0) return null;
  return last.reduce((sum, { seconds }) => sum + secondsOf(seconds), 0) / last.length;
}

function secondsOf(phases: Readonly<Record<string, number>>): number {
  return Object.values(phases).reduce((sum, seconds) => sum + seconds, 0);
}
