import { defineExperiment, type Experiment, type ExperimentInput } from "../ts/config.ts";

/** NumberLine with every stage switched on, small enough for a fraction of a second. */
export function smallExperiment(changes: Partial<ExperimentInput> = {}): Experiment {
  return defineExperiment({
    name: "small",
    seed: 3,
    environment: { id: "numberline" },
    policy: { kind: "embedded" },
    sampling: { temperature: 0.5, maxNewTokens: 64 },
    sft: { demonstrations: { count: 70 }, steps: 2, learningRate: 1e-3 },
    scm: { pretraining: { utterances: 40, steps: 2 } },
    entropy: { kind: "causal", coefficient: 0.05, schedule: "linear" },
    kl: { coefficient: 0.02, region: "thoughts" },
    rollout: { environments: 4, stepsPerEnvironment: 3 },
    iterations: 5,
    evaluation: { episodes: 10, selection: { every: 2, episodes: 6 } },
    ...changes,
  });
}
