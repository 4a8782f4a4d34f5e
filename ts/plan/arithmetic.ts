import type { Card } from "./cards.ts";
import { adapterParameters, layerTextParameters, multipliedTextParameters, visionLinears } from "./parameters.ts";
import type { Range } from "./range.ts";
import type { ModelShape } from "./shapes.ts";

/** How a policy is computed, as far as it decides arithmetic. */
export interface Computation {
  /** Bytes of a number that is computed with. */
  readonly computeBytes: 2 | 4;
  /** null: no adapters. */
  readonly adapters: { readonly rank: number; readonly targets: "language" | "everything" } | null;
}

/** Matrix products of the checkpoint's own weights, and of adapters, whose weights learn where the others may not. */
export interface Flops {
  readonly base: number;
  readonly adapters: number;
}

/** Share of a card's peak that products of transformers reach. */
const UTILISATION: Range = { low: 0.25, high: 0.5 };
/** Share of a card's bandwidth that a decode step reaches. */
const BANDWIDTH_SHARE: Range = { low: 0.6, high: 0.85 };

/** Operations of one layer's forward pass, counted in transformers' code: norms, rotary positions, cache, attention, MLP. */
const TEXT_LAYER_OPERATIONS = 45;
const VISION_LAYER_OPERATIONS = 20;
/** Two casts, two products, a scale and a sum. */
const ADAPTER_OPERATIONS = 6;
const TEXT_ADAPTERS = 7;

/**
 * Bytes that a decode step has to read: each weight it multiplies by, the adapters in float32, and the cache of every
 * row. At batch 1 that is what bounds it, as each number is used once.
 */
export function decodeBytes({ text, vision }: ModelShape, how: Computation, rows: number, context: number): number {
  const { computeBytes, adapters } = how;
  const adapted = adapters === null ? 0 : adapterParameters({ text, vision, source: "" }, adapters).text * 4;
  const cache = rows * context * 2 * text.layers * text.keyValueHeads * text.headSize * computeBytes;
  return multipliedTextParameters(text) * computeBytes + adapted + cache;
}

/** FLOPs of a forward pass over `rows` prompts of `sequence` tokens, `visionTokens` of them a row in the vision tower. */
export function forwardFlops(
  shape: ModelShape,
  how: Computation,
  rows: number,
  sequence: number,
  visionTokens: number,
): Flops {
  const { text, vision } = shape;
  const attention = 4 * sequence * text.heads * text.headSize * text.layers;
  const tower = vision === null ? 0 : vision.layers * visionLayerParameters(vision);
  const adapters = how.adapters === null ? { text: 0, vision: 0 } : adapterParameters(shape, how.adapters);
  return {
    base: rows * (sequence * (2 * layerTextParameters(text) + attention) + visionTokens * 2 * tower),
    adapters: rows * 2 * (sequence * adapters.text + visionTokens * adapters.vision),
  };
}

/**
 * FLOPs of learning from `rows` steps. A product costs as much again for the gradient of its input, and once more for
 * that of its weights where they learn; recomputing costs another forward pass, a reference of the KL term too. Logits
 * are computed for utterances alone.
 */
export function learningFlops(
  shape: ModelShape,
  how: Computation & { readonly recomputes: boolean; readonly hasReference: boolean; readonly learnsVision: boolean },
  { rows, sequence, utterance, visionTokens }: Batch,
): Flops {
  const read = forwardFlops(shape, how, rows, sequence, 0);
  const seen = forwardFlops(shape, how, rows, 0, visionTokens);
  const again = (how.recomputes ? 1 : 0) + (how.hasReference ? 1 : 0);
  const frozen = 2 + again;
  const learned = 3 + again;
  const base = how.adapters === null ? learned : frozen;
  const vision = how.learnsVision ? base : 1 + (how.hasReference ? 1 : 0);
  const logits = rows * utterance * 2 * shape.text.vocabularySize * shape.text.hiddenSize * base;
  return {
    base: read.base * base + seen.base * vision + logits,
    adapters: (read.adapters + seen.adapters) * learned,
  };
}

/** Steps that are learned from in one pass. */
export interface Batch {
  readonly rows: number;
  /** Tokens of prompt and utterance. */
  readonly sequence: number;
  readonly utterance: number;
  readonly visionTokens: number;
}

/** Operations that a forward pass issues. */
export function forwardLaunches({ text, vision }: ModelShape, { adapters }: Computation, seesImages: boolean): number {
  const textLayer = TEXT_LAYER_OPERATIONS + (adapters === null ? 0 : TEXT_ADAPTERS * ADAPTER_OPERATIONS);
  const tower = seesImages && vision !== null ? vision.layers * VISION_LAYER_OPERATIONS : 0;
  return text.layers * textLayer + tower;
}

/** At the card's peak, and nothing lost: what no program can beat. */
export function boundSeconds(flops: Flops, { bfloat16Flops, float32Flops }: Card, computeBytes: 2 | 4): number {
  return (flops.base + flops.adapters) / (computeBytes === 2 ? bfloat16Flops : float32Flops);
}

/** Between what good programs reach and a cautious half of it, and never less than issuing the operations takes. */
export function expectedSeconds(bound: number, launches: number, { launchSeconds }: Card): Range {
  return {
    low: Math.max(bound / UTILISATION.high, launches * launchSeconds.low),
    high: Math.max(bound / UTILISATION.low, launches * launchSeconds.high),
  };
}

/** The same for a decode step, which waits for memory rather than for products. */
export function decodeSeconds(bytes: number, launches: number, { bandwidth, launchSeconds }: Card): Range {
  return {
    low: Math.max(bytes / bandwidth / BANDWIDTH_SHARE.high, launches * launchSeconds.low),
    high: Math.max(bytes / bandwidth / BANDWIDTH_SHARE.low, launches * launchSeconds.high),
  };
}

function visionLayerParameters(vision: NonNullable<ModelShape["vision"]>): number {
  return visionLinears(vision).reduce((sum, [inputs, outputs]) => sum + inputs * outputs, 0);
}
