import type { Experiment } from "../config.ts";
import { keptEdgeBytes, keptTextBytes, keptVisionBytes, logitsBytes, passingTextBytes } from "./activations.ts";
import type { Card } from "./cards.ts";
import { divisionOf, heldWeights, shardedWeights } from "./division.ts";
import { type EngineMemory, engineMemory } from "./engine-memory.ts";
import {
  adaptersOf,
  computeBytes,
  FLOAT32,
  hasLearningVision,
  learningOf,
  loweredCopies,
  weightCounts,
} from "./learning.ts";
import { criticParameters, valueHeadParameters } from "./parameters.ts";
import { evaluationRows, rolloutRows } from "./rows.ts";
import { readingParts, readsAgain, speakingParts } from "./sampling-memory.ts";
import { scmParameters, scmPassBytes } from "./scm.ts";
import type { ModelShape } from "./shapes.ts";
import { usableBytes } from "./usable.ts";
import { plannedScm, type Workload } from "./workload.ts";

/** Adam keeps two moments of each weight that a gradient reaches. */
const MOMENTS = 2 * FLOAT32;

/** What stays in memory between phases, in bytes on one card; a part that an experiment does not have is 0. */
export interface ResidentMemory {
  readonly frozenWeights: number;
  readonly learningWeights: number;
  readonly gradients: number;
  readonly adamMoments: number;
  /** Of the KL term: a second set of adapters, or a copy of every weight. */
  readonly reference: number;
  /** Weights, gradients and moments of the value head; with AWR, which does not train it, the weights alone. */
  readonly valueHead: number;
  /** Weights, gradients and moments of AWR's critics; a pretrained encoder of theirs is not counted. */
  readonly critics: number;
  /** Weights, gradients and moments of the SCM. */
  readonly scm: number;
}

export type PhaseName = "sft" | "evaluation" | "rollout" | "readAgain" | "weigh" | "update";

/** What a phase needs beside what stays, by name, in bytes; `engine` is what one in a process of its own holds there. */
export interface PhaseMemory {
  readonly phase: PhaseName;
  readonly parts: Readonly<Record<string, number>>;
  /** With what stays. */
  readonly peak: number;
}

export interface MemoryPlan {
  readonly resident: ResidentMemory;
  /** On the worker's card. */
  readonly phases: readonly PhaseMemory[];
  /** The highest of the phases' peaks. */
  readonly peak: number;
  /** What of the worker's card its processes can use. */
  readonly usable: number;
  /** Of an engine in a process of its own. */
  readonly engine: EngineMemory | null;
  /** All of it. */
  readonly fits: boolean;
}

/**
 * Memory of an experiment by part and phase on a card.
 * @param engineCard of an engine that has one to itself
 */
export function memoryPlan(
  experiment: Experiment,
  shape: ModelShape,
  workload: Workload,
  card: Card,
  engineCard: Card = card,
): MemoryPlan {
  const resident = residentMemory(experiment, shape, workload);
  const engine = engineMemory(experiment, shape, workload, card, engineCard);
  const speaking = (rows: number): Record<string, number> =>
    engine === null ? speakingParts(rows, experiment, shape, workload) : {};
  const isTraining = experiment.iterations > 0;
  const phases = [
    ...(experiment.sft === null ? [] : [sftPhase(experiment, shape, workload, resident)]),
    phase("evaluation", speaking(evaluationRows(experiment)), resident),
    ...(isTraining ? [phase("rollout", speaking(rolloutRows(experiment)), resident)] : []),
    ...(readsAgain(experiment) ? [phase("readAgain", readingParts(experiment, shape, workload), resident)] : []),
    ...(isTraining && plannedScm(experiment) !== null ? [weighPhase(experiment, workload, resident)] : []),
    ...(isTraining ? [updatePhase(experiment, shape, workload, resident)] : []),
  ].map((each) => besideEngine(each, engine));
  const peak = Math.max(...phases.map((each) => each.peak));
  const usable = usableBytes(card, engine !== null && engine.ownDevice === null ? 2 : 1);
  return { resident, phases, peak, usable, engine, fits: peak <= usable && (engine?.missing ?? 0) === 0 };
}

/** On a card that both share, the engine holds its memory in every phase, or with `sleep` in those that do not learn. */
function besideEngine(alone: PhaseMemory, engine: EngineMemory | null): PhaseMemory {
  if (engine === null || engine.ownDevice !== null) return alone;
  if (engine.sleeps && (alone.phase === "sft" || alone.phase === "update")) return alone;
  return { ...alone, parts: { ...alone.parts, engine: engine.held }, peak: alone.peak + engine.held };
}

/**
 * With LoRA the checkpoint's own weights are frozen in `worker.dtype`; without it every weight is kept in float32, and
 * a frozen vision tower too. What learns costs 4 bytes a weight, 4 a gradient and 8 of moments; the last two only where
 * the loss reaches, and not in a run that evaluates alone. Of several processes each has its part where all weights learn,
 * and a copy otherwise.
 */
export function residentMemory(experiment: Experiment, shape: ModelShape, workload: Workload): ResidentMemory {
  const { frozen, learning, reached } = weightCounts(experiment, shape);
  const isAdapted = adaptersOf(experiment) !== null;
  const hasReference = experiment.kl !== null;
  const isLearning = experiment.sft !== null || experiment.iterations > 0;
  const { processes, isSharded } = divisionOf(experiment);
  const held = (count: number): number => heldWeights(count, experiment, shape);
  // The output embedding's copy is kept twice: once to be swapped in, once to be asked beside the policy's own.
  const referenceWeights = isAdapted
    ? learning
    : held(frozen + learning) + (isSharded ? shardedWeights(shape).copied : 0);
  return {
    frozenWeights: (frozen * (isAdapted ? computeBytes(experiment) : FLOAT32)) / (isSharded ? processes : 1),
    learningWeights: held(learning) * FLOAT32,
    gradients: isLearning ? held(reached) * FLOAT32 : 0,
    adamMoments: isLearning ? held(reached) * MOMENTS : 0,
    reference: hasReference ? referenceWeights * FLOAT32 : 0,
    valueHead:
      valueHeadParameters(shape.text.hiddenSize) *
      (experiment.algorithm.kind === "ppo" ? 2 * FLOAT32 + MOMENTS : FLOAT32),
    critics: criticParameters(experiment.algorithm, shape.text.hiddenSize) * (2 * FLOAT32 + MOMENTS),
    scm: scmParameters(experiment, shape, workload) * (2 * FLOAT32 + MOMENTS),
  };
}

/** SFT has moments of its own, before PPO's exist; the value head and the reference are not in use yet. */
function sftPhase(
  experiment: Experiment,
  shape: ModelShape,
  workload: Workload,
  resident: ResidentMemory,
): PhaseMemory {
  const rows = experiment.sft?.microBatch ?? 0;
  const length = Math.ceil(workload.utterance.low);
  return phase("sft", learningParts("sft", rows, length, experiment, shape, workload), {
    ...resident,
    reference: 0,
    valueHead: valueHeadParameters(shape.text.hiddenSize) * FLOAT32,
    critics: resident.critics / 4,
  });
}

function weighPhase(experiment: Experiment, { utterance }: Workload, resident: ResidentMemory): PhaseMemory {
  return phase("weigh", { passes: scmPassBytes(experiment, utterance.high) }, resident);
}

/** Passes over micro-batches, then Adam, whose temporary results are as large as the weights that learn. */
function updatePhase(
  experiment: Experiment,
  shape: ModelShape,
  workload: Workload,
  resident: ResidentMemory,
): PhaseMemory {
  const { microBatch } = experiment.algorithm;
  const parts = learningParts("rl", microBatch, workload.utterance.high, experiment, shape, workload);
  const passes = phase("update", parts, resident);
  const reached = heldWeights(weightCounts(experiment, shape).reached, experiment, shape);
  const step = phase("update", { adamTemporaries: reached * FLOAT32 }, resident);
  return passes.peak >= step.peak ? passes : step;
}

function learningParts(
  stage: "sft" | "rl",
  rows: number,
  utterance: number,
  experiment: Experiment,
  shape: ModelShape,
  { prompt, image }: Workload,
): Record<string, number> {
  const { text, vision } = shape;
  const learning = learningOf(experiment, stage);
  const c = learning.computeBytes;
  const sequence = prompt + utterance;
  const tokens = rows * sequence;
  const layer = tokens * keptTextBytes(text, learning, sequence);
  const states = tokens * c * text.hiddenSize;
  const recomputes = experiment.policy.kind === "checkpoint" && experiment.policy.gradientCheckpointing;
  const visionTokens = rows * image.vision;
  const learnsVision = hasLearningVision(experiment);
  const visionLayer = vision === null ? 0 : visionTokens * keptVisionBytes(vision, learning);
  const visionStates = vision === null ? 0 : visionTokens * c * vision.hiddenSize;
  const visionLayers = vision?.layers ?? 0;
  return {
    // Recomputing keeps the input of every layer, and one layer whole while its turn is.
    activations:
      (recomputes ? text.layers * states + layer : text.layers * layer) +
      keptEdgeBytes(shape, learning, tokens, learnsVision ? visionTokens : 0),
    backward: tokens * passingTextBytes(text, learning),
    images: learnsVision && !recomputes ? visionLayers * visionLayer : (visionLayers + 1) * visionStates + visionLayer,
    logits: logitsBytes(rows * utterance, text),
    ...loweredCopies(experiment, shape),
    ...gatheredToLearn(experiment, shape),
  };
}

/** What belongs to no layer, with its gradients, throughout; a layer, the next one, and a layer's gradients in turn. */
function gatheredToLearn(experiment: Experiment, shape: ModelShape): Record<string, number> {
  if (!divisionOf(experiment).isSharded) return {};
  const { layer, root } = shardedWeights(shape);
  return { gatheredWeights: (2 * root + 3 * layer) * FLOAT32 };
}

function phase(name: PhaseName, parts: Record<string, number>, resident: ResidentMemory): PhaseMemory {
  const all = [...Object.values(parts), ...Object.values(resident)];
  return { phase: name, parts, peak: all.reduce((sum: number, bytes: number) => sum + bytes, 0) };
}
