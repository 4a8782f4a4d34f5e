import type { Experience } from "../../experience.ts";
import type { PolicyObjective } from "../../protocol/messages/objective.ts";
import type { Metrics } from "../../protocol/messages/scalars.ts";
import type { Rollout } from "../../rollout.ts";
import type { Spoken } from "../../trajectory.ts";

/**
 * The RL algorithm that CoSo's entropy is added to: what an iteration plays, which steps θ learns from, and what each is
 * worth. Weighing, φ and the entropy term are the same on every base.
 */
export interface RlBase {
  /** Algorithm 1, lines 3–9. `iteration` counts from 0, here and below. */
  rollOut(rollout: Rollout, iteration: number): Promise<Experience>;
  /** Line 10: U, of what was just played and, off policy, of what is remembered. */
  gather(experience: Experience, rollout: Rollout, iteration: number): Promise<Batch>;
  /** What a resumed run needs, as JSON; null for a base that remembers nothing. */
  state(): unknown;
}

/** U of Algorithm 1 for one iteration. */
export interface Batch {
  /** All that the update may learn from, so all that has to be weighed. The worker keeps them. */
  readonly steps: readonly Spoken[];
  /** To be called once, before θ changes. Trains what estimates the credit, where something does. */
  credit(): Promise<StepCredit>;
  /** Lets the worker forget what no later iteration needs. */
  release(): Promise<void>;
}

/** What a step of the batch is worth, and how θ learns it. */
export interface StepCredit {
  readonly advantages: Float32Array;
  /** Targets of a value head; null for a base without one. */
  readonly returns: Float32Array | null;
  readonly objective: PolicyObjective;
  readonly metrics: Metrics;
}
