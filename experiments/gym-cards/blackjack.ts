import { defineExperiment } from "../../ts/index.ts";
import { small } from "./small.ts";

/** Blackjack on a laptop, from demonstrations of which one in five is a mistake. */
export default defineExperiment({
  ...small,
  name: "blackjack",
  environment: { id: "blackjack", settings: { prompt: "brief" } },
  sft: { demonstrations: { count: 6000 }, steps: 220, learningRate: 2e-3 },
  iterations: 12,
  // The best play wins about 43 %, and half of what there is to gain is three points.
  evaluation: { episodes: 500 },
});
