import { z } from "zod";

/**
 * Everything that crosses the wire, and the one source of it: JSON Schema and the Python classes are generated from
 * here (`npm run protocol`), and `hello` compares the schema's hash on both sides.
 *
 * Rules: no optional fields (`null` says "absent"); no unknown fields; a union is tagged by `kind`; dense numbers are
 * {@link tensor}s; images are one raw frame beside the message. N steps, L utterance tokens, F action factors.
 */

const count = z.int().min(0).meta({ id: "Count" });
const positive = z.int().min(1).meta({ id: "Positive" });
const seed = z
  .int()
  .min(0)
  .max(0xffff_ffff)
  .describe("Unsigned 32-bit; the worker has no other source of chance.")
  .meta({ id: "Seed" });
const ratio = z.number().min(0).max(1).meta({ id: "Ratio" });
const positiveNumber = z.number().gt(0).meta({ id: "PositiveNumber" });
const nonNegative = z.number().min(0).meta({ id: "NonNegative" });
const stepIds = z
  .array(count)
  .describe("Names of steps whose tokens, log-probs and images the worker keeps.")
  .meta({ id: "StepIds" });
const metrics = z.record(z.string(), z.number()).meta({ id: "Metrics" });

const bytes = z.instanceof(Uint8Array<ArrayBufferLike>);

export const tensor = z
  .strictObject({
    dtype: z.enum(["float32", "int32"]),
    shape: z.array(count),
    data: bytes.describe("Little-endian, C order."),
  })
  .refine(({ shape, data }) => shape.reduce((product, size) => product * size, 1) * 4 === data.byteLength, {
    error: "the shape does not account for the bytes (4 a number)",
  })
  .meta({ id: "Tensor" });

export const imageBatch = z
  .strictObject({
    frame: count.describe("Which raw frame of this message, counted from 0, holds the pixels."),
    number: positive,
    height: positive,
    width: positive,
  })
  .describe("`number` RGB images of one size, contiguous, rows from the top, uint8.")
  .meta({ id: "ImageBatch" });

export const observationBatch = z
  .strictObject({
    prompts: z.array(z.string()).min(1),
    images: imageBatch.nullable(),
    imageIndex: z.array(count).nullable().describe("For each prompt its image within `images`; null without images."),
  })
  .meta({ id: "ObservationBatch" });

// ── what the worker is built from ────────────────────────────────────────────────────────────────────────────────────

export const embeddedPolicy = z
  .strictObject({
    kind: z.literal("embedded"),
    directory: z.string().describe("Folder that the checkpoint is written to, then loaded from like any other."),
    corpus: z.array(z.string()).min(1).describe("The domain's text: what the tokenizer is trained on."),
    vocabularySize: positive,
    hiddenSize: positive,
    layers: positive,
    heads: positive,
    imageSize: positive.describe("Side in pixels of one vision tile."),
    patchSize: positive,
    visionHiddenSize: positive,
    visionLayers: positive,
    initialStd: positiveNumber.describe("Standard deviation of the initial weights."),
  })
  .describe("A small LLaVA-NeXT from a Hugging Face configuration, with fresh weights.")
  .meta({ id: "EmbeddedPolicy" });

export const checkpointPolicy = z
  .strictObject({ kind: z.literal("checkpoint"), path: z.string().min(1) })
  .describe("A checkpoint by folder, in Hugging Face's form.")
  .meta({ id: "CheckpointPolicy" });

export const policySpec = z.discriminatedUnion("kind", [embeddedPolicy, checkpointPolicy]).meta({ id: "PolicySpec" });

export const scmSpec = z
  .strictObject({
    hiddenSize: positive,
    layers: positive,
    heads: positive,
    feedForwardSize: positive,
    dropout: ratio,
    maxPositions: positive,
  })
  .describe("The BERT that approximates P(a | y); its vocabulary is the policy's.")
  .meta({ id: "ScmSpec" });

export const actionFactor = z
  .strictObject({ name: z.string(), labels: z.array(z.string()).min(2) })
  .describe("A closed label set, the `invalid` label included.")
  .meta({ id: "ActionFactor" });

// ── causal weights, entropy and loss settings ────────────────────────────────────────────────────────────────────────

export const paperWeights = z
  .strictObject({
    kind: z.literal("paper"),
    microBatch: positive.describe("Sequences in one pass of the SCM."),
  })
  .describe("Eq. 6: |P(a|y) − P(a|y with one token nullified)|.")
  .meta({ id: "PaperWeights" });

export const publishedWeights = z
  .strictObject({
    kind: z.literal("published"),
    window: positive.describe("Tokens nullified together, from position i on; the published code uses 4."),
    microBatch: positive,
  })
  .describe("The published variant: window, punctuation zeroed, min-max per utterance, square root.")
  .meta({ id: "PublishedWeights" });

export const weightMethod = z.discriminatedUnion("kind", [paperWeights, publishedWeights]).meta({ id: "WeightMethod" });

const entropyReduction = z.enum(["sum", "mean"]);
export const noEntropy = z.strictObject({ kind: z.literal("none") }).meta({ id: "NoEntropy" });
export const uniformEntropy = z
  .strictObject({ kind: z.literal("uniform"), coefficient: nonNegative, reduction: entropyReduction })
  .describe("RL + H: every token's entropy counts alike (Eq. 2).")
  .meta({ id: "UniformEntropy" });
export const causalEntropy = z
  .strictObject({ kind: z.literal("causal"), coefficient: nonNegative, reduction: entropyReduction })
  .describe("CoSo: token entropies weighted by B^i (Eq. 7). The steps must have been weighed.")
  .meta({ id: "CausalEntropy" });
export const entropyTerm = z
  .discriminatedUnion("kind", [noEntropy, uniformEntropy, causalEntropy])
  .meta({ id: "EntropyTerm" });

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

export const klTerm = z
  .strictObject({
    coefficient: nonNegative,
    region: z
      .enum(["utterance", "thoughts", "format"])
      .describe("All tokens; those before the action part; or all but those whose characters decide the action."),
  })
  .describe("Full-vocabulary KL(π ‖ reference), summed over tokens, averaged over steps.")
  .meta({ id: "KlTerm" });

// ── methods ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const hello = {
  params: z.strictObject({ protocol: z.string(), client: z.string() }).meta({ id: "HelloParams" }),
  result: z
    .strictObject({
      protocol: z.string().describe("SHA-256 of the JSON Schema, hexadecimal."),
      versions: z.record(z.string(), z.string()),
      device: z.string(),
      threads: positive,
      pid: positive,
    })
    .meta({ id: "HelloResult" }),
};

const build = {
  params: z
    .strictObject({
      seed,
      device: z.enum(["auto", "cpu", "cuda"]),
      dtype: z.enum(["float32", "bfloat16"]),
      policy: policySpec,
      factors: z.array(actionFactor).min(1),
      scm: scmSpec.nullable(),
    })
    .meta({ id: "BuildParams" }),
  result: z
    .strictObject({
      policyParameters: count,
      valueHeadParameters: count,
      scmParameters: count,
      vocabularySize: positive,
      device: z.string(),
    })
    .meta({ id: "BuildResult" }),
};

const addDemonstrations = {
  params: z
    .strictObject({ observations: observationBatch, utterances: z.array(z.string()).min(1) })
    .describe("Adds to the data that `fitSft` learns from; sent in as many calls as wished.")
    .meta({ id: "AddDemonstrationsParams" }),
  result: z.strictObject({ total: count.describe("Demonstrations held now.") }).meta({ id: "AddDemonstrationsResult" }),
};

const fitSft = {
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

const fitScm = {
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

const act = {
  params: z
    .strictObject({
      observations: observationBatch,
      stepIds: stepIds.nullable().describe("Names to keep the steps under; null keeps nothing (evaluation)."),
      temperature: positiveNumber,
      greedy: z.boolean(),
      maxNewTokens: positive,
      seed,
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

export const scoredStep = z
  .strictObject({
    stepId: count,
    tokens: z.array(z.string()).describe("Pieces whose concatenation is the utterance; the end token last."),
    logProbs: tensor.describe("float32 [L]"),
    entropies: tensor.describe("float32 [L], nats, whole vocabulary."),
    causalWeights: tensor.nullable().describe("float32 [L] of the last `weigh`."),
  })
  .meta({ id: "ScoredStep" });

const score = {
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

const weigh = {
  params: z
    .strictObject({ stepIds, labels: tensor.describe("int32 [N, F], the parsed action."), method: weightMethod })
    .describe("Causal weights with the present φ (Algorithm 1, lines 13–14), kept beside the steps.")
    .meta({ id: "WeighParams" }),
  result: z
    .strictObject({
      weights: tensor.describe("float32, all utterances' weights one after another."),
      lengths: z.array(positive).describe("Tokens of each utterance."),
    })
    .meta({ id: "WeighResult" }),
};

const updatePolicy = {
  params: z
    .strictObject({
      stepIds,
      advantages: tensor.describe("float32 [N], as the loss uses them."),
      returns: tensor.describe("float32 [N], targets of the value head."),
      actionStarts: z
        .array(count.nullable())
        .describe("UTF-16 offset where the action part of the utterance begins; null: all of it is thought."),
      actionSpans: tensor.describe(
        "int32 [N, 2], UTF-16 offsets of the characters that decide the action, end exclusive; −1, −1: none do.",
      ),
      algorithm: ppoSettings,
      entropy: entropyTerm,
      kl: klTerm.nullable(),
      temperature: positiveNumber,
      seed,
    })
    .meta({ id: "UpdatePolicyParams" }),
  result: z.strictObject({ metrics }).meta({ id: "UpdatePolicyResult" }),
};

const keepReference = {
  params: z
    .strictObject({})
    .describe("The present policy becomes the one that the KL term holds on to.")
    .meta({ id: "KeepReferenceParams" }),
  result: z.strictObject({}).meta({ id: "KeepReferenceResult" }),
};

const forgetSteps = {
  params: z
    .strictObject({ stepIds: stepIds.nullable().describe("null: all of them.") })
    .meta({ id: "ForgetStepsParams" }),
  result: z.strictObject({ kept: count }).meta({ id: "ForgetStepsResult" }),
};

const save = {
  params: z
    .strictObject({
      directory: z.string().min(1),
      parts: z.enum(["all", "policy"]).describe("`policy`: what is needed to act; `all`: what is needed to go on."),
    })
    .meta({ id: "SaveParams" }),
  result: z.strictObject({ bytes: count }).meta({ id: "SaveResult" }),
};

const load = {
  params: z.strictObject({ directory: z.string().min(1) }).meta({ id: "LoadParams" }),
  result: z.strictObject({ parts: z.enum(["all", "policy"]) }).meta({ id: "LoadResult" }),
};

const stats = {
  params: z.strictObject({}).meta({ id: "StatsParams" }),
  result: z
    .strictObject({
      peakMemoryBytes: count.describe("Resident on the host."),
      peakDeviceMemoryBytes: count.describe("0 without an accelerator."),
      keptSteps: count,
      seconds: z.record(z.string(), z.number()).describe("Spent in each method since the start."),
    })
    .meta({ id: "StatsResult" }),
};

const shutdown = {
  params: z.strictObject({}).meta({ id: "ShutdownParams" }),
  result: z.strictObject({}).meta({ id: "ShutdownResult" }),
};

/** Method → what it takes and gives. A new message is one entry here, one method in `python/coso_worker/handlers.py`. */
export const methods = {
  hello,
  build,
  addDemonstrations,
  fitSft,
  fitScm,
  act,
  score,
  weigh,
  updatePolicy,
  keepReference,
  forgetSteps,
  save,
  load,
  stats,
  shutdown,
} as const;

export type Methods = typeof methods;
export type Method = keyof Methods;
export type Params<M extends Method> = z.output<Methods[M]["params"]>;
export type Result<M extends Method> = z.output<Methods[M]["result"]>;

// ── envelopes: frame 0 of a message; raw frames follow ───────────────────────────────────────────────────────────────

/** `params` belongs to `method`; each side checks it against the method's own schema. */
export const request = z.strictObject({ id: count, method: z.string(), params: z.unknown() }).meta({ id: "Request" });

export const resultReply = z
  .strictObject({ kind: z.literal("result"), id: count, result: z.unknown() })
  .meta({ id: "ResultReply" });
export const errorReply = z
  .strictObject({
    kind: z.literal("error"),
    id: count,
    code: z.string().describe("Stable name of the failure, such as `unknown-step` or `out-of-memory`."),
    message: z.string(),
    traceback: z.string(),
  })
  .meta({ id: "ErrorReply" });
export const progressReply = z
  .strictObject({ kind: z.literal("progress"), id: count, done: count, total: positive, metrics })
  .meta({ id: "ProgressReply" });
export const heartbeatReply = z
  .strictObject({ kind: z.literal("heartbeat") })
  .describe("Sent every second, whatever the worker is doing.")
  .meta({ id: "HeartbeatReply" });
export const reply = z
  .discriminatedUnion("kind", [resultReply, errorReply, progressReply, heartbeatReply])
  .meta({ id: "Reply" });

export type Tensor = z.output<typeof tensor>;
export type ObservationBatch = z.output<typeof observationBatch>;
export type PolicySpec = z.output<typeof policySpec>;
export type EntropyTerm = z.output<typeof entropyTerm>;
export type PpoSettings = z.output<typeof ppoSettings>;
export type ScoredStep = z.output<typeof scoredStep>;
export type Request = z.output<typeof request>;
export type Reply = z.output<typeof reply>;
export type Metrics = z.output<typeof metrics>;
