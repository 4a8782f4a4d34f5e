import type { AwrConfig } from "../../config/schema.ts";

/** How far one iteration goes. */
export interface AwrPlan {
  /** Episodes that it plays. */
  readonly episodes: number;
  /** Whether critics have a say in which episodes are learned from. */
  readonly isFilteredByCritic: boolean;
  /** Optimiser steps of the policy. */
  readonly steps: number;
  readonly criticSteps: number;
  readonly instructionSteps: number;
}

/**
 * What iteration `iteration` (from 0) does. Offline data are the first iteration's: played by the policy that SFT left,
 * before critics know anything, so they are filtered by their returns alone, as in the reference.
 */
export function awrPlanAt(settings: AwrConfig, iteration: number): AwrPlan {
  const { mode, offline, critics } = settings;
  const isWarmUp = iteration < (critics?.warmupIterations ?? 0);
  if (mode !== "online" && iteration === 0) {
    const { episodes, steps, criticSteps, instructionSteps } = offline;
    return { episodes, isFilteredByCritic: false, steps: isWarmUp ? 0 : steps, criticSteps, instructionSteps };
  }
  return {
    episodes: settings.episodes,
    isFilteredByCritic: critics !== null,
    steps: isWarmUp ? 0 : settings.steps,
    criticSteps: critics?.steps ?? 0,
    instructionSteps: critics?.instructionSteps ?? 0,
  };
}
