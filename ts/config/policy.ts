import { z } from "zod";
import {
  autoUiPolicy,
  checkpointPolicy,
  convolutionalPolicy,
  embeddedAutoUiPolicy,
  embeddedPolicy,
  lora,
} from "../protocol/messages/agent.ts";

/** What can act and learn, with defaults (docs/policies.md). */

const positive = z.int().min(1);
const fraction = z.number().min(0).max(1);
const positiveNumber = z.number().gt(0);

const embedded = embeddedPolicy
  .omit({ directory: true, corpus: true })
  .extend({
    vocabularySize: positive.default(512),
    tokens: embeddedPolicy.shape.tokens.default("words"),
    hiddenSize: positive.default(64),
    layers: positive.default(2),
    heads: positive.default(4),
    imageSize: positive.default(64).describe("Side in pixels of one vision tile."),
    patchSize: positive.default(32),
    visionHiddenSize: positive.default(64),
    visionLayers: positive.default(1),
    initialStd: positiveNumber.default(0.08).describe("Standard deviation of the initial weights."),
  })
  .describe("A small VLM with fresh weights; its tokenizer is trained on the demonstrations' text.");

export const checkpoint = checkpointPolicy.extend({
  lora: lora
    .extend({
      rank: positive.default(128),
      alpha: positiveNumber.default(256).describe("Updates are scaled by alpha / rank."),
      dropout: fraction.default(0.05),
      dropoutIn: lora.shape.dropoutIn.default("sft"),
      targets: lora.shape.targets.default("language"),
    })
    .nullable()
    .default(null)
    .describe("Low-rank adapters, which alone learn; rank, alpha and dropout are RL4VLM's. null: all weights learn."),
  isVisionFrozen: z.boolean().default(true).describe("Without LoRA: whether the vision tower keeps its weights."),
  gradientCheckpointing: z
    .boolean()
    .default(false)
    .describe("Compute activations again in the backward pass instead of keeping them."),
  attention: checkpointPolicy.shape.attention.default("sdpa"),
});

/** Mnih et al. (2015), Methods. */
const natureLayers = [
  { filters: 32, kernel: 8, stride: 4 },
  { filters: 64, kernel: 4, stride: 2 },
  { filters: 64, kernel: 3, stride: 1 },
];

const convolutional = convolutionalPolicy
  .omit({ utterances: true })
  .extend({
    imageSize: positive.default(84).describe("Side in pixels that images are brought to."),
    layers: convolutionalPolicy.shape.layers.default(natureLayers),
    hiddenSize: positive.default(512).describe("Features that actions and values are read from."),
  })
  .describe(
    "A convolutional network with fresh weights, which chooses among the environment's actions by pixels alone.",
  );

const embeddedAutoUi = embeddedAutoUiPolicy
  .omit({ directory: true, visionDirectory: true, corpus: true })
  .extend({
    vocabularySize: positive.default(512),
    hiddenSize: positive.default(64),
    layers: positive.default(2).describe("Of the encoder, and as many of the decoder."),
    heads: positive.default(4),
    imageSize: positive.default(64).describe("Side in pixels that images are brought to."),
    patchSize: positive.default(16),
    visionHiddenSize: positive.default(64).describe("Numbers that stand for an image."),
    visionLayers: positive.default(2),
  })
  .describe(
    "A small AutoUI with fresh weights, whose tokenizer is trained on the demonstrations' text; its vision model is fresh " +
      "too, and never changes.",
  );

export const policy = z.discriminatedUnion("kind", [embedded, checkpoint, convolutional, autoUiPolicy, embeddedAutoUi]);

/** Whether a policy is written anew by each run, with a tokenizer that is made from the demonstrations. */
export function isEmbedded({ kind }: z.output<typeof policy>): boolean {
  return kind === "embedded" || kind === "embedded-autoui";
}
