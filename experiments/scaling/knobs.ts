import type { Costs, EngineCosts, TrainerCosts } from "./costs.ts";
import { scaled } from "./distribution.ts";
import { type Scale, simulate } from "./simulation.ts";

/** What a knob would bring. */
export interface Help {
  readonly knob: string;
  /** Steps a second with the cost halved, over those without: at most about 2. */
  readonly speedUp: number;
}

/** Each halves one cost and leaves the others. */
export const KNOBS: Readonly<Record<string, (costs: Costs) => Costs>> = {
  "environment steps and resets": (costs) => {
    const { step, reset } = costs.environment;
    return { ...costs, environment: { ...costs.environment, step: scaled(step, 0.5), reset: scaled(reset, 0.5) } };
  },
  "reading prompts": ofEngine(({ prompt, promptFloor }) => ({ prompt: prompt / 2, promptFloor: promptFloor / 2 })),
  "length of utterances": (costs) => ({ ...costs, utteranceTokens: scaled(costs.utteranceTokens, 0.5) }),
  "bytes that decoding reads": ofEngine(({ weights, cacheToken }) => ({
    weights: weights / 2,
    cacheToken: cacheToken / 2,
  })),
  "products of decoding": ofEngine(({ row }) => ({ row: row / 2 })),
  "issuing operations while speaking": ofEngine(({ issue, promptFloor }) => ({
    issue: issue / 2,
    promptFloor: promptFloor / 2,
  })),
  "room that an utterance takes in the cache": ofEngine(({ cacheTokens: { alone, learning }, maxRows }) => ({
    cacheTokens: { alone: 2 * alone, learning: 2 * learning },
    maxRows: 2 * maxRows,
  })),
  "updates of the policy": ofTrainer(({ learn, passFloor }) => ({ learn: learn / 2, passFloor: passFloor / 2 })),
  "causal weights and SCM": ofTrainer(({ weigh, fitScm }) => ({ weigh: weigh / 2, fitScm: fitScm / 2 })),
  "bytes between GPUs": (costs) => ({
    ...ofTrainer(({ gradients, gather }) => ({ gradients: gradients / 2, gather: gather / 2 }))(costs),
    handOver: costs.handOver / 2,
  }),
  "the leading process's work": (costs) => ({ ...costs, leader: costs.leader / 2 }),
  "core seconds of an environment (twice the cores)": (costs) => ({ ...costs, coresPerGpu: 2 * costs.coresPerGpu }),
};

/** Every knob's help, the most helpful first; random draws are the same with and without. */
export function sensitivity(costs: Costs, scale: Scale, seed: number): Help[] {
  const { stepsPerSecond: before, trainers } = simulate(costs, scale, seed);
  // GPUs may be split anew where that is better: the split is a guess, and would blur small differences.
  const splits = scale.mode === "asynchronous" ? [scale, { ...scale, trainers }] : [scale];
  return Object.entries(KNOBS)
    .map(([knob, turned]) => {
      const speeds = splits.map((split) => simulate(turned(costs), split, seed).stepsPerSecond);
      return { knob, speedUp: Math.max(...speeds) / before };
    })
    .sort((one, other) => other.speedUp - one.speedUp);
}

function ofEngine(change: (engine: EngineCosts) => Partial<EngineCosts>): (costs: Costs) => Costs {
  return (costs) => ({ ...costs, engine: { ...costs.engine, ...change(costs.engine) } });
}

function ofTrainer(change: (trainer: TrainerCosts) => Partial<TrainerCosts>): (costs: Costs) => Costs {
  return (costs) => ({ ...costs, trainer: { ...costs.trainer, ...change(costs.trainer) } });
}
