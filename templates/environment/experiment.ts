import { defineExperiment } from "../../ts/index.ts";
import { catchGame } from "./catch.ts";

/** A small vision-language model learns the game from nothing, on a CPU, in minutes. */
export default defineExperiment({
  name: "catch",
  environment: { id: catchGame.id },
  policy: { kind: "embedded", imageSize: 40, patchSize: 40 },
  sampling: { temperature: 0.5, maxNewTokens: 24 },
  sft: { demonstrations: { count: 2000 }, steps: 200, learningRate: 2e-3 },
  scm: {
    encoder: { kind: "fresh", hiddenSize: 32, layers: 1, heads: 2, feedForwardSize: 64, maxPositions: 24 },
    pretraining: { utterances: 1000, steps: 200, learningRate: 3e-3 },
    online: { steps: 8, learningRate: 3e-4 },
  },
  entropy: { kind: "causal", coefficient: 0.05, schedule: "linear" }, // CoSo; RL alone is { kind: "none" }
  algorithm: { clip: 0.2, epochs: 2, batchSize: 64, learningRate: 3e-4, valueLearningRate: 1e-3, maxGradNorm: 0.5 },
  rollout: { environments: 64, stepsPerEnvironment: 4 },
  iterations: 20,
});
