import { defineExperiment, type PpoExperiment, type PpoExperimentInput } from "../config.ts";

/** What is measured of both methods. */
export interface Methods<Value> {
  readonly RL: Value;
  readonly CoSo: Value;
}

/** The quickstart's sizes. */
export function quickstartSizes(changes: Partial<PpoExperimentInput>): Methods<PpoExperiment> {
  const base: PpoExperimentInput = {
    name: "bench",
    environment: { id: "numberline", settings: { prompt: "brief" } },
    policy: { kind: "embedded" },
    sampling: { temperature: 0.5, maxNewTokens: 72 },
    worker: { device: "cpu" },
    sft: { demonstrations: { count: 200 }, steps: 1, learningRate: 1e-3 },
    algorithm: { epochs: 2, batchSize: 64, microBatch: 64 },
    rollout: { environments: 64, stepsPerEnvironment: 4 },
    iterations: 100,
    ...changes,
  };
  const encoder = { hiddenSize: 32, layers: 1, heads: 2, feedForwardSize: 64, dropout: 0, maxPositions: 96 };
  return {
    RL: defineExperiment({ ...base, entropy: { kind: "none" } }),
    CoSo: defineExperiment({
      ...base,
      scm: { encoder: { kind: "fresh", ...encoder }, online: { steps: 8, corruptedSteps: 8 } },
      entropy: { kind: "causal", coefficient: 0.05 },
    }),
  };
}
