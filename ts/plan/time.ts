import { hasEngineApart } from "../config/engine.ts";
import type { Experiment } from "../config.ts";
import { boundSeconds, expectedSeconds, forwardLaunches, learningFlops } from "./arithmetic.ts";
import type { Card } from "./cards.ts";
import { divisionOf, exchangeSeconds, shareOf } from "./division.ts";
import type { EngineMemory } from "./engine-memory.ts";
import { type IterationWork, iterationWork } from "./iteration-work.ts";
import { computationOf, computeBytes, hasLearningVision, weightCounts } from "./learning.ts";
import { type IterationSeconds, type Overlap, overlapOf } from "./overlap.ts";
import { NOTHING, plus, product, type Range, times } from "./range.ts";
import { episodesAtOnce, evaluationRows, rolloutRows, slotsOf } from "./rows.ts";
import { readsAgain } from "./sampling-memory.ts";
import {
  type DecodePlan,
  decodePlan,
  handOverSeconds,
  promptSeconds,
  readingSeconds,
  speakingSeconds,
} from "./sampling-time.ts";
import { freshEncoder, SCM_LAYER_OPERATIONS, scmPassFlops, scoringBatch } from "./scm.ts";
import type { ModelShape } from "./shapes.ts";
import { plannedScm, reportedEvaluations, type Workload } from "./workload.ts";

/** Seconds, but for counts. */
export interface TimePlan {
  readonly environmentSteps: number;
  readonly sampledTokens: Range;
  /** Tokens of prompts and utterances that updates pass through, over all epochs. */
  readonly learnedTokens: Range;
  readonly decode: DecodePlan;
  /** Of one iteration, each phase by itself. */
  readonly iteration: IterationSeconds;
  /** Of the whole run, each phase by itself; evaluation with its reading again. */
  readonly run: IterationSeconds & Readonly<Record<"sft" | "scm" | "evaluation", Range>>;
  /** What is done at the same time as something else. */
  readonly overlap: Overlap;
  /** Without what overlaps. */
  readonly total: Range;
}

/**
 * How long an experiment takes on a card, by phase. Environments are not counted: a step takes them well under 1 ms.
 * @param engine in a process of its own; null: the policy that learns says the utterances itself
 */
export function timePlan(
  experiment: Experiment,
  shape: ModelShape,
  workload: Workload,
  card: Card,
  engine: EngineMemory | null,
): TimePlan {
  const { iterations, evaluation } = experiment;
  const { prompt, utterance, episodeSteps } = workload;
  const speaker = engine?.card ?? card;
  // One that cannot start is timed as if it had room.
  const seats = engine === null || engine.missing > 0 ? Number.POSITIVE_INFINITY : engine.seats;
  const speak = (rows: number): Range => speakingSeconds(experiment, shape, workload, speaker, rows, seats);

  const first = iterationWork(experiment, workload, 0);
  const later = iterationWork(experiment, workload, 1);
  const inAll = (of: (work: IterationWork) => number): number =>
    iterations === 0 ? 0 : of(first) + (iterations - 1) * of(later);
  const readAll = ({ low, high }: Range): Range => ({
    low: readingSeconds(experiment, shape, workload, card, low).low,
    high: readingSeconds(experiment, shape, workload, card, high).high,
  });
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
    readAgain: overIterations("readAgain"),
    handOver: overIterations("handOver"),
    weigh: overIterations("weigh"),
    fitScm: overIterations("fitScm"),
    update: overIterations("update"),
    evaluation: plus(
      product(speak(rows), times(episodeSteps, episodes / episodesAtOnce(experiment))),
      hasEngineApart(experiment) ? readAll(times(episodeSteps, episodes)) : NOTHING,
    ),
  };
  const one = iterations === 1 ? firstSeconds : iteration;
  const overlap = overlapOf(experiment, engine !== null && engine.ownDevice !== null, one);
  const summed = Object.values(run).reduce(plus, NOTHING);
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
    decode: decodePlan(experiment, shape, workload, speaker, Math.max(1, Math.min(seats, slotsOf(experiment, spoken)))),
    iteration: one,
    run,
    overlap,
    total: { low: summed.low - overlap.run.low, high: summed.high - overlap.run.high },
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
  const sampling = times(speaking, work.timeSteps * rollout.groups);
  return {
    rollout: algorithm.kind === "ppo" ? plus(sampling, valued) : sampling,
    readAgain: readsAgain(experiment) ? readingSeconds(experiment, shape, workload, card, work.steps) : NOTHING,
    handOver: handOverSeconds(experiment, shape),
    weigh: weighSeconds(experiment, workload, card, work.weighed),
    fitScm: fitScmSeconds(experiment, workload, card, plannedScm(experiment)?.online ?? null),
    update: algorithm.kind === "ppo" ? learning : plus(learning, valued),
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
