import { z } from "zod";
import { nonNegative, positive, positiveNumber, tensor } from "./scalars.ts";

/** Ways to causal weights B. Each names its equation; `docs/algorithm.md` compares them. */

const microBatch = positive.describe("Sequences in one pass; does not change the result.");

export const paperWeights = z
  .strictObject({ kind: z.literal("paper"), microBatch })
  .describe("Eq. 6: |P(a|y) − P(a|y with one token nullified)|.")
  .meta({ id: "PaperWeights" });

export const publishedWeights = z
  .strictObject({
    kind: z.literal("published"),
    window: positive.describe("Tokens nullified together, from position i on; cut at the utterance's end."),
    nullToken: z
      .enum(["unknown", "padding", "end"])
      .describe("The token of the policy's tokenizer that stands for y_null."),
    zeroed: z
      .array(z.enum(["special", "punctuation"]))
      .describe("Classes of tokens that get weight 0 before anything is normalised."),
    normalisation: z.enum(["none", "min-max"]).describe("Within each utterance."),
    power: positiveNumber.describe("Exponent after normalisation; the published code takes the square root."),
    microBatch,
  })
  .describe("Eq. 6 as the published code has it; each difference to the paper is a switch of its own.")
  .meta({ id: "PublishedWeights" });

export const gradientWeights = z
  .strictObject({ kind: z.literal("gradient"), microBatch })
  .describe("First-order approximation of Eq. 6: |⟨∂P(a|y)/∂e_i, e_null − e_i⟩|, cut to [0, 1]; one backward pass.")
  .meta({ id: "GradientWeights" });

export const hierarchicalWeights = z
  .strictObject({
    kind: z.literal("hierarchical"),
    threshold: nonNegative.describe(
      "Tokens of a span are weighed one by one when nullifying it whole changes P(a|y) by more.",
    ),
    longestSpan: positive.describe("Tokens; longer sentences and fields are split."),
    audited: positive.describe("Tokens drawn from the spans left out, weighed after all, to bound the error."),
    microBatch,
  })
  .describe("Eq. 6 for long utterances: spans first, tokens only inside spans that matter; the others get 0.")
  .meta({ id: "HierarchicalWeights" });

export const policyWeights = z
  .strictObject({
    kind: z.literal("policy"),
    spans: tensor.describe("int32 [N, 2], UTF-16 offsets of the characters that decide the action; −1, −1: none do."),
    temperature: positiveNumber,
    microBatch,
  })
  .describe(
    "Effects through the policy itself: |p_θ(deciding tokens|y) − p_θ(deciding tokens|y with token i nullified)| for what comes before them, 1 for themselves.",
  )
  .meta({ id: "PolicyWeights" });

export const givenWeights = z
  .strictObject({
    kind: z.literal("given"),
    weights: tensor.describe("float32, all utterances' weights one after another, in [0, 1]."),
  })
  .describe("Weights found elsewhere, such as by f^parse itself.")
  .meta({ id: "GivenWeights" });

export const weightMethod = z
  .discriminatedUnion("kind", [
    paperWeights,
    publishedWeights,
    gradientWeights,
    hierarchicalWeights,
    policyWeights,
    givenWeights,
  ])
  .meta({ id: "WeightMethod" });
