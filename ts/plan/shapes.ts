/** What of a checkpoint's configuration decides its memory and its arithmetic. Sizes in elements unless said otherwise. */
export interface ModelShape {
  readonly text: TextShape;
  /** null for a model that reads text alone. */
  readonly vision: VisionShape | null;
  /** Where the numbers come from. */
  readonly source: string;
}

/** A decoder of the Llama kind: RMS norms, rotary positions, a gated MLP. */
export interface TextShape {
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values, each shared by `heads / keyValueHeads` heads of queries. */
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly vocabularySize: number;
  /** Whether the output layer is the input embedding. */
  readonly sharesEmbeddings: boolean;
  /** Whether queries, keys and values have a bias, as in Qwen2. */
  readonly hasAttentionBias: boolean;
  /** Longest prompt and utterance together, in tokens; null where the configuration does not say. */
  readonly contextLength: number | null;
}

export type VisionShape = TiledVision | PatchVision;

interface VisionTransformer {
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly layers: number;
  readonly heads: number;
  /** Pixels. */
  readonly patchSize: number;
}

/** LLaVA-NeXT: a CLIP tower over an overview and tiles, then a projector of two layers. */
export interface TiledVision extends VisionTransformer {
  readonly kind: "tiles";
  /** Side of a tile in pixels. */
  readonly imageSize: number;
  /** Grids that an image may be cut by, [height, width] in pixels. */
  readonly pinpoints: readonly (readonly [number, number])[];
  /** Layers whose result is used: behind them nothing is learned. */
  readonly usedLayers: number;
}

/** Qwen2.5-VL: patches at the image's own resolution, then a merger of squares of patches. */
export interface PatchVision extends VisionTransformer {
  readonly kind: "patches";
  /** Side of a merged square, in patches. */
  readonly mergeSize: number;
  readonly minPixels: number;
  readonly maxPixels: number;
}

export const LLAVA_NEXT_PINPOINTS = [
  [336, 672],
  [672, 336],
  [672, 672],
  [1008, 336],
  [336, 1008],
] as const;

/** Of Qwen2.5-VL's image processor in transformers. */
export const QWEN_PIXELS = { minPixels: 56 * 56, maxPixels: 28 * 28 * 1280 } as const;

const qwenVision = {
  kind: "patches",
  hiddenSize: 1280,
  intermediateSize: 3420,
  layers: 32,
  heads: 16,
  patchSize: 14,
  mergeSize: 2,
  ...QWEN_PIXELS,
} as const satisfies PatchVision;

const qwenText7b = {
  hiddenSize: 3584,
  intermediateSize: 18_944,
  layers: 28,
  heads: 28,
  keyValueHeads: 4,
  headSize: 128,
  vocabularySize: 152_064,
  sharesEmbeddings: false,
  hasAttentionBias: true,
} as const;

/** Checkpoints that can be planned by their name on the hub, without a download. */
export const KNOWN_SHAPES: Readonly<Record<string, ModelShape>> = {
  "llava-hf/llava-v1.6-mistral-7b-hf": {
    text: {
      hiddenSize: 4096,
      intermediateSize: 14_336,
      layers: 32,
      heads: 32,
      keyValueHeads: 8,
      headSize: 128,
      vocabularySize: 32_064,
      sharesEmbeddings: false,
      hasAttentionBias: false,
      contextLength: 32_768,
    },
    vision: {
      kind: "tiles",
      hiddenSize: 1024,
      intermediateSize: 4096,
      layers: 24,
      heads: 16,
      imageSize: 336,
      patchSize: 14,
      pinpoints: LLAVA_NEXT_PINPOINTS,
      usedLayers: 23,
    },
    source: "the published config.json of llava-hf/llava-v1.6-mistral-7b-hf",
  },
  "Qwen/Qwen2.5-VL-7B-Instruct": {
    text: { ...qwenText7b, contextLength: 128_000 },
    vision: qwenVision,
    source: "the published config.json of Qwen/Qwen2.5-VL-7B-Instruct",
  },
  "Qwen/Qwen2.5-VL-3B-Instruct": {
    text: {
      ...qwenText7b,
      hiddenSize: 2048,
      intermediateSize: 11_008,
      layers: 36,
      heads: 16,
      keyValueHeads: 2,
      vocabularySize: 151_936,
      sharesEmbeddings: true,
      contextLength: 128_000,
    },
    vision: qwenVision,
    source: "the published config.json of Qwen/Qwen2.5-VL-3B-Instruct",
  },
  "Qwen/Qwen2.5-7B-Instruct": {
    text: { ...qwenText7b, contextLength: 32_768 },
    vision: null,
    source: "the published config.json of Qwen/Qwen2.5-7B-Instruct",
  },
};
