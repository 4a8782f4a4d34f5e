import type { Experiment } from "../config.ts";
import type { ModelShape, PatchVision, TextShape, TiledVision, VisionShape } from "./shapes.ts";

/** A linear layer as [inputs, outputs]; what LoRA adapts. */
type Linear = readonly [inputs: number, outputs: number];

/** Numbers of weights. */
export interface Parameters {
  readonly text: number;
  readonly vision: number;
  /** Between the vision tower and the language model, the newline's embedding included. */
  readonly projector: number;
}

export function parametersOf({ text, vision }: ModelShape): Parameters {
  return {
    text: textParameters(text),
    vision: vision === null ? 0 : towerParameters(vision),
    projector: vision?.kind === "tiles" ? projectorParameters(vision, text.hiddenSize) : mergerParameters(vision, text),
  };
}

/** Weights that a decode step multiplies by: every layer and the output layer, without the embeddings it looks up. */
export function multipliedTextParameters(text: TextShape): number {
  return text.layers * sum(textLinears(text)) + text.vocabularySize * text.hiddenSize;
}

/** Those of the layers alone, which every token of a prompt passes. */
export function layerTextParameters(text: TextShape): number {
  return text.layers * sum(textLinears(text));
}

/** RL4VLM's value head: hidden → 1024 → 512 → 1, no wider than the hidden size. */
export function valueHeadParameters(hiddenSize: number): number {
  const [first, second] = [Math.min(1024, hiddenSize), Math.min(512, hiddenSize)];
  return (hiddenSize + 1) * first + (first + 1) * second + second + 1;
}

/** AWR's critics on the policy's features: two heads on two states, and a linear one on an instruction; two classes each. */
export function criticParameters(algorithm: Experiment["algorithm"], hiddenSize: number): number {
  if (algorithm.kind === "ppo" || algorithm.critics === null) return 0;
  const { hiddenSize: width } = algorithm.critics;
  const head = (2 * hiddenSize + 1) * width + (width + 1) * width + (width + 1) * 2;
  return 2 * head + (hiddenSize + 1) * 2;
}

/** LoRA's weights: rank × (inputs + outputs) a linear layer, and which of them a loss reaches. */
export function adapterParameters(
  { text, vision }: ModelShape,
  { rank, targets }: { readonly rank: number; readonly targets: "language" | "everything" },
): { readonly text: number; readonly vision: number; readonly reached: number } {
  const width = (linears: readonly Linear[]): number => linears.reduce((total, [a, b]) => total + rank * (a + b), 0);
  const language = text.layers * width(textLinears(text));
  if (vision === null || targets === "language") return { text: language, vision: 0, reached: language };
  const layer = width(visionLinears(vision));
  const bridge = width(bridgeLinears(vision, text.hiddenSize));
  const used = vision.kind === "tiles" ? vision.usedLayers : vision.layers;
  return { text: language, vision: vision.layers * layer + bridge, reached: language + used * layer + bridge };
}

/** Of the vision tower, what a loss does not reach: what lies behind the layer that the projector reads. */
export function unreachedVisionParameters(vision: VisionShape): number {
  if (vision.kind === "patches") return 0;
  return (vision.layers - vision.usedLayers) * clipLayer(vision) + 2 * vision.hiddenSize;
}

export function textLinears({ hiddenSize, intermediateSize, heads, keyValueHeads, headSize }: TextShape): Linear[] {
  const [queries, keys] = [heads * headSize, keyValueHeads * headSize];
  return [
    [hiddenSize, queries],
    [hiddenSize, keys],
    [hiddenSize, keys],
    [queries, hiddenSize],
    [hiddenSize, intermediateSize],
    [hiddenSize, intermediateSize],
    [intermediateSize, hiddenSize],
  ];
}

export function visionLinears(vision: VisionShape): Linear[] {
  const { hiddenSize: hidden, intermediateSize: intermediate } = vision;
  if (vision.kind === "tiles") {
    const attention: Linear = [hidden, hidden];
    return [attention, attention, attention, attention, [hidden, intermediate], [intermediate, hidden]];
  }
  return [
    [hidden, 3 * hidden],
    [hidden, hidden],
    [hidden, intermediate],
    [hidden, intermediate],
    [intermediate, hidden],
  ];
}

function bridgeLinears(vision: VisionShape, textHidden: number): Linear[] {
  if (vision.kind === "tiles") {
    return [
      [vision.hiddenSize, textHidden],
      [textHidden, textHidden],
    ];
  }
  const merged = vision.hiddenSize * vision.mergeSize ** 2;
  return [
    [merged, merged],
    [merged, textHidden],
  ];
}

function textParameters(text: TextShape): number {
  const { hiddenSize, layers, heads, keyValueHeads, headSize, vocabularySize } = text;
  const bias = text.hasAttentionBias ? (heads + 2 * keyValueHeads) * headSize : 0;
  const layer = sum(textLinears(text)) + bias + 2 * hiddenSize;
  const embeddings = vocabularySize * hiddenSize * (text.sharesEmbeddings ? 1 : 2);
  return layers * layer + hiddenSize + embeddings;
}

function towerParameters(vision: VisionShape): number {
  return vision.kind === "tiles" ? clipParameters(vision) : patchTowerParameters(vision);
}

/** CLIP: biases everywhere but in the patch embedding, two layer norms a layer, one before and one behind all. */
function clipParameters(vision: TiledVision): number {
  const { hiddenSize, imageSize, patchSize, layers } = vision;
  const positions = Math.floor(imageSize / patchSize) ** 2 + 1;
  const embeddings = hiddenSize + 3 * patchSize ** 2 * hiddenSize + positions * hiddenSize;
  return embeddings + layers * clipLayer(vision) + 4 * hiddenSize;
}

function clipLayer(vision: TiledVision): number {
  const linears = visionLinears(vision);
  return sum(linears) + linears.reduce((total, [, outputs]) => total + outputs, 0) + 4 * vision.hiddenSize;
}

/** Qwen2.5-VL's tower without its merger: RMS norms, biases in every linear layer, patches of two frames. */
function patchTowerParameters(vision: PatchVision): number {
  const { hiddenSize, patchSize, layers } = vision;
  const linears = visionLinears(vision);
  const biases = linears.reduce((total, [, outputs]) => total + outputs, 0);
  return 3 * 2 * patchSize ** 2 * hiddenSize + layers * (sum(linears) + biases + 2 * hiddenSize);
}

function projectorParameters({ hiddenSize }: TiledVision, textHidden: number): number {
  return (hiddenSize + 1) * textHidden + (textHidden + 1) * textHidden + textHidden;
}

function mergerParameters(vision: PatchVision | null, { hiddenSize: textHidden }: TextShape): number {
  if (vision === null) return 0;
  const merged = vision.hiddenSize * vision.mergeSize ** 2;
  return vision.hiddenSize + (merged + 1) * merged + (merged + 1) * textHidden;
}

function sum(linears: readonly Linear[]): number {
  return linears.reduce((total, [inputs, outputs]) => total + inputs * outputs, 0);
}
