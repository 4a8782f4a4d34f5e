import { z } from "zod";
import { imageBatch, observationBatch } from "./observations.ts";
import { count, positive, positiveNumber, seed, stepIds, tensor } from "./scalars.ts";

/** Utterances: sampled, scored, spelt out, forgotten. */

export const act = {
  params: z
    .strictObject({
      observations: observationBatch,
      stepIds: stepIds.nullable().describe("Names to keep the steps under; null keeps nothing (evaluation)."),
      temperature: positiveNumber,
      greedy: z.boolean(),
      maxNewTokens: positive,
      seed,
      policy: z
        .enum(["present", "held"])
        .describe(
          "Who speaks: the present policy, or the one that an engine in a process of its own still holds. The latter, where there is such an engine, is answered in the middle of weighing and learning, too.",
        ),
    })
    .describe("Samples an utterance for each observation, as one batch.")
    .meta({ id: "ActParams" }),
  result: z
    .strictObject({
      utterances: z.array(z.string()),
      tokenCounts: z.array(positive),
      finished: z.array(z.boolean()).describe("Whether the utterance ended by itself."),
      logProbs: tensor.describe("float32 [N], of the utterance at the sampling temperature."),
      values: tensor.describe("float32 [N]"),
    })
    .meta({ id: "ActResult" }),
};

export const values = {
  params: z
    .strictObject({ observations: observationBatch })
    .describe("V(s) of each observation, by the present policy.")
    .meta({ id: "ValuesParams" }),
  result: z.strictObject({ values: tensor.describe("float32 [N]") }).meta({ id: "ValuesResult" }),
};

export const readAgain = {
  params: z
    .strictObject({ stepIds, temperature: positiveNumber })
    .describe(
      "Kept steps get log-probs, entropies and values of the present policy; what their tokens were drawn by stays.",
    )
    .meta({ id: "ReadAgainParams" }),
  result: z.strictObject({ values: tensor.describe("float32 [N]") }).meta({ id: "ReadAgainResult" }),
};

export const observe = {
  params: z
    .strictObject({ observations: observationBatch, stepIds })
    .describe("Keeps observations that nothing is said to, such as what lies behind an episode's last step.")
    .meta({ id: "ObserveParams" }),
  result: z.strictObject({ kept: count.describe("Steps held now.") }).meta({ id: "ObserveResult" }),
};

export const scoredStep = z
  .strictObject({
    stepId: count,
    tokens: z.array(z.string()).describe("Pieces whose concatenation is the utterance; the end token last."),
    logProbs: tensor.describe("float32 [L]"),
    sampledLogProbs: tensor.describe("float32 [L], as they were when the utterance was sampled."),
    entropies: tensor.describe("float32 [L], nats, whole vocabulary."),
    causalWeights: tensor.nullable().describe("float32 [L] of the last `weigh`."),
  })
  .meta({ id: "ScoredStep" });

export const score = {
  params: z
    .strictObject({
      stepIds,
      images: imageBatch.nullable().describe("Other images to score the same tokens under, one a step."),
      temperature: positiveNumber,
    })
    .describe("The policy's present view of utterances that it once sampled.")
    .meta({ id: "ScoreParams" }),
  result: z.strictObject({ steps: z.array(scoredStep) }).meta({ id: "ScoreResult" }),
};

export const readTokens = {
  params: z
    .strictObject({
      stepIds,
      alternatives: count.describe(
        "Other draws of each token, given the tokens before it; 0: none, and no pass of the policy.",
      ),
      temperature: positiveNumber,
      seed,
    })
    .describe("The tokens of kept utterances as text, and what the policy might have said in each place.")
    .meta({ id: "ReadTokensParams" }),
  result: z
    .strictObject({
      pieces: z
        .array(z.array(z.string()))
        .describe("[N][L], whose concatenation is the utterance; the end token is empty."),
      alternatives: z
        .array(z.array(z.array(z.string())))
        .describe("[N][L][alternatives], drawn with replacement; what was said may be among them."),
    })
    .meta({ id: "ReadTokensResult" }),
};

export const forgetSteps = {
  params: z
    .strictObject({ stepIds: stepIds.nullable().describe("null: all of them.") })
    .meta({ id: "ForgetStepsParams" }),
  result: z.strictObject({ kept: count }).meta({ id: "ForgetStepsResult" }),
};

export type ScoredStep = z.output<typeof scoredStep>;
