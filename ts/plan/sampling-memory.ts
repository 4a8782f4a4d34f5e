import { hasEngineApart } from "../config/engine.ts";
import { oldLogProbsOf } from "../config/old-log-probs.ts";
import type { Experiment } from "../config.ts";
import { CHUNK_LOGITS, LONGEST_CHUNK, passingTextBytes } from "./activations.ts";
import { divisionOf, shardedWeights } from "./division.ts";
import { FLOAT32, learningOf, loweredCopies } from "./learning.ts";
import { evaluationRows, rolloutRows, slotsOf } from "./rows.ts";
import type { ModelShape } from "./shapes.ts";
import type { Workload } from "./workload.ts";

/** `MICRO_BATCH` of python/coso_worker/engines/reading_again.py. */
export const READING_ROWS = 16;
/** Logits of a pass without gradients: scaled, their logarithms, probabilities, and the product of the two. */
const READING_LOGITS = 4 * FLOAT32;

/**
 * What a policy of the worker's needs to speak, in bytes by name. Utterances in the making: the cache of keys and values,
 * 2 · layers · key-value heads · head size a place, with room for two utterances in a slot that is filled again; what a
 * pass over the prompts needs for a moment; every layer's states of the vision tower, which are kept until the projector
 * has read one of them.
 */
export function speakingParts(
  rows: number,
  experiment: Experiment,
  shape: ModelShape,
  { prompt, image, utterance }: Workload,
): Record<string, number> {
  const { text, vision } = shape;
  const learning = learningOf(experiment, "evaluation");
  const c = learning.computeBytes;
  const slots = slotsOf(experiment, rows);
  const places = prompt + utterance.high * (rows > slots ? 2 : 1);
  return {
    cache: slots * places * cacheBytes(text, c),
    prompts: slots * prompt * passingTextBytes(text, learning),
    images: vision === null ? 0 : slots * image.vision * (vision.layers + 1) * c * vision.hiddenSize,
    logits: slots * text.vocabularySize * 4 * FLOAT32,
    ...loweredCopies(experiment, shape),
    ...gatheredToSpeak(experiment, shape),
  };
}

/** Whether the policy that learns reads what was said once more: kept steps, or with an engine apart all of them. */
export function readsAgain(experiment: Experiment): boolean {
  if (hasEngineApart(experiment)) return true;
  return experiment.iterations > 0 && oldLogProbsOf(experiment) !== "sampled";
}

/** What reading again needs, in bytes by name: passes over prompts with their utterances that keep nothing. */
export function readingParts(
  experiment: Experiment,
  shape: ModelShape,
  { prompt, image, utterance }: Workload,
): Record<string, number> {
  const { text, vision } = shape;
  const learning = learningOf(experiment, "evaluation");
  const rows = Math.min(READING_ROWS, rowsRead(experiment));
  const tokens = rows * utterance.high;
  const chunk = Math.min(tokens, LONGEST_CHUNK, Math.floor(CHUNK_LOGITS / text.vocabularySize));
  return {
    passes: rows * (prompt + utterance.high) * passingTextBytes(text, learning),
    images: vision === null ? 0 : rows * image.vision * (vision.layers + 1) * learning.computeBytes * vision.hiddenSize,
    logits: chunk * text.vocabularySize * READING_LOGITS,
    ...loweredCopies(experiment, shape),
    ...gatheredToSpeak(experiment, shape),
  };
}

/** With rollouts that run ahead, all steps of one are read in a row; else what was said at once. */
function rowsRead(experiment: Experiment): number {
  const { iterations, rollout } = experiment;
  if (iterations > 0 && rollout.staleness > 0) return READING_ROWS;
  const evaluated = hasEngineApart(experiment) ? evaluationRows(experiment) : 0;
  return Math.max(evaluated, iterations > 0 ? rolloutRows(experiment) : 0);
}

/** Keys and values of one token in all layers, bytes. */
export function cacheBytes({ layers, keyValueHeads, headSize }: ModelShape["text"], computeSize: number): number {
  return 2 * layers * keyValueHeads * headSize * computeSize;
}

/** Whoever speaks has all weights: ranks decode on their own. */
function gatheredToSpeak(experiment: Experiment, shape: ModelShape): Record<string, number> {
  if (!divisionOf(experiment).isSharded) return {};
  const { layer, root } = shardedWeights(shape);
  return { gatheredWeights: (shape.text.layers * layer + root) * FLOAT32 };
}
