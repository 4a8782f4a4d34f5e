import { defineExperiment } from "../../ts/index.ts";
import { small } from "./small.ts";

/** EZPoints on a laptop. SFT stops where about half of the formulas come out right, so that RL has something to do. */
export default defineExperiment({
  ...small,
  name: "ezpoints",
  environment: { id: "ezpoints", settings: { prompt: "brief" } },
  sft: { demonstrations: { count: 6000 }, steps: 220, learningRate: 2e-3 },
  iterations: 12,
});
