import { z } from "zod";
import { count, positive, positiveNumber, ratio } from "./scalars.ts";

/** What a worker is built from: θ, φ, and the actions that φ predicts. */

export const embeddedPolicy = z
  .strictObject({
    kind: z.literal("embedded"),
    directory: z.string().describe("Folder that the checkpoint is written to, then loaded from like any other."),
    corpus: z.array(z.string()).min(1).describe("The domain's text: what the tokenizer is trained on."),
    vocabularySize: positive,
    tokens: z
      .enum(["words", "fields"])
      .describe(
        "What a token is part of: `words` parts letters, digits and punctuation marks from one another; `fields` parts at white space and behind colons alone.",
      ),
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

export const lora = z
  .strictObject({
    rank: positive,
    alpha: positiveNumber.describe("Updates are scaled by alpha / rank."),
    dropout: ratio,
    dropoutIn: z
      .enum(["nothing", "sft", "sft-and-rl"])
      .describe(
        "Where the dropout is on. In RL it makes PPO's ratio differ from 1 before the first step, as in the reference.",
      ),
    targets: z
      .enum(["language", "everything"])
      .describe("Linear layers that get an adapter: the language model's, or the vision tower's and projector's too."),
  })
  .describe("Low-rank adapters by peft. They alone learn; the checkpoint's own weights stay as they are.")
  .meta({ id: "Lora" });

export const checkpointPolicy = z
  .strictObject({
    kind: z.literal("checkpoint"),
    path: z.string().min(1).describe("Folder in Hugging Face's form, or a name on its hub."),
    lora: lora.nullable().describe("null: all weights learn."),
    isVisionFrozen: z.boolean().describe("Without LoRA: whether the vision tower keeps its weights."),
    gradientCheckpointing: z
      .boolean()
      .describe("Compute activations again in the backward pass instead of keeping them."),
    attention: z.enum(["sdpa", "eager", "flash_attention_2"]),
  })
  .describe("A checkpoint of a known family, large or small.")
  .meta({ id: "CheckpointPolicy" });

const convolution = z
  .strictObject({ filters: positive, kernel: positive.describe("Side in pixels."), stride: positive })
  .describe("A square convolution without padding, and a ReLU after it.")
  .meta({ id: "Convolution" });

export const convolutionalPolicy = z
  .strictObject({
    kind: z.literal("convolutional"),
    utterances: z.array(z.string()).min(1).describe("What the policy can say, one utterance an action."),
    imageSize: positive.describe("Side in pixels that images are brought to."),
    layers: z.array(convolution).min(1),
    hiddenSize: positive.describe("Features that actions and values are read from."),
  })
  .describe("A convolutional network over pixels that reads no text; an utterance is one token.")
  .meta({ id: "ConvolutionalPolicy" });

export const autoUiPolicy = z
  .strictObject({
    kind: z.literal("autoui"),
    path: z
      .string()
      .min(1)
      .describe("Folder of a T5 with image_dense, mha_layer and gate_dense, or a name on Hugging Face's hub."),
    vision: z
      .string()
      .min(1)
      .describe("Folder of a BLIP-2, or of its vision model alone, or a name on the hub; it never changes."),
  })
  .describe("AutoUI: a T5 whose encoder states are mixed with pooled features of one image.")
  .meta({ id: "AutoUiPolicy" });

export const embeddedAutoUiPolicy = z
  .strictObject({
    kind: z.literal("embedded-autoui"),
    directory: embeddedPolicy.shape.directory,
    visionDirectory: z.string().describe("The same, of the vision model."),
    corpus: embeddedPolicy.shape.corpus,
    vocabularySize: positive,
    hiddenSize: positive,
    layers: positive.describe("Of the encoder, and as many of the decoder."),
    heads: positive,
    imageSize: positive.describe("Side in pixels that images are brought to."),
    patchSize: positive,
    visionHiddenSize: positive.describe("Numbers that stand for an image."),
    visionLayers: positive,
  })
  .describe("A small AutoUI with fresh weights, over a small vision model whose fresh weights never change.")
  .meta({ id: "EmbeddedAutoUiPolicy" });

export const policySpec = z
  .discriminatedUnion("kind", [
    embeddedPolicy,
    checkpointPolicy,
    convolutionalPolicy,
    autoUiPolicy,
    embeddedAutoUiPolicy,
  ])
  .meta({ id: "PolicySpec" });

export const transformersEngine = z
  .strictObject({
    kind: z.literal("transformers"),
    slots: positive.describe("Utterances in the making at once; further prompts wait until one has ended."),
    ownProcess: z
      .boolean()
      .describe(
        "Whether a copy of the policy samples in a process of its own, so that sampling and learning overlap; it gets the weights after each change.",
      ),
    cudaDevice: count
      .nullable()
      .describe(
        "Of an engine in a process of its own: which of the CUDA devices that the worker sees; null: as the worker.",
      ),
  })
  .describe("The policy that learns samples by itself, or a copy of it does.")
  .meta({ id: "TransformersEngine" });

export const vllmEngine = z
  .strictObject({
    kind: z.literal("vllm"),
    python: z.string().min(1).describe("Interpreter of the environment that vLLM is installed in."),
    slots: transformersEngine.shape.slots,
    memoryShare: ratio.describe("Of the accelerator's memory, for vLLM's weights and cache together."),
    cacheGigabytes: positiveNumber
      .nullable()
      .describe("Cache of keys and values, 1e9 bytes; null: what memoryShare leaves, or 1 GiB without an accelerator."),
    sleep: z
      .boolean()
      .describe("Whether vLLM gives its accelerator's memory back while the policy learns, where both share one."),
    cudaDevice: transformersEngine.shape.cudaDevice,
  })
  .describe("vLLM, in a process and an environment of its own, gets the policy's weights after each change.")
  .meta({ id: "VllmEngine" });

export const freshEncoder = z
  .strictObject({
    kind: z.literal("fresh"),
    hiddenSize: positive,
    layers: positive,
    heads: positive,
    feedForwardSize: positive,
    dropout: ratio,
    maxPositions: positive.describe("Longest utterance that it reads, in tokens; the rest is cut off."),
  })
  .describe("A BERT with fresh weights, whose vocabulary is the policy's.")
  .meta({ id: "FreshEncoder" });

export const pretrainedEncoder = z
  .strictObject({
    kind: z.literal("pretrained"),
    path: z
      .string()
      .min(1)
      .describe(
        "Folder of a BERT-family checkpoint with its own tokenizer, or `package:NAME` for the Python package that carries one.",
      ),
    isFrozen: z.boolean().describe("Train the heads alone, on features that do not change."),
  })
  .describe(
    "A pretrained BERT that reads the utterance's text; the policy's tokens are mapped to its own by characters.",
  )
  .meta({ id: "PretrainedEncoder" });

export const engineSpec = z.discriminatedUnion("kind", [transformersEngine, vllmEngine]).meta({ id: "EngineSpec" });

const scmEncoder = z.discriminatedUnion("kind", [freshEncoder, pretrainedEncoder]).meta({ id: "ScmEncoder" });

export const scmSpec = z
  .strictObject({
    encoder: scmEncoder,
    pooling: z
      .enum(["masked-mean", "padded-mean"])
      .describe("Mean over an utterance's tokens, or, as in the published code, over the batch's padding too."),
  })
  .describe("The network that approximates P(a | y).")
  .meta({ id: "ScmSpec" });

export const policyFeatures = z
  .strictObject({ kind: z.literal("policy") })
  .describe("The policy's own backbone, at a prompt's last token; nothing flows back into it.")
  .meta({ id: "PolicyFeatures" });

export const textFeatures = z
  .strictObject({ kind: z.literal("pretrained"), path: pretrainedEncoder.shape.path })
  .describe("A frozen pretrained BERT reads texts; what is seen still comes from the policy's backbone.")
  .meta({ id: "TextFeatures" });

export const criticSpec = z
  .strictObject({
    encoder: z.discriminatedUnion("kind", [policyFeatures, textFeatures]).meta({ id: "CriticEncoder" }),
    hiddenSize: positive.describe("Of both hidden layers of each step-level head."),
  })
  .describe("AWR's critics: a step-level one with two heads, and an instruction-level one.")
  .meta({ id: "CriticSpec" });

export const actionFactor = z
  .strictObject({ name: z.string(), labels: z.array(z.string()).min(2) })
  .describe("A closed label set, the `invalid` label included.")
  .meta({ id: "ActionFactor" });

export type EngineSpec = z.output<typeof engineSpec>;
export type PolicySpec = z.output<typeof policySpec>;
