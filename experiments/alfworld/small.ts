import { defineExperiment } from "../../ts/index.ts";
import quickstart from "../quickstart.ts";

/**
 * ALFWorld's text worlds on a laptop: small rooms of few things, short prompts, the embedded default. Make its games with
 *
 *     npx coso alfworld generate --size small --games 120 --out alfworld
 */
export default defineExperiment({
  name: "alfworld-small",
  environment: { id: "alfworld/text", settings: { prompt: "brief", bridge: "zeromq" } },
  policy: { kind: "embedded", vocabularySize: 640, hiddenSize: 96, layers: 3 },
  sampling: { temperature: 0.5, maxNewTokens: 64 },
  worker: { device: "cpu" },
  sft: { demonstrations: { count: 4000 }, steps: 800, batchSize: 64, learningRate: 2e-3 },
  scm: { ...quickstart.scm, encoder: { ...quickstart.scm?.encoder, kind: "fresh", maxPositions: 96 } },
  entropy: { kind: "causal", coefficient: 0.02, schedule: "linear" },
  kl: { coefficient: 0.05, region: "format" },
  algorithm: { ...quickstart.algorithm, valueClip: null, learningRate: 1e-4 },
  rollout: { environments: 32, stepsPerEnvironment: 16 },
  iterations: 12,
  evaluation: { episodes: 120, environments: 60 },
  checkpoint: { every: 4, keep: 1 },
});
