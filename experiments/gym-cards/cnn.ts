import type { CardGame, ExperimentInput } from "../../ts/index.ts";

/**
 * The row "CNN + RL" of Table 2: PPO of a convolutional policy on pixels, from nothing, with as many environment steps as
 * the other rows (29 iterations of 512 are the most that fit into 15,000).
 */
export function cnn(game: CardGame) {
  return {
    name: `cnn-${game}`,
    environment: { id: game },
    policy: { kind: "convolutional" },
    sampling: { temperature: 1 },
    worker: { device: "cpu" },
    algorithm: {
      clip: 0.2,
      valueClip: null,
      epochs: 4,
      batchSize: 128,
      microBatch: 128,
      learningRate: 5e-4,
      valueLearningRate: 5e-4,
      maxGradNorm: 0.5,
      learningRateSchedule: { shape: "linear", finalFraction: 0, includesValueHead: true },
    },
    rollout: { environments: 32, stepsPerEnvironment: 16 },
    iterations: 29,
    evaluation: { episodes: 200 },
    checkpoint: { every: 10 },
  } as const satisfies ExperimentInput;
}
