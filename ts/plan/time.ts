import { oldLogProbsOf } from "../config/old-log-probs.ts";
import type { Experiment } from "../config.ts";
import {
  boundSeconds,
  type Computation,
  decodeBytes,
  decodeSeconds,
  expectedSeconds,
  forwardFlops,
  forwardLaunches,
  learningFlops,
} from "./arithmetic.ts";
import type { Card } from "./cards.ts";
import { divisionOf, exchangeSeconds, shareOf } from "./division.ts";
import { type IterationWork, iterationWork } from "./iteration-work.ts";
import {
  adaptersOf,
  computeBytes,
  episodesAtOnce,
  evaluationRows,
  hasLearningVision,
  rolloutRows,
  slotsOf,
  weightCounts,
} from "./memory.ts";
import { freshEncoder, SCM_LAYER_OPERATIONS, scmPassFlops, scoringBatch } from "./scm.ts";
import type { ModelShape } from "./shapes.ts";
import { plannedScm, type Range, reportedEvaluations, type Workload } from "./workload.ts";

/** Seconds, but for counts. */
export interface TimePlan {
  readonly environmentSteps: number;
  readonly sampledTokens: Range;
  /** Tokens of prompts and utterances that updates pass through, over all epochs. */
  readonly learnedTokens: Range;
  readonly decode: DecodePlan;
  /** Of one iteration. */
  readonly iteration: Readonly<Record<"rollout" | "weigh" | "fitScm" | "update", Range>>;
  /** Of the whole run. */
  readonly run: Readonly<Record<"sft" | "scm" | "rollout" | "weigh" | "fitScm" | "update" | "evaluation", Range>>;
  readonly total: Range;
}

export interface DecodePlan {
  readonly rows: number;
  /** A step as the card's bandwidth alone would have it. */
  readonly boundSeconds: number;
  readonly seconds: Range;
}

const NOTHING: Range = { low: 0, high: 0 };
/** `MICRO_BATCH` of python/coso_worker/engines/reading_again.py. */
const RECOMPUTED_ROWS = 16;

/** How long an experiment takes on a card, by phase. Environments are not counted: a step takes them well under 1 ms. */
export function timePlan(experiment: Experiment, shape: ModelShape, workload: Workload, card: Card): TimePlan {
  const { iterations, evaluation } = experiment;
  const { prompt, utterance, episodeSteps } = workload;
  const speak = (rows: number): Range => speakingSeconds(experiment, shape, workload, card, rows);

  const first = iterationWork(experiment, workload, 0);
  const later = iterationWork(experiment, workload, 1);
  const inAll = (of: (work: IterationWork) => number): number =>
    iterations === 0 ? 0 : of(first) + (iterations - 1) * of(later);
  const of = (work: IterationWork): TimePlan["iteration"] =>
    iterationSeconds(experiment, shape, workload, card, work, speak(rolloutRows(experiment)));
  const [firstSeconds, iteration] = [of(first), of(later)];
  const overIterations = (phase: keyof TimePlan["iteration"]): Range =>
    iterations === 0 ? NOTHING : plus(firstSeconds[phase], times(iteration[phase], iterations - 1));
  const { sft, scm } = { sft: experiment.sft, scm: plannedScm(experiment) };
  const selections = evaluation.selection;
  const episodes =
    reportedEvaluations(experiment) * evaluation.episodes +
    (selections === null ? 0 : Math.ceil(iterations / selections.every) * selections.episodes);
  const rows = evaluationRows(experiment);
  const spoken = iterations === 0 ? rows : rolloutRows(experiment);
  const run = {
    sft:
      sft === null
        ? NOTHING
        : learningSeconds(experiment, shape, workload, card, {
            rows: sft.microBatch,
            passes: sft.steps * Math.ceil(sft.batchSize / sft.microBatch),
            updates: sft.steps,
            utterance: { low: utterance.low, high: utterance.low },
            hasReference: false,
          }),
    scm: fitScmSeconds(experiment, workload, card, scm?.pretraining ?? null),
    rollout: overIterations("rollout"),
    weigh: overIterations("weigh"),
    fitScm: overIterations("fitScm"),
    update: overIterations("update"),
    evaluation: product(speak(rows), times(episodeSteps, episodes / episodesAtOnce(experiment))),
  };
  return {
    environmentSteps: inAll(({ steps }) => steps),
    sampledTokens: times(
      utterance,
      inAll(({ steps }) => steps),
    ),
    learnedTokens: times(
      { low: prompt + utterance.low, high: prompt + utterance.high },
      inAll(({ learned }) => learned),
    ),
    decode: decodePlan(experiment, shape, workload, card, slotsOf(experiment, spoken)),
    iteration: iterations === 1 ? firstSeconds : iteration,
    run,
    total: Object.values(run).reduce(plus, NOTHING),
  };
}

/** `speaking`: of one batch of utterances. */
function iterationSeconds(
  experiment: Experiment,
  shape: ModelShape,
  workload: Workload,
  card: Card,
  work: IterationWork,
  speaking: Range,
): TimePlan["iteration"] {
  const { rollout, algorithm, kl } = experiment;
  const value = (prompts: number): Range => promptSeconds(experiment, shape, workload, card, prompts);
  // PPO's values come with what is said; what critics look at, every process reads by itself.
  const valuedRows = (rows: number): number => (algorithm.kind === "ppo" ? shareOf(rows, experiment) : rows);
  const valued: Range = { low: value(valuedRows(work.valued.low)).low, high: value(valuedRows(work.valued.high)).high };
  const learning = learningSeconds(experiment, shape, workload, card, {
    rows: algorithm.microBatch,
    passes: work.learningPasses,
    updates: work.updates,
    utterance: workload.utterance,
    hasReference: kl !== null,
  });
  const sampling = plus(
    times(speaking, work.timeSteps * rollout.groups),
    recomputeSeconds(experiment, shape, workload, card, work.steps),
  );
  return {
    rollout: algorithm.kind === "ppo" ? plus(sampling, valued) : sampling,
    weigh: weighSeconds(experiment, workload, card, work.weighed),
    fitScm: fitScmSeconds(experiment, workload, card, plannedScm(experiment)?.online ?? null),
    update: algorithm.kind === "ppo" ? learning : plus(learning, valued),
  };
}

/** `rows` utterances: their prompts, then a pass a token in as many slots as there are, filled again as they end. */
function speakingSeconds(
  experiment: Experiment,
  shape: ModelShape,
  workload: Workload,
  card: Card,
  rows: number,
): Range {
  const slots = slotsOf(experiment, rows);
  const { seconds } = decodePlan(experiment, shape, workload, card, slots);
  const answered = product(times(seconds, rows / slots), workload.utterance);
  return plus(promptSeconds(experiment, shape, workload, card, rows), answered);
}

/** The learner's own pass over what was sampled, where log-probs are those of one. */
function recomputeSeconds(
  experiment: Experiment,
  shape: ModelShape,
  { prompt, utterance, image }: Workload,
  card: Card,
  steps: number,
): Range {
  if (oldLogProbsOf(experiment) === "sampled") return NOTHING;
  const how = computationOf(experiment);
  const launches = forwardLaunches(shape, how, image.vision > 0) * Math.ceil(steps / RECOMPUTED_ROWS);
  const seconds = (length: number): Range => {
    const read = forwardFlops(shape, how, steps, prompt + length, image.vision);
    const logits = steps * length * 2 * shape.text.vocabularySize * shape.text.hiddenSize;
    const flops = { base: read.base + logits, adapters: read.adapters };
    return expectedSeconds(boundSeconds(flops, card, how.computeBytes), launches, card);
  };
  return { low: seconds(utterance.low).low, high: seconds(utterance.high).high };
}

function promptSeconds(
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

function decodePlan(
  experiment: Experiment,
  shape: ModelShape,
  { prompt, utterance }: Workload,
  card: Card,
  rows: number,
): DecodePlan {
  const how = computationOf(experiment);
  const bytes = decodeBytes(shape, how, rows, prompt + utterance.high / 2);
  const products = boundSeconds(forwardFlops(shape, how, rows, 1, 0), card, how.computeBytes);
  const seconds = decodeSeconds(bytes, forwardLaunches(shape, how, false), card);
  const computed = expectedSeconds(products, 0, card);
  return {
    rows,
    boundSeconds: Math.max(bytes / card.bandwidth, products),
    seconds: { low: Math.max(seconds.low, computed.low), high: Math.max(seconds.high, computed.high) },
  };
}

interface LearningPasses {
  readonly rows: number;
  /** Over all processes. */
  readonly passes: number;
  /** Steps of the optimiser. */
  readonly updates: number;
  readonly utterance: Range;
  readonly hasReference: boolean;
}

function learningSeconds(
  experiment: Experiment,
  shape: ModelShape,
  { prompt, image }: Workload,
  card: Card,
  { rows, passes, updates, utterance, hasReference }: LearningPasses,
): Range {
  const { policy } = experiment;
  const how = {
    ...computationOf(experiment),
    recomputes: policy.kind === "checkpoint" && policy.gradientCheckpointing,
    hasReference,
    learnsVision: hasLearningVision(experiment),
  };
  const launches = forwardLaunches(shape, how, image.vision > 0) * (how.recomputes ? 4 : 3);
  const seconds = (length: number): Range => {
    const batch = { rows, sequence: prompt + length, utterance: length, visionTokens: image.vision };
    return expectedSeconds(boundSeconds(learningFlops(shape, how, batch), card, how.computeBytes), launches, card);
  };
  const { processes } = divisionOf(experiment);
  const own = processes === 1 ? passes : Math.ceil(passes / processes);
  const { learning } = weightCounts(experiment, shape);
  const exchanged = exchangeSeconds(experiment, shape, card, { learning, passes: own, updates });
  return plus(times({ low: seconds(utterance.low).low, high: seconds(utterance.high).high }, own), {
    low: exchanged,
    high: 2 * exchanged,
  });
}

/** A pass of the SCM for each token of each utterance, in micro-batches. */
function weighSeconds(experiment: Experiment, { utterance }: Workload, card: Card, steps: Range): Range {
  const encoder = freshEncoder(experiment);
  if (encoder === null) return NOTHING;
  const seconds = (numSteps: number, length: number): Range => {
    const sequences = numSteps * (length + 1);
    const flops = { base: sequences * scmPassFlops(experiment, length), adapters: 0 };
    const launches = Math.ceil(sequences / scoringBatch(experiment)) * encoder.layers * SCM_LAYER_OPERATIONS;
    return expectedSeconds(boundSeconds(flops, card, computeBytes(experiment)), launches, card);
  };
  return {
    low: seconds(shareOf(steps.low, experiment), utterance.low).low,
    high: seconds(shareOf(steps.high, experiment), utterance.high).high,
  };
}

/** φ learns in float32: a forward and a backward pass a batch. */
function fitScmSeconds(
  experiment: Experiment,
  { utterance }: Workload,
  card: Card,
  fit: { readonly steps: number; readonly batchSize: number; readonly corruptedSteps?: number } | null,
): Range {
  const encoder = freshEncoder(experiment);
  if (encoder === null || fit === null) return NOTHING;
  const steps = fit.steps + (fit.corruptedSteps ?? 0);
  const seconds = (length: number): Range => {
    const flops = { base: 3 * fit.batchSize * scmPassFlops(experiment, length), adapters: 0 };
    return expectedSeconds(boundSeconds(flops, card, 4), 3 * encoder.layers * SCM_LAYER_OPERATIONS, card);
  };
  return times({ low: seconds(utterance.low).low, high: seconds(utterance.high).high }, steps);
}

function computationOf(experiment: Experiment): Computation {
  return { computeBytes: computeBytes(experiment), adapters: adaptersOf(experiment) };
}

function times({ low, high }: Range, factor: number): Range {
  return { low: low * factor, high: high * factor };
}

function product(a: Range, b: Range): Range {
  return { low: a.low * b.low, high: a.high * b.high };
}

function plus(a: Range, b: Range): Range {
  return { low: a.low + b.low, high: a.high + b.high };
}
