import type { Experiment } from "../config.ts";
import type { ModelShape } from "./shapes.ts";
import { plannedScm, type Workload } from "./workload.ts";

type FreshEncoder = Extract<NonNullable<Experiment["scm"]>["encoder"], { kind: "fresh" }>;

/** BERT's operations a layer. */
export const SCM_LAYER_OPERATIONS = 20;

/** Weights of the SCM that learn; a pretrained encoder's size stands in its folder and is not counted. */
export function scmParameters(experiment: Experiment, { text }: ModelShape, { factorLabels }: Workload): number {
  const encoder = freshEncoder(experiment);
  if (encoder === null) return 0;
  const { hiddenSize, maxPositions } = encoder;
  // BERT's embeddings of tokens, positions and one segment, with their norm; then its layers; then a head a factor.
  const embeddings = (text.vocabularySize + maxPositions + 1 + 2) * hiddenSize;
  const heads = factorLabels.reduce((sum, labels) => sum + (hiddenSize + 1) * labels, 0);
  return embeddings + encoder.layers * layerParameters(encoder) + heads;
}

/** FLOPs of one utterance's forward pass: two a weight and token in the layers, and the attention's 4·L·H a token. */
export function scmPassFlops(experiment: Experiment, utterance: number): number {
  const encoder = freshEncoder(experiment);
  if (encoder === null) return 0;
  const length = Math.min(utterance, encoder.maxPositions);
  return encoder.layers * length * (2 * layerParameters(encoder) + 4 * length * encoder.hiddenSize);
}

/** Bytes of one scoring pass: the MLP's two intermediate results and six states of every token, in `worker.dtype`. */
export function scmPassBytes(experiment: Experiment, utterance: number): number {
  const encoder = freshEncoder(experiment);
  const microBatch = scoringBatch(experiment);
  if (encoder === null) return 0;
  const bytes = experiment.worker.dtype === "bfloat16" ? 2 : 4;
  return microBatch * utterance * (2 * encoder.feedForwardSize + 6 * encoder.hiddenSize) * bytes;
}

/** Sequences in one scoring pass. */
export function scoringBatch({ weights }: Experiment): number {
  return "microBatch" in weights ? weights.microBatch : 1;
}

export function freshEncoder(experiment: Experiment): FreshEncoder | null {
  const encoder = plannedScm(experiment)?.encoder;
  return encoder?.kind === "fresh" ? encoder : null;
}

function layerParameters({ hiddenSize: H, feedForwardSize: F }: FreshEncoder): number {
  return 4 * (H + 1) * H + (H + 1) * F + (F + 1) * H + 4 * H;
}
