import type { AssignCredit, Bootstrapped, Credit } from "./algorithm.ts";

export interface GaeSettings {
  /** γ, in [0, 1]. */
  gamma: number;
  /** λ, in [0, 1]: 0 is the one-step temporal difference, 1 the Monte-Carlo return. */
  lambda: number;
  /** c > 0, by which rewards are multiplied: values and advantages are in these units. */
  rewardScale: number;
}

/**
 * Generalised advantage estimation: `δ_t = c r_t + γ V(s_{t+1}) − V(s_t)`, `A_t = δ_t + γ λ A_{t+1}`, returns `A_t + V(s_t)`.
 * A trajectory lies within one episode, so nothing flows across episodes; how it ended is in its `bootstrapValue`.
 */
export function gae(settings: GaeSettings): AssignCredit {
  return (trajectories) => {
    const numSteps = trajectories.reduce((total, { steps }) => total + steps.length, 0);
    const credit = { advantages: new Float32Array(numSteps), returns: new Float32Array(numSteps) };
    let offset = 0;
    for (const trajectory of trajectories) {
      assign(trajectory, settings, credit, offset);
      offset += trajectory.steps.length;
    }
    return credit;
  };
}

function assign(
  { steps, bootstrapValue }: Bootstrapped,
  { gamma, lambda, rewardScale }: GaeSettings,
  credit: Credit,
  offset: number,
): void {
  let nextValue = bootstrapValue;
  let advantage = 0;
  for (const [position, step] of [...steps.entries()].reverse()) {
    const difference = rewardScale * step.reward + gamma * nextValue - step.value;
    advantage = difference + gamma * lambda * advantage;
    credit.advantages[offset + position] = advantage;
    credit.returns[offset + position] = advantage + step.value;
    nextValue = step.value;
  }
}
