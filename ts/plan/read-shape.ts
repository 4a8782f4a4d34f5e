import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Experiment } from "../config.ts";
import { ConfigError } from "../errors.ts";
import { KNOWN_SHAPES, LLAVA_NEXT_PINPOINTS, type ModelShape, QWEN_PIXELS, type TextShape } from "./shapes.ts";

/**
 * The shape of an experiment's policy, from a checkpoint folder's config.json, the table of known checkpoints, or the
 * embedded policy's settings. Nothing is downloaded.
 * @throws ConfigError when there is no telling: an unknown name, a missing or unreadable file, an unknown family.
 */
export function shapeOf(policy: Experiment["policy"]): ModelShape {
  switch (policy.kind) {
    case "embedded":
      return embeddedShape(policy);
    case "checkpoint":
      return KNOWN_SHAPES[policy.path] ?? folderShape(policy.path);
    case "convolutional":
      throw new ConfigError("policy.kind: plans are for policies that speak; a convolutional one fits anywhere");
    case "autoui":
    case "embedded-autoui":
      throw new ConfigError(
        `policy.kind: plans know decoders alone, and "${policy.kind}" has an encoder too; AutoUI's base with BLIP-2's ` +
          "vision model takes 8 GB of weights, gradients and moments in float32, beside what a pass keeps",
      );
  }
}

/** As `python/coso_worker/policies/embedded.py` writes it; the tokenizer may turn out smaller. */
function embeddedShape(policy: Extract<Experiment["policy"], { kind: "embedded" }>): ModelShape {
  const { hiddenSize, layers, heads, vocabularySize, imageSize, patchSize, visionHiddenSize, visionLayers } = policy;
  return {
    text: {
      hiddenSize,
      intermediateSize: 4 * hiddenSize,
      layers,
      heads,
      keyValueHeads: heads,
      headSize: hiddenSize / heads,
      vocabularySize,
      sharesEmbeddings: false,
      hasAttentionBias: false,
      contextLength: 4096,
    },
    vision: {
      kind: "tiles",
      hiddenSize: visionHiddenSize,
      intermediateSize: 4 * visionHiddenSize,
      layers: visionLayers,
      heads,
      imageSize,
      patchSize,
      pinpoints: [[imageSize, imageSize]],
      usedLayers: visionLayers,
    },
    source: "the embedded policy's settings",
  };
}

function folderShape(path: string): ModelShape {
  const file = join(path, "config.json");
  const shape = readShape(readJson(file, path), path);
  return { ...shape, source: file };
}

function readJson(file: string, path: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConfigError(
      `policy.path: expected a folder with a config.json or one of ${Object.keys(KNOWN_SHAPES).join(", ")}, ` +
        `received ${path}; download the checkpoint, or at least its config.json, and name the folder`,
      { cause },
    );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`${file}: no valid JSON; download it again`, { cause });
  }
}

const count = z.int().min(1);

/** Defaults are those of transformers' configuration classes, which leaves out of a file what does not differ. */
const textFields = {
  hidden_size: count.default(4096),
  num_hidden_layers: count.default(32),
  num_attention_heads: count.default(32),
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  max_position_embeddings: count.nullish(),
  tie_word_embeddings: z.boolean().default(false),
};
const decoders = {
  llama: z.looseObject({
    ...textFields,
    intermediate_size: count.default(11_008),
    vocab_size: count.default(32_000),
    attention_bias: z.boolean().nullish(),
  }),
  mistral: z.looseObject({
    ...textFields,
    intermediate_size: count.default(14_336),
    vocab_size: count.default(32_000),
    num_key_value_heads: count.default(8),
  }),
  qwen2: z.looseObject({
    ...textFields,
    intermediate_size: count.default(22_016),
    vocab_size: count.default(151_936),
  }),
} as const;
type DecoderType = keyof typeof decoders;

const clipTower = z.looseObject({
  hidden_size: count.default(768),
  intermediate_size: count.default(3072),
  num_hidden_layers: count.default(12),
  num_attention_heads: count.default(12),
  image_size: count.default(224),
  patch_size: count.default(32),
});

const llavaNext = z.looseObject({
  text_config: z.looseObject({ model_type: z.string().default("llama") }),
  vision_config: clipTower,
  vision_feature_layer: z.int().default(-2),
  image_grid_pinpoints: z.array(z.tuple([count, count])).default(LLAVA_NEXT_PINPOINTS.map(([h, w]) => [h, w])),
  tie_word_embeddings: z.boolean().default(false),
});

const qwenVl = z.looseObject({
  vision_config: z.looseObject({
    depth: count.default(32),
    hidden_size: count.default(3584),
    intermediate_size: count.default(3420),
    num_heads: count.default(16),
    patch_size: count.default(14),
    spatial_merge_size: count.default(2),
  }),
});

function readShape(config: unknown, path: string): Omit<ModelShape, "source"> {
  const { model_type: family } = parsed(z.looseObject({ model_type: z.string() }), config, path);
  switch (family) {
    case "llama":
    case "mistral":
    case "qwen2":
      return { text: readText(family, config, path), vision: null };
    case "llava_next":
      return readLlavaNext(config, path);
    case "qwen2_5_vl":
      return readQwenVl(config, path);
    default:
      throw new ConfigError(
        `policy.path: ${path} is a ${family}; plans know llava_next, qwen2_5_vl, ${Object.keys(decoders).join(", ")}`,
      );
  }
}

function readLlavaNext(config: unknown, path: string): Omit<ModelShape, "source"> {
  const { text_config, vision_config, vision_feature_layer, image_grid_pinpoints, tie_word_embeddings } = parsed(
    llavaNext,
    config,
    path,
  );
  const type = text_config.model_type;
  if (!isDecoder(type)) {
    throw new ConfigError(`policy.path: ${path} has a ${type} inside; plans know ${Object.keys(decoders).join(", ")}`);
  }
  const text = readText(type, text_config, path);
  const layers = vision_config.num_hidden_layers;
  return {
    text: { ...text, sharesEmbeddings: text.sharesEmbeddings || tie_word_embeddings },
    vision: {
      kind: "tiles",
      hiddenSize: vision_config.hidden_size,
      intermediateSize: vision_config.intermediate_size,
      layers,
      heads: vision_config.num_attention_heads,
      imageSize: vision_config.image_size,
      patchSize: vision_config.patch_size,
      pinpoints: image_grid_pinpoints,
      // States are counted with the embedding as number 0, or from the end.
      usedLayers: vision_feature_layer < 0 ? layers + 1 + vision_feature_layer : vision_feature_layer,
    },
  };
}

function readQwenVl(config: unknown, path: string): Omit<ModelShape, "source"> {
  const { vision_config, text_config, ...rest } = parsed(
    qwenVl.extend({ text_config: z.looseObject({}).optional() }),
    config,
    path,
  );
  // Older files keep the decoder's settings beside the tower's.
  const text = readText("qwen2", { ...rest, ...text_config }, path);
  return {
    text,
    vision: {
      kind: "patches",
      hiddenSize: vision_config.hidden_size,
      intermediateSize: vision_config.intermediate_size,
      layers: vision_config.depth,
      heads: vision_config.num_heads,
      patchSize: vision_config.patch_size,
      mergeSize: vision_config.spatial_merge_size,
      ...readPixels(path),
    },
  };
}

const pixels = z.looseObject({
  min_pixels: count.nullish(),
  max_pixels: count.nullish(),
  size: z.looseObject({ shortest_edge: count.nullish(), longest_edge: count.nullish() }).nullish(),
});

/** Bounds on an image's size, which stand with the image processor; newer files call them edges, but mean areas. */
function readPixels(path: string): { minPixels: number; maxPixels: number } {
  const file = join(path, "preprocessor_config.json");
  if (!existsSync(file)) return QWEN_PIXELS;
  const { min_pixels, max_pixels, size } = parsed(pixels, readJson(file, path), path);
  return {
    minPixels: min_pixels ?? size?.shortest_edge ?? QWEN_PIXELS.minPixels,
    maxPixels: max_pixels ?? size?.longest_edge ?? QWEN_PIXELS.maxPixels,
  };
}

function readText(type: DecoderType, config: unknown, path: string): TextShape {
  const decoder = parsed<z.output<(typeof decoders)[DecoderType]>>(decoders[type], config, path);
  const heads = decoder.num_attention_heads;
  const hasLlamaBias = "attention_bias" in decoder && decoder.attention_bias === true;
  return {
    hiddenSize: decoder.hidden_size,
    intermediateSize: decoder.intermediate_size,
    layers: decoder.num_hidden_layers,
    heads,
    keyValueHeads: decoder.num_key_value_heads ?? heads,
    headSize: decoder.head_dim ?? decoder.hidden_size / heads,
    vocabularySize: decoder.vocab_size,
    sharesEmbeddings: decoder.tie_word_embeddings,
    hasAttentionBias: type === "qwen2" || hasLlamaBias,
    contextLength: decoder.max_position_embeddings ?? null,
  };
}

function isDecoder(type: string): type is DecoderType {
  return Object.hasOwn(decoders, type);
}

function parsed<Output>(schema: z.ZodType<Output>, config: unknown, path: string): Output {
  const result = schema.safeParse(config);
  if (result.success) return result.data;
  throw new ConfigError(`policy.path: ${join(path, "config.json")}:\n${z.prettifyError(result.error)}`);
}
