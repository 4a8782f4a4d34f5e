import { z } from "zod";
import { count, nonNegative, positive, positiveNumber, ratio, stepIds } from "./scalars.ts";

export const uniformTokens = z
  .strictObject({ kind: z.literal("uniform") })
  .describe("Every token counts 1.")
  .meta({ id: "UniformTokens" });
export const causalTokens = z
  .strictObject({
    kind: z.literal("causal"),
    floor: ratio.describe("Weight of a token without effect: B becomes floor + (1 − floor) · B."),
  })
  .describe("B^i of the last `weigh`.")
  .meta({ id: "CausalTokens" });
export const actionTokens = z
  .strictObject({ kind: z.literal("action") })
  .describe("1 from the action key on, 0 for the thoughts before it.")
  .meta({ id: "ActionTokens" });
export const spanTokens = z
  .strictObject({ kind: z.literal("span") })
  .describe("1 for tokens whose characters f^parse read the action from, else 0.")
  .meta({ id: "SpanTokens" });
export const highEntropyTokens = z
  .strictObject({
    kind: z.literal("high-entropy"),
    share: ratio.describe("Of all tokens of the update, by entropy when sampled."),
  })
  .describe("1 for the tokens of highest entropy, else 0.")
  .meta({ id: "HighEntropyTokens" });
export const clipCovTokens = z
  .strictObject({
    kind: z.literal("clip-cov"),
    share: ratio.describe("Of all tokens of the update."),
    low: z.number(),
    high: z.number(),
  })
  .describe(
    "0 for a random share of the tokens whose covariance of log-prob and advantage lies in [low, high], else 1.",
  )
  .meta({ id: "ClipCovTokens" });
export const klCovTokens = z
  .strictObject({
    kind: z.literal("kl-cov"),
    share: ratio.describe("Of all tokens of the update, those of highest covariance."),
    coefficient: nonNegative.describe("Of |log π_old − log π| at those tokens."),
  })
  .describe(
    "Weight 1 throughout; the tokens of highest covariance of log-prob and advantage are held back by a KL term.",
  )
  .meta({ id: "KlCovTokens" });

const tokenKinds = [uniformTokens, causalTokens, actionTokens, spanTokens, highEntropyTokens] as const;

export const entropyTerm = z
  .strictObject({
    weights: z.discriminatedUnion("kind", tokenKinds).meta({ id: "TokenWeights" }),
    coefficient: nonNegative.describe("α"),
    reduction: z.enum(["sum", "mean"]).describe("Over an utterance's tokens; Eq. 7 sums."),
  })
  .describe("α Σ_i w_i H(y^i|y^<i): RL + H with uniform weights (Eq. 2), CoSo with causal ones (Eq. 7).")
  .meta({ id: "EntropyTerm" });

export const gradientTerm = z
  .discriminatedUnion("kind", [...tokenKinds, clipCovTokens, klCovTokens])
  .describe(
    "Weights of tokens in the policy gradient. They scale gradients of log-probs, never log-probs, so ratios stay true.",
  )
  .meta({ id: "GradientTerm" });

export const ppoSettings = z
  .strictObject({
    kind: z.literal("ppo"),
    clip: positiveNumber,
    valueClip: positiveNumber.nullable(),
    valueCoefficient: nonNegative,
    valueGradient: z
      .enum(["shared", "detached"])
      .describe("Whether the value loss also trains the policy's backbone, as in RL4VLM, or its head alone."),
    ratioGuard: positiveNumber
      .nullable()
      .describe("RL4VLM: where the ratio exceeds this, the unclipped surrogate is dropped."),
    thoughtCoefficient: nonNegative.describe("λ on the log-probs of tokens before the action."),
    epochs: positive,
    batchSize: positive.describe("Steps in one optimiser step."),
    microBatch: positive.describe("Steps in one forward and backward pass; does not change the result."),
    learningRate: nonNegative,
    valueLearningRate: nonNegative,
    maxGradNorm: positiveNumber,
    valueOnly: z.boolean().describe("Train the value head alone (warm-up)."),
  })
  .meta({ id: "PpoSettings" });

export const awrSettings = z
  .strictObject({
    kind: z.literal("awr"),
    thoughtCoefficient: nonNegative.describe(
      "λ on the log-probs of tokens before the action; DigiRL counts all alike, 1.",
    ),
    steps: count.describe("Optimiser steps; 0 leaves the policy as it is."),
    batchSize: positive.describe("Steps in one optimiser step, drawn anew for each."),
    microBatch: positive.describe("Steps in one forward and backward pass; does not change the result."),
    learningRate: nonNegative,
    maxGradNorm: positiveNumber,
    freshStepIds: stepIds.describe(
      "Kept steps that the present policy sampled: log-probs of sampling and training are compared on these alone.",
    ),
  })
  .describe("Advantage-weighted regression: −mean(A · log π) over steps, whichever policy sampled them.")
  .meta({ id: "AwrSettings" });

export const policyObjective = z.discriminatedUnion("kind", [ppoSettings, awrSettings]).meta({ id: "PolicyObjective" });

export const klTerm = z
  .strictObject({
    coefficient: nonNegative,
    region: z
      .enum(["utterance", "thoughts", "format"])
      .describe("All tokens; those before the action part; or all but those whose characters decide the action."),
  })
  .describe("Full-vocabulary KL(π ‖ reference), summed over tokens, averaged over steps.")
  .meta({ id: "KlTerm" });

export const mismatchHandling = z
  .strictObject({
    truncation: positiveNumber
      .nullable()
      .describe("Largest importance weight π_old(y) / π_drawn(y) of a step, which scales its term; null: no weights."),
    largestMean: positiveNumber
      .nullable()
      .describe("Mean gap of a token's log-probs, nats, above which the update is refused; null: never."),
  })
  .describe("What is done where tokens were not drawn by the probabilities of the policy that learns.")
  .meta({ id: "MismatchHandling" });

export type EntropyTerm = z.output<typeof entropyTerm>;
export type PpoSettings = z.output<typeof ppoSettings>;
export type AwrSettings = z.output<typeof awrSettings>;
export type PolicyObjective = z.output<typeof policyObjective>;
