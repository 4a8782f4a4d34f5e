import { defineExperiment } from "../ts/index.ts";

/** A small vision-language model learns NumberLine from nothing, on the CPU, in minutes. */
export default defineExperiment({
  name: "quickstart",
  environment: { id: "numberline", settings: { prompt: "brief" } },
  policy: { kind: "embedded" },
  sampling: { temperature: 0.5, maxNewTokens: 72 },
  worker: { device: "cpu" },
  sft: {
    demonstrations: { count: 3000 },
    steps: 300,
    learningRate: 2e-3,
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
    pretraining: { utterances: 3000, steps: 600, learningRate: 3e-3 },
    online: { steps: 8, corruptedSteps: 8, learningRate: 3e-4 },
  },
  entropy: { kind: "causal", coefficient: 0.05, schedule: "linear" },
  kl: { coefficient: 0.05, region: "format" },
  algorithm: {
    clip: 0.2,
    valueGradient: "detached",
    valueClip: 0.2,
    thoughtCoefficient: 0.2,
    epochs: 2,
    batchSize: 64,
    microBatch: 64,
    learningRate: 2e-4,
    valueLearningRate: 1e-3,
    maxGradNorm: 0.5,
    // Once nearly every episode succeeds, little spread is left: dividing by it would amplify noise until the policy drifts.
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
