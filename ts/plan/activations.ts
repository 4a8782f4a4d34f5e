import { textLinears, visionLinears } from "./parameters.ts";
import type { ModelShape, TextShape, VisionShape } from "./shapes.ts";

/** How weights learn, as far as it decides what a pass keeps. */
export interface Learning {
  /** Bytes of a number that is computed with: 4 in float32, 2 in bfloat16. */
  readonly computeBytes: 2 | 4;
  /** null: the weights themselves learn. */
  readonly adapters: { readonly rank: number; readonly dropsOut: boolean } | null;
}

/** Bytes of float32, in which norms, statistics and optimisers work whatever the base computes in. */
const FLOAT32 = 4;

/**
 * Bytes that autograd keeps of one token in one layer of the decoder, until the backward pass comes by. With hidden size
 * H, attention width A, MLP width I, sequence S, c bytes a number:
 *
 * - norms: two inputs in float32; where weights learn, the normalised states too
 * - linear layers: the input of each. An adapter reads a copy of its own (in bfloat16, or behind dropout)
 * - attention: queries, keys and values of all heads, and the result, 4cA; its normaliser, 4 a head; its mask, cS
 * - MLP: gate, its activation and the other half, 3cI
 *
 * `test/plan/torch-bytes.test.ts` holds it against what autograd keeps.
 */
export function keptTextBytes(text: TextShape, { computeBytes: c, adapters }: Learning, sequence: number): number {
  const { hiddenSize: H, intermediateSize: I, heads, headSize } = text;
  const A = heads * headSize;
  const statistics = 2 * FLOAT32 + FLOAT32 * heads + c * sequence;
  const shared = statistics + 4 * c * A + 3 * c * I;
  if (adapters === null) {
    return c === 4 ? shared + 20 * H + 4 * A + 4 * I : shared + 16 * H + 8 * H + 2 * A + 2 * I;
  }
  const ownCopies = c === 2 || adapters.dropsOut;
  const inputs = c * ((ownCopies ? 5 : 1) * H + A + I);
  const norms = 2 * FLOAT32 * H;
  return shared + norms + inputs + lowRankBytes(textLinears(text), c, adapters);
}

/** The same for the vision tower: layer norms in the tower's precision, an MLP of one branch; no mask. */
export function keptVisionBytes(vision: VisionShape, { computeBytes: c, adapters }: Learning): number {
  const { hiddenSize: H, intermediateSize: I, heads } = vision;
  const branches = vision.kind === "tiles" ? 2 : 3;
  // RMS norms work in float32, as the decoder's do.
  const norms = vision.kind === "tiles" ? 2 * c * H : 2 * FLOAT32 * H * (adapters === null ? 2 : 1);
  const shared = norms + 4 * FLOAT32 + 4 * c * H + FLOAT32 * heads + branches * c * I;
  if (adapters === null) return shared + 2 * c * H + c * I;
  const linears = visionLinears(vision);
  const ownCopies = c === 2 || adapters.dropsOut;
  const copied = linears.reduce((bytes, [inputs]) => bytes + c * inputs, 0);
  return shared + (ownCopies ? copied : 2 * c * H + c * I) + lowRankBytes(linears, c, adapters);
}

/**
 * What is kept once, before the first layer and behind the last: where image states replace embeddings, the final norm's
 * input; where weights learn, also what it made of it and the pixels that the patch embedding read.
 */
export function keptEdgeBytes(
  { text, vision }: ModelShape,
  { computeBytes: c, adapters }: Learning,
  tokens: number,
  visionTokens: number,
): number {
  const H = text.hiddenSize;
  const isWhole = adapters === null;
  const frames = vision?.kind === "patches" ? 2 : 1;
  const pixels = vision === null || !isWhole ? 0 : visionTokens * 3 * frames * vision.patchSize ** 2 * c;
  return tokens * (H + (isWhole ? 2 : 1) * FLOAT32 * H) + pixels;
}

/** Each adapter keeps what lies between its two factors and, with dropout, a mask of one byte an input. */
function lowRankBytes(
  linears: readonly (readonly [number, number])[],
  computeBytes: number,
  { rank, dropsOut }: NonNullable<Learning["adapters"]>,
): number {
  const masks = dropsOut ? linears.reduce((bytes, [inputs]) => bytes + inputs, 0) : 0;
  return linears.length * computeBytes * rank + masks;
}

/**
 * Bytes a token that one layer needs for a moment and then frees, in a pass that keeps nothing: the MLP's three
 * intermediate results, or its product with the float32 copy that an adapter reads; beside them the states.
 */
export function passingTextBytes({ hiddenSize: H, intermediateSize: I }: TextShape, learning: Learning): number {
  const { computeBytes: c, adapters } = learning;
  const copies = adapters !== null && c === 2 ? FLOAT32 : 0;
  return Math.max(3 * c, c + copies) * I + (2 * c + FLOAT32 + copies) * H;
}

/** What is computed at once on an accelerator (`python/coso_worker/policies/token_statistics.py`). */
export const LONGEST_CHUNK = 2048;
export const CHUNK_LOGITS = 2 ** 25;

/**
 * Bytes of the logits in a training pass. Log-probs and probabilities are kept in float32 for the backward pass, 8 V a
 * token; what leads to them and their gradients need about 12 V more for a moment. Beyond a chunk nothing is kept.
 */
export function logitsBytes(tokens: number, { vocabularySize: V }: TextShape): number {
  return Math.min(tokens, LONGEST_CHUNK, Math.floor(CHUNK_LOGITS / V)) * 20 * V;
}
