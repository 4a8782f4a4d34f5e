import { z } from "zod";
import { weightMethod } from "./causal-weights.ts";
import { metrics, positive, seed, stepIds, tensor } from "./scalars.ts";

/** What φ is asked. */

export const weigh = {
  params: z
    .strictObject({ stepIds, labels: tensor.describe("int32 [N, F], the parsed action."), method: weightMethod, seed })
    .describe("Causal weights with the present φ (Algorithm 1, lines 13–14), kept beside the steps.")
    .meta({ id: "WeighParams" }),
  result: z
    .strictObject({
      weights: tensor.describe("float32, all utterances' weights one after another."),
      lengths: z.array(positive).describe("Tokens of each utterance."),
      metrics: metrics.describe("How the weights came about, such as bounds on their error."),
    })
    .meta({ id: "WeighResult" }),
};

export const predictActions = {
  params: z
    .strictObject({ stepIds, labels: tensor.describe("int32 [N, F], the parsed action.") })
    .describe("What φ expects f^parse to make of kept utterances.")
    .meta({ id: "PredictActionsParams" }),
  result: z
    .strictObject({
      predicted: tensor.describe("int32 [N, F], the likeliest label of each factor."),
      confidences: tensor.describe("float32 [N], P of the predicted labels together."),
      likelihoods: tensor.describe("float32 [N], P(a|y) of the parsed action."),
    })
    .meta({ id: "PredictActionsResult" }),
};
