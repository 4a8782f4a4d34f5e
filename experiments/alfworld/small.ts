import { defineExperiment } from "../../ts/index.ts";
import quickstart from "../quickstart.ts";

/**
 * ALFWorld's text worlds on a laptop: small rooms of few things, short prompts, the embedded default. Its games:
 *
 *     npx coso alfworld generate --size small --split train --games 480 --out alfworld
 *     npx coso alfworld generate --size small --split valid_seen,valid_unseen --games 120 --out alfworld
 *
 * Training plays 480 games; what is reported are 120 others, in rooms that training never sees. The settings are the
 * quickstart's, but where a comment says why not. They were chosen with seed 100.
 */
export default defineExperiment({
  name: "alfworld-small",
  environment: { id: "alfworld/text", settings: { prompt: "brief", bridge: "zeromq" } },
  // A command is copied from a list of a dozen: that takes a third layer.
  policy: { kind: "embedded", vocabularySize: 640, hiddenSize: 96, layers: 3 },
  sampling: { temperature: 0.5, maxNewTokens: 64 },
  worker: { device: "cpu" },
  // Some 250 of the games, and few passes: after ten times as many the games of training are won and no others.
  sft: { demonstrations: { count: 2000 }, steps: 250, learningRate: 2e-3 },
  scm: quickstart.scm,
  entropy: { kind: "causal", coefficient: 0.02, schedule: "linear" },
  kl: { coefficient: 0.05, region: "format" },
  algorithm: {
    ...quickstart.algorithm,
    // A win is worth 50: within 0.2 of its old values the value head would never get there.
    valueClip: null,
    learningRate: 1e-4,
  },
  // 12,288 steps in all, about the paper's 12,000.
  rollout: { environments: 64, stepsPerEnvironment: 16 },
  iterations: 12,
  evaluation: { episodes: 120, environments: 120, settings: { split: "valid_unseen" } },
  checkpoint: { every: 4, keep: 1 },
});
