import type { Trajectory } from "../trajectory.ts";

/** One number a step, in the order of `trajectories.flatMap((trajectory) => trajectory.steps)`. */
export interface Credit {
  advantages: Float32Array;
  /** Regression targets of the value head. */
  returns: Float32Array;
}

/** Turns trajectories into what a loss needs. Pure. */
export type AssignCredit = (trajectories: readonly Trajectory[]) => Credit;
