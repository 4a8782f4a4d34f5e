import { defineExperiment } from "../../ts/index.ts";
import { small } from "./small.ts";

/** Points24 on a laptop. With seed 100 no formula came out right before SFT, after it or after RL; six iterations tell. */
export default defineExperiment({
  ...small,
  name: "points24",
  environment: { id: "points24", settings: { prompt: "brief" } },
  sampling: { temperature: 0.5, maxNewTokens: 128 },
  scm: { ...small.scm, encoder: { ...small.scm.encoder, maxPositions: 160 } },
  sft: { demonstrations: { count: 6000 }, steps: 220, learningRate: 2e-3 },
  iterations: 6,
});
