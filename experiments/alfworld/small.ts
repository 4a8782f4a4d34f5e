import { defineExperiment } from "../../ts/index.ts";
import quickstart from "../quickstart.ts";

/**
 * ALFWorld's text worlds on a laptop: small rooms of few things, short prompts, the embedded default. Its games:
 *
 *     npx coso alfworld generate --size small --split train,valid_unseen --games 60 --out alfworld
 *
 * What is reported are the games of training, as in RL4VLM's run; `npx coso eval RUN --set split=valid_unseen` plays others, in
 * rooms that training never sees. The settings are the quickstart's, but where a comment says why not. They were chosen with
 * seed 100 and plain RL.
 */
export default defineExperiment({
  name: "alfworld-small",
  environment: { id: "alfworld/text", settings: { prompt: "brief", bridge: "zeromq" } },
  // A command is copied from a list of a dozen: that takes a third layer.
  policy: { kind: "embedded", vocabularySize: 640, hiddenSize: 96, layers: 3 },
  sampling: { temperature: 1, maxNewTokens: 64 },
  worker: { device: "cpu" },
  // Long enough to copy commands, from a demonstrator who strays more often than not: what is left to RL is which one to give.
  sft: {
    demonstrations: { count: 4000, quality: { wanderRate: 0.6, searchRate: 0 } },
    steps: 700,
    learningRate: 2e-3,
  },
  scm: quickstart.scm,
  entropy: { kind: "causal", coefficient: 0.02, schedule: "linear" },
  kl: { coefficient: 0.05, region: "format" },
  algorithm: {
    ...quickstart.algorithm,
    // A win is worth 50: in these units returns are about 1 at most, as the value head and the gradient norm like them.
    rewardScale: 0.02,
    valueClip: null,
    batchSize: 128,
    valueLearningRate: 3e-3,
  },
  // 12,288 steps in all, about the paper's 12,000.
  rollout: { environments: 64, stepsPerEnvironment: 16 },
  iterations: 12,
  evaluation: { episodes: 120, environments: 120 },
  checkpoint: { every: 4, keep: 1 },
});
