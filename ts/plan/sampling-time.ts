import { hasEngineApart } from "../config/engine.ts";
import type { Experiment } from "../config.ts";
import {
  boundSeconds,
  decodeBytes,
  decodeSeconds,
  expectedSeconds,
  forwardFlops,
  forwardLaunches,
} from "./arithmetic.ts";
import type { Card } from "./cards.ts";
import { shareOf } from "./division.ts";
import { adaptersOf, computationOf, FLOAT32, weightCounts } from "./learning.ts";
import { plus, product, type Range, times } from "./range.ts";
import { slotsOf } from "./rows.ts";
import { READING_ROWS } from "./sampling-memory.ts";
import type { ModelShape } from "./shapes.ts";
import type { Workload } from "./workload.ts";

export interface DecodePlan {
  readonly rows: number;
  /** A step as the card's bandwidth alone would have it. */
  readonly boundSeconds: number;
  readonly seconds: Range;
}

/**
 * Bytes a second of weights that are written to a folder and read from it: from what memory files do, which is assumed, to
 * what SmolLM2 took on a busy CPU (`python -m bench.engines`, docs/engines.md: 0.54 GB in 3.9 s).
 */
const HAND_OVER_RATE: Range = { low: 0.14e9, high: 2e9 };

/** A token of each of so many rows, on the card of what speaks. */
export function decodePlan(
  experiment: Experiment,
  shape: ModelShape,
  { prompt, utterance }: Workload,
  card: Card,
  rows: number,
): DecodePlan {
  const how = computationOf(experiment);
  const bytes = decodeBytes(shape, how, rows, prompt + utterance.high / 2);
  const products = boundSeconds(forwardFlops(shape, how, rows, 1, 0), card, how.computeBytes);
  const launches = forwardLaunches(shape, how, false);
  // A CUDA graph issues all operations of a step at once; nobody has seen on a card how near vLLM comes to that.
  const fewest = experiment.worker.engine.kind === "vllm" && !card.isProcessor ? 1 : launches;
  const computed = expectedSeconds(products, 0, card);
  return {
    rows,
    boundSeconds: Math.max(bytes / card.bandwidth, products),
    seconds: {
      low: Math.max(decodeSeconds(bytes, fewest, card).low, computed.low),
      high: Math.max(decodeSeconds(bytes, launches, card).high, computed.high),
    },
  };
}

/**
 * `rows` utterances: their prompts, then a pass a token in as many slots as there are, filled again as they end.
 * @param seats utterances that the engine's cache has room for
 */
export function speakingSeconds(
  experiment: Experiment,
  shape: ModelShape,
  workload: Workload,
  card: Card,
  rows: number,
  seats: number,
): Range {
  const slots = Math.max(1, Math.min(slotsOf(experiment, rows), seats));
  const { seconds } = decodePlan(experiment, shape, workload, card, slots);
  const answered = product(times(seconds, rows / slots), workload.utterance);
  return plus(promptSeconds(experiment, shape, workload, card, rows), answered);
}

export function promptSeconds(
  experiment: Experiment,
  shape: ModelShape,
  { prompt, image }: Workload,
  card: Card,
  rows: number,
): Range {
  const how = computationOf(experiment);
  const flops = forwardFlops(shape, how, rows, prompt, image.vision);
  return expectedSeconds(
    boundSeconds(flops, card, how.computeBytes),
    forwardLaunches(shape, how, image.vision > 0),
    card,
  );
}

/** The learner's own pass over what was said in so many steps, of which each of its processes reads its share. */
export function readingSeconds(
  experiment: Experiment,
  shape: ModelShape,
  { prompt, utterance, image }: Workload,
  card: Card,
  numSteps: number,
): Range {
  const how = computationOf(experiment);
  const steps = shareOf(numSteps, experiment);
  const launches = forwardLaunches(shape, how, image.vision > 0) * Math.ceil(steps / READING_ROWS);
  const seconds = (length: number): Range => {
    const read = forwardFlops(shape, how, steps, prompt + length, image.vision);
    const logits = steps * length * 2 * shape.text.vocabularySize * shape.text.hiddenSize;
    const flops = { base: read.base + logits, adapters: read.adapters };
    return expectedSeconds(boundSeconds(flops, card, how.computeBytes), launches, card);
  };
  return { low: seconds(utterance.low).low, high: seconds(utterance.high).high };
}

/** Of what changes, adapters or all weights in float32, to an engine in a process of its own. */
export function handOverSeconds(experiment: Experiment, shape: ModelShape): Range {
  if (!hasEngineApart(experiment)) return { low: 0, high: 0 };
  const { frozen, learning } = weightCounts(experiment, shape);
  const bytes = (adaptersOf(experiment) === null ? frozen + learning : learning) * FLOAT32;
  return { low: bytes / HAND_OVER_RATE.high, high: bytes / HAND_OVER_RATE.low };
}
