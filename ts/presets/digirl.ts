import type { ExperimentInput } from "../config.ts";

/**
 * DigiRL (Bai et al., 2024), on which the paper's Table 1 builds: every number of its published scripts that is no part of
 * Android or of AutoUI. `test/presets/digirl.test.ts` holds the table of numbers and where each comes from.
 *
 * ```ts
 * export default defineExperiment({ name: "digirl", environment, policy, ...digirl({ mode: "offline-to-online" }) });
 * ```
 */
export interface DigirlOptions {
  mode: "online" | "offline" | "offline-to-online";
  /** `filtered-bc`: the reference's other algorithm, the paper's baseline "Filtered BC". */
  algorithm?: "digirl" | "filtered-bc";
}

/** Optimiser steps an iteration, which the reference calls epochs. */
const STEPS = { policy: 20, states: 5, instructions: 5 };
/** Of the offline phase, each of so many optimiser steps as an online one takes. */
const OFFLINE_ITERATIONS = { policy: 30, states: 20, instructions: 20 };
/** Of the online phase. */
const ITERATIONS = { online: 600, offline: 0, "offline-to-online": 400 };
const LEARNING_RATE = 1e-4;

/** An experiment without its name, environment and policy; spread an entropy term over it. */
export function digirl({ mode, algorithm = "digirl" }: DigirlOptions) {
  return {
    sampling: { temperature: 1, maxNewTokens: 128 },
    entropy: { kind: "none" },
    algorithm: {
      kind: "awr",
      mode,
      episodes: 16,
      offline: {
        steps: OFFLINE_ITERATIONS.policy * STEPS.policy,
        criticSteps: OFFLINE_ITERATIONS.states * STEPS.states,
        instructionSteps: OFFLINE_ITERATIONS.instructions * STEPS.instructions,
      },
      gamma: 0.5,
      advantageCost: 0.05,
      filterQuantile: 0.9,
      capacity: 2000,
      critics:
        algorithm === "filtered-bc"
          ? null
          : {
              hiddenSize: 768,
              learningRate: LEARNING_RATE,
              steps: STEPS.states,
              batchSize: 128,
              instructionSteps: STEPS.instructions,
              instructionBatchSize: 256,
              heldOut: 0.2,
              warmupIterations: 0,
            },
      thoughtCoefficient: 1,
      steps: STEPS.policy,
      batchSize: 128,
      microBatch: 4,
      learningRate: LEARNING_RATE,
      maxGradNorm: 0.01,
    },
    rollout: { environments: 8 },
    // What is learned offline is an iteration here.
    iterations: ITERATIONS[mode] + (mode === "online" ? 0 : 1),
  } as const satisfies Omit<ExperimentInput, "name" | "environment" | "policy">;
}
