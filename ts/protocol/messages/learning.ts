import { z } from "zod";
import { entropyTerm, gradientTerm, klTerm, mismatchHandling, policyObjective } from "./objective.ts";
import { observationBatch } from "./observations.ts";
import { count, metrics, positive, positiveNumber, seed, stepIds, tensor } from "./scalars.ts";

/** What θ and φ learn from. */

export const addDemonstrations = {
  params: z
    .strictObject({ observations: observationBatch, utterances: z.array(z.string()).min(1) })
    .describe("Adds to the data that `fitSft` learns from; sent in as many calls as wished.")
    .meta({ id: "AddDemonstrationsParams" }),
  result: z.strictObject({ total: count.describe("Demonstrations held now.") }).meta({ id: "AddDemonstrationsResult" }),
};

export const fitSft = {
  params: z
    .strictObject({
      steps: positive,
      batchSize: positive,
      microBatch: positive,
      learningRate: positiveNumber.describe("Peak; falls to 0 along a cosine."),
      maxGradNorm: positiveNumber,
      seed,
    })
    .describe("Supervised fine-tuning on the added demonstrations, which are dropped afterwards.")
    .meta({ id: "FitSftParams" }),
  result: z
    .strictObject({ losses: tensor.describe("[steps] mean token cross-entropy, nats.") })
    .meta({ id: "FitSftResult" }),
};

export const textExamples = z
  .strictObject({
    kind: z.literal("texts"),
    texts: z.array(z.string()).min(1),
    labels: tensor.describe("int32 [N, F], indices into the factors' labels."),
  })
  .meta({ id: "TextExamples" });
export const stepExamples = z
  .strictObject({ kind: z.literal("steps"), stepIds, labels: tensor.describe("int32 [N, F]") })
  .meta({ id: "StepExamples" });

export const scmExamples = z.discriminatedUnion("kind", [textExamples, stepExamples]).meta({ id: "ScmExamples" });

export const fitScm = {
  params: z
    .strictObject({
      examples: scmExamples,
      steps: positive,
      batchSize: positive,
      learningRate: positiveNumber,
      maxGradNorm: positiveNumber,
      seed,
    })
    .describe("Cross-entropy of a given y (Algorithm 1, line 17), summed over factors.")
    .meta({ id: "FitScmParams" }),
  result: z
    .strictObject({ metrics: metrics.describe("scm/loss, scm/accuracy over the examples seen.") })
    .meta({ id: "FitScmResult" }),
};

export const updatePolicy = {
  params: z
    .strictObject({
      stepIds,
      advantages: tensor.describe("float32 [N], as the loss uses them."),
      returns: tensor.nullable().describe("float32 [N], targets of PPO's value head; null with AWR, which has none."),
      actionStarts: z
        .array(count.nullable())
        .describe("UTF-16 offset where the action part of the utterance begins; null: all of it is thought."),
      actionSpans: tensor.describe(
        "int32 [N, 2], UTF-16 offsets of the characters that decide the action, end exclusive; −1, −1: none do.",
      ),
      algorithm: policyObjective,
      entropy: entropyTerm.nullable(),
      gradient: gradientTerm,
      kl: klTerm.nullable(),
      mismatch: mismatchHandling,
      temperature: positiveNumber,
      seed,
    })
    .meta({ id: "UpdatePolicyParams" }),
  result: z.strictObject({ metrics }).meta({ id: "UpdatePolicyResult" }),
};

export const keepReference = {
  params: z
    .strictObject({})
    .describe("The present policy becomes the one that the KL term holds on to.")
    .meta({ id: "KeepReferenceParams" }),
  result: z.strictObject({}).meta({ id: "KeepReferenceResult" }),
};
