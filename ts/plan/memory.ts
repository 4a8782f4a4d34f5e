import type { Experiment } from "../config.ts";
import {
  keptEdgeBytes,
  keptTextBytes,
  keptVisionBytes,
  type Learning,
  logitsBytes,
  passingTextBytes,
} from "./activations.ts";
import type { Card } from "./cards.ts";
import { divisionOf, heldWeights, shardedWeights, shareOf } from "./division.ts";
import {
  adapterParameters,
  criticParameters,
  parametersOf,
  unreachedVisionParameters,
  valueHeadParameters,
} from "./parameters.ts";
import { scmParameters, scmPassBytes } from "./scm.ts";
import type { ModelShape } from "./shapes.ts";
import { plannedScm, type Workload } from "./workload.ts";

const FLOAT32 = 4;
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

export type PhaseName = "sft" | "evaluation" | "rollout" | "weigh" | "update";

/** What a phase needs beside what stays, by name, in bytes. */
export interface PhaseMemory {
  readonly phase: PhaseName;
  readonly parts: Readonly<Record<string, number>>;
  /** With what stays. */
  readonly peak: number;
}

export interface MemoryPlan {
  readonly resident: ResidentMemory;
  readonly phases: readonly PhaseMemory[];
  /** The highest of the phases' peaks. */
  readonly peak: number;
  /** What of the card a process can use. */
  readonly usable: number;
  readonly fits: boolean;
}

/** CUDA's context with the workspaces of its libraries. */
const CONTEXT_BYTES = 1e9;
/** Of torch's allocator, lost between blocks. */
const FRAGMENTATION = 0.05;

/** Memory of an experiment by part and phase on a card. */
export function memoryPlan(experiment: Experiment, shape: ModelShape, workload: Workload, card: Card): MemoryPlan {
  const resident = residentMemory(experiment, shape, workload);
  const phases = [
    ...(experiment.sft === null ? [] : [sftPhase(experiment, shape, workload, resident)]),
    speakingPhase("evaluation", evaluationRows(experiment), experiment, shape, workload, resident),
    ...(experiment.iterations === 0 ? [] : iterationPhases(experiment, shape, workload, resident)),
  ];
  const peak = Math.max(...phases.map((phase) => phase.peak));
  const usable = usableBytes(card);
  return { resident, phases, peak, usable, fits: peak <= usable };
}

/** What of a card's memory one process can fill. */
export function usableBytes({ memoryBytes }: Card): number {
  return (memoryBytes - CONTEXT_BYTES) * (1 - FRAGMENTATION);
}

function iterationPhases(
  experiment: Experiment,
  shape: ModelShape,
  workload: Workload,
  resident: ResidentMemory,
): PhaseMemory[] {
  return [
    speakingPhase("rollout", rolloutRows(experiment), experiment, shape, workload, resident),
    ...(plannedScm(experiment) === null ? [] : [weighPhase(experiment, workload, resident)]),
    updatePhase(experiment, shape, workload, resident),
  ];
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

/** Numbers of weights: those that never change, those that learn, and of them those that a gradient reaches. */
export function weightCounts(
  experiment: Experiment,
  shape: ModelShape,
): { readonly frozen: number; readonly learning: number; readonly reached: number } {
  const { text, vision, projector } = parametersOf(shape);
  const adapters = adaptersOf(experiment);
  if (adapters !== null) {
    const counts = adapterParameters(shape, adapters);
    return { frozen: text + vision + projector, learning: counts.text + counts.vision, reached: counts.reached };
  }
  const isFrozen = experiment.policy.kind === "checkpoint" && experiment.policy.isVisionFrozen;
  const learning = text + projector + (isFrozen ? 0 : vision);
  const unreached = isFrozen || shape.vision === null ? 0 : unreachedVisionParameters(shape.vision);
  return { frozen: isFrozen ? vision : 0, learning, reached: learning - unreached };
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

/**
 * Utterances in the making: the cache of keys and values, 2 · layers · key-value heads · head size a place, with room for
 * two utterances in a slot that is filled again; what a pass over the prompts needs for a moment; every layer's states of
 * the vision tower, which are kept until the projector has read one of them.
 */
function speakingPhase(
  name: "evaluation" | "rollout",
  rows: number,
  experiment: Experiment,
  shape: ModelShape,
  { prompt, image, utterance }: Workload,
  resident: ResidentMemory,
): PhaseMemory {
  const { text, vision } = shape;
  const learning = learningOf(experiment, "evaluation");
  const c = learning.computeBytes;
  const slots = slotsOf(experiment, rows);
  const places = prompt + utterance.high * (rows > slots ? 2 : 1);
  return phase(
    name,
    {
      cache: slots * places * cacheBytes(text, c),
      prompts: slots * prompt * passingTextBytes(text, learning),
      images: vision === null ? 0 : slots * image.vision * (vision.layers + 1) * c * vision.hiddenSize,
      logits: slots * text.vocabularySize * 4 * FLOAT32,
      ...loweredCopies(experiment, shape),
      ...gatheredToSpeak(experiment, shape),
    },
    resident,
  );
}

/** Keys and values of one token in all layers, bytes. */
export function cacheBytes({ layers, keyValueHeads, headSize }: ModelShape["text"], computeSize: number): number {
  return 2 * layers * keyValueHeads * headSize * computeSize;
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

/** Autocast keeps the weights it has lowered until the pass is over. */
function loweredCopies(experiment: Experiment, shape: ModelShape): Record<string, number> {
  if (adaptersOf(experiment) !== null || computeBytes(experiment) === FLOAT32) return {};
  return { loweredWeights: weightCounts(experiment, shape).learning * computeBytes(experiment) };
}

/** Whoever speaks has all weights: ranks decode on their own. */
function gatheredToSpeak(experiment: Experiment, shape: ModelShape): Record<string, number> {
  if (!divisionOf(experiment).isSharded) return {};
  const { layer, root } = shardedWeights(shape);
  return { gatheredWeights: (shape.text.layers * layer + root) * FLOAT32 };
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

/** Of `rows` utterances, how many are in the making at once. */
export function slotsOf({ worker }: Experiment, rows: number): number {
  return Math.min(worker.engine.slots, rows);
}

/** Rows that one card speaks for at once. */
export function rolloutRows(experiment: Experiment): number {
  const { environments, groups } = experiment.rollout;
  return shareOf(Math.ceil(environments / groups), experiment);
}

/** Rows that one card speaks for at once. */
export function evaluationRows(experiment: Experiment): number {
  return shareOf(episodesAtOnce(experiment), experiment);
}

/** Of an evaluation, over all cards. */
export function episodesAtOnce({ evaluation }: Experiment): number {
  return Math.min(evaluation.environments, Math.max(evaluation.episodes, evaluation.selection?.episodes ?? 0));
}

export function adaptersOf({ policy }: Experiment): { rank: number; targets: "language" | "everything" } | null {
  return policy.kind === "checkpoint" ? policy.lora : null;
}

export function computeBytes({ worker }: Experiment): 2 | 4 {
  return worker.dtype === "bfloat16" ? 2 : 4;
}

export function hasLearningVision({ policy }: Experiment): boolean {
  if (policy.kind !== "checkpoint") return true;
  return policy.lora === null ? !policy.isVisionFrozen : policy.lora.targets === "everything";
}

export function learningOf(experiment: Experiment, stage: "sft" | "rl" | "evaluation"): Learning {
  const lora = experiment.policy.kind === "checkpoint" ? experiment.policy.lora : null;
  const stages = { nothing: [], sft: ["sft"], "sft-and-rl": ["sft", "rl"] } as const;
  const adapters =
    lora === null
      ? null
      : { rank: lora.rank, dropsOut: lora.dropout > 0 && stages[lora.dropoutIn].some((one) => one === stage) };
  return { computeBytes: computeBytes(experiment), adapters };
}
