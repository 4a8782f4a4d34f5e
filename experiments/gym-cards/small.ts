import type { ExperimentInput } from "../../ts/index.ts";
import quickstart from "../quickstart.ts";

/**
 * What EZPoints, Points24 and Blackjack share at the size of a laptop: the quickstart's settings, but where a comment
 * says why not. They were chosen on EZPoints with seed 100.
 */
export const small = {
  // A card's rank has to be read: twice the quickstart's side.
  policy: { kind: "embedded", vocabularySize: 640, imageSize: 128 },
  sampling: { temperature: 0.5, maxNewTokens: 96 },
  worker: { device: "cpu" },
  scm: { ...quickstart.scm, encoder: { ...quickstart.scm?.encoder, kind: "fresh", maxPositions: 128 } },
  entropy: { kind: "causal", coefficient: 0.02, schedule: "linear" },
  kl: { coefficient: 0.05, region: "format" },
  algorithm: {
    ...quickstart.algorithm,
    // Formulas are worth 10: within 0.2 of its old values the value head would never get there.
    valueClip: null,
    // Twice that pushes a policy of these longer utterances further than the clip allows, and it forgets.
    learningRate: 1e-4,
  },
  rollout: { environments: 64, stepsPerEnvironment: 8 },
  evaluation: { episodes: 200 },
  checkpoint: { every: 4, keep: 1 },
} as const satisfies Partial<ExperimentInput>;
