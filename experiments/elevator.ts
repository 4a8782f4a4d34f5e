import { defineExperiment } from "../ts/index.ts";

/**
 * The plan decides the action: a lift rides as the plan says, and the action slot says only `go`. Demonstrations plan
 * `up` in 95 % of the cases where down is right, so that SFT leaves those states stuck. Settings are the quickstart's,
 * but where a comment says why not.
 */
export default defineExperiment({
  name: "elevator",
  environment: { id: "elevator", settings: { prompt: "brief" } },
  policy: { kind: "embedded" },
  sampling: { temperature: 0.5, maxNewTokens: 80 },
  worker: { device: "cpu" },
  sft: {
    demonstrations: { count: 3000, quality: { upBias: 0.95 } },
    // After 300 steps at 2e-3 one plan in six still names a wrong number of floors; RL then has two things to learn.
    steps: 400,
    learningRate: 3e-3,
  },
  scm: {
    encoder: {
      kind: "fresh",
      hiddenSize: 32,
      layers: 1,
      heads: 2,
      feedForwardSize: 64,
      dropout: 0,
      maxPositions: 96,
    },
    // Three factors, and plans in many wordings: after 200 steps φ is wrong about one utterance in four.
    pretraining: { utterances: 3000, steps: 600, learningRate: 3e-3 },
    online: { steps: 8, corruptedSteps: 8, learningRate: 3e-4 },
  },
  entropy: { kind: "causal", coefficient: 0.05, schedule: "linear" },
  kl: { coefficient: 0.05, region: "format" },
  algorithm: {
    clip: 0.2,
    valueGradient: "detached",
    valueClip: 0.2,
    // What decides stands before the action, which RL4VLM's split counts as thought: a small λ would hardly train it.
    thoughtCoefficient: 1,
    epochs: 2,
    batchSize: 64,
    microBatch: 64,
    // Down-states are stuck until about iteration 6: what follows has to be quick.
    learningRate: 3e-4,
    valueLearningRate: 1e-3,
    maxGradNorm: 0.5,
    advantageStdFloor: 0.4,
    valueWarmupIterations: 1,
    learningRateSchedule: { shape: "linear", finalFraction: 0.1, warmupIterations: 3 },
  },
  rollout: { environments: 64, stepsPerEnvironment: 4 },
  iterations: 24,
  evaluation: {
    episodes: 200,
    selection: { every: 2, episodes: 100, stopAt: { success: 0.98, validJson: 0.98, consecutive: 2 } },
  },
  checkpoint: { every: 4 },
});
