import type { Step } from "../trajectory.ts";

/** A trajectory, and what lies behind it. */
export interface Bootstrapped {
  readonly steps: readonly Step[];
  /**
   * V of the observation after the last step: 0 when the episode terminated there, V(s_T) when it was truncated, the
   * environment broke down, or the rollout stopped in mid-episode.
   */
  readonly bootstrapValue: number;
}

/** One number a step, in the order of `trajectories.flatMap((trajectory) => trajectory.steps)`. */
export interface Credit {
  advantages: Float32Array;
  /** Regression targets of the value head. */
  returns: Float32Array;
}

/** Turns trajectories into what a loss needs. Pure. */
export type AssignCredit = (trajectories: readonly Bootstrapped[]) => Credit;
