import { defineExperiment } from "../../ts/index.ts";
import quickstart from "../quickstart.ts";

/** DigiRL's, but for what a small policy needs. */
export const algorithm = {
  kind: "awr",
  episodes: 64,
  // The reference's 0.9 leaves 30 episodes, which this policy learns by heart.
  filterQuantile: 0.5,
  // Wide critics would be larger than this policy.
  critics: { hiddenSize: 64, learningRate: 1e-3, steps: 20 },
  batchSize: 64,
  microBatch: 64,
  learningRate: 2e-4,
  maxGradNorm: 0.5,
} as const;

/**
 * DigiRL's algorithm with CoSo's entropy on the simulated phone: AutoUI's utterances, screenshots, AWR, on two kinds of task:
 *
 *     npx coso train experiments/phone/quickstart.ts
 *
 * What is reported are tasks that training never asks for. Settings were chosen with seed 100.
 */
export default defineExperiment({
  name: "phone",
  environment: { id: "phone/canvas", settings: { kinds: ["search web", "set alarm"] } },
  policy: {
    kind: "embedded",
    tokens: "fields",
    vocabularySize: 1200,
    hiddenSize: 96,
    layers: 3,
    imageSize: 112,
    patchSize: 28,
    visionHiddenSize: 96,
  },
  sampling: { temperature: 1, maxNewTokens: 64 },
  worker: { device: "cpu" },
  sft: {
    demonstrations: { count: 6000, quality: { wanderRate: 0.15 } },
    steps: 1200,
    batchSize: 32,
    microBatch: 32,
    learningRate: 2e-3,
  },
  scm: quickstart.scm,
  entropy: { kind: "causal", coefficient: 0.02, schedule: "linear" },
  kl: { coefficient: 0.05, region: "format" },
  algorithm,
  rollout: { environments: 64 },
  iterations: 16,
  evaluation: { episodes: 192, environments: 96, settings: { split: "test" } },
  checkpoint: { every: 4, keep: 1 },
});
