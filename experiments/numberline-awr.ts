import { defineExperiment } from "../ts/index.ts";
import quickstart from "./quickstart.ts";

/**
 * CoSo on its other base: advantage-weighted regression as DigiRL has it, on the quickstart's task and policy. Learning
 * rates and gradient bounds are those of a small policy, everything else is the reference's but where a comment says why.
 */
export default defineExperiment({
  ...quickstart,
  name: "numberline-awr",
  algorithm: {
    kind: "awr",
    episodes: 64,
    // Where the best episodes alone are learned from, half of the targets are never seen: an SFT policy that always says
    // `+` succeeds at all others. Here the critics choose among the steps of every episode.
    filterQuantile: 0,
    // Wide critics would be larger than this policy.
    critics: { hiddenSize: 64, learningRate: 1e-3, steps: 20 },
    thoughtCoefficient: 0.2,
    batchSize: 64,
    microBatch: 64,
    learningRate: 2e-4,
    maxGradNorm: 0.5,
  },
  rollout: { environments: 64 },
  iterations: 12,
  evaluation: { episodes: 200, selection: { every: 2, episodes: 100 } },
});
