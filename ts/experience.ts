import type { RecordedEpisode } from "./rollout-group.ts";
import type { Trajectory } from "./trajectory.ts";

/** What collecting yields: the batch U of Algorithm 1, and the episodes that ended meanwhile. */
export interface Experience {
  /**
   * Environment by environment, in time's order; each cut at the end of an episode and of the rollout. Where each plays at
   * its own pace: whole episodes, in the order in which they ended.
   */
  trajectories: Trajectory[];
  /** By the time step that ended them, then by environment; or in the order in which they ended. */
  episodes: RecordedEpisode[];
  /** Utterances that hit the token limit. */
  unfinishedUtterances: number;
  /** Steps in which the policy of an earlier collection spoke; absent where that cannot be. */
  staleStepIds?: readonly number[];
}
