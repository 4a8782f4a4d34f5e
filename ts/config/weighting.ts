import { z } from "zod";
import {
  gradientWeights,
  hierarchicalWeights,
  paperWeights,
  policyWeights,
  publishedWeights,
} from "../protocol/messages/causal-weights.ts";
import { clipCovTokens, highEntropyTokens, klCovTokens } from "../protocol/messages/objective.ts";

/** How causal weights come about, and what per-token weights do in the objective. */

const positive = z.int().min(1);
const fraction = z.number().min(0).max(1);
const microBatch = positive.default(32).describe("Sequences in one pass; does not change the result.");

/** f^parse itself on nullified utterances (Eq. 4 with D = 1 where the action changes); needs no SCM. */
const exactWeights = z.strictObject({
  kind: z.literal("exact"),
  window: positive.default(1).describe("Tokens replaced together, from position i on; cut at the utterance's end."),
  replacements: z
    .strictObject({
      null: z.boolean().default(true).describe("By what y_null looks like as text."),
      delete: z.boolean().default(false).describe("By nothing."),
      sampled: z.int().min(0).default(0).describe("By so many draws of the policy in the token's place."),
    })
    .prefault({})
    .describe("B^i is the share of them that changes the action."),
});

export const weights = z
  .discriminatedUnion("kind", [
    paperWeights.extend({ microBatch }),
    publishedWeights.extend({
      window: positive.default(4),
      nullToken: publishedWeights.shape.nullToken.default("unknown"),
      zeroed: publishedWeights.shape.zeroed.default(["special", "punctuation"]),
      normalisation: publishedWeights.shape.normalisation.default("min-max"),
      power: z.number().gt(0).default(0.5),
      microBatch,
    }),
    exactWeights,
    gradientWeights.extend({ microBatch }),
    hierarchicalWeights.extend({
      threshold: z.number().min(0).default(0.01),
      longestSpan: positive.default(64),
      audited: positive.default(64),
      microBatch,
    }),
    policyWeights.omit({ spans: true, temperature: true }).extend({ microBatch }),
  ])
  .describe("Where causal weights come from: `paper` is Eq. 6, `published` the authors' code, `exact` f^parse itself.");

const strength = {
  coefficient: z.number().min(0).describe("α, or where it starts when there is a target."),
  reduction: z.enum(["sum", "mean"]).default("sum").describe("Over an utterance's tokens; Eq. 7 sums."),
  schedule: z.enum(["constant", "linear"]).default("constant").describe("`linear`: α falls to 0 over the iterations."),
  target: z
    .strictObject({
      entropy: z.number().min(0).describe("Nats of weighted entropy an utterance, by `reduction`."),
      rate: z.number().gt(0).default(0.1).describe("log α moves by this times the relative gap, each iteration."),
      largest: z.number().gt(0).default(1).describe("Bound on α."),
    })
    .nullable()
    .default(null)
    .describe(
      "Adapts α to hold the weighted entropy at a target (as SAC adapts its temperature); null: α is scheduled.",
    ),
};
const floor = fraction.default(0).describe("Weight of a token without effect: B becomes floor + (1 − floor) · B.");
const highEntropyShare = fraction
  .default(0.2)
  .describe("Of all tokens of an iteration, by their entropy when sampled.");

export const entropy = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }).describe("RL"),
  z.strictObject({ kind: z.literal("uniform"), ...strength }).describe("RL + H, Eq. 2"),
  z.strictObject({ kind: z.literal("causal"), floor, ...strength }).describe("CoSo, Eq. 7"),
  z.strictObject({ kind: z.literal("action"), ...strength }).describe("Only from the action key on."),
  z.strictObject({ kind: z.literal("span"), ...strength }).describe("Only where f^parse read the action."),
  z
    .strictObject({ kind: z.literal("high-entropy"), share: highEntropyShare, ...strength })
    .describe("Only the tokens of highest entropy."),
]);

export const gradient = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("uniform") }),
    z.strictObject({ kind: z.literal("causal"), floor }),
    z.strictObject({ kind: z.literal("action") }),
    z.strictObject({ kind: z.literal("span") }),
    highEntropyTokens.extend({ share: highEntropyShare }),
    clipCovTokens.extend({
      share: fraction.default(2e-4),
      low: z.number().default(1),
      high: z.number().default(5),
    }),
    klCovTokens.extend({ share: fraction.default(2e-3), coefficient: z.number().min(0).default(1) }),
  ])
  .describe(
    "Which tokens the policy gradient reaches, and how far: a weight in [0, 1] each, apart from the entropy's.",
  );
