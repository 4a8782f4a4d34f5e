import { hasEngineApart } from "../config/engine.ts";
import type { Experiment } from "../config.ts";
import { passingTextBytes } from "./activations.ts";
import type { Card } from "./cards.ts";
import { adaptersOf, computeBytes, FLOAT32, weightCounts } from "./learning.ts";
import { adapterParameters, parametersOf, valueHeadParameters } from "./parameters.ts";
import { evaluationRows, rolloutRows, slotsOf } from "./rows.ts";
import { cacheBytes, speakingParts } from "./sampling-memory.ts";
import type { ModelShape } from "./shapes.ts";
import { contextsBytes, FRAGMENTATION, usableBytes } from "./usable.ts";
import type { Workload } from "./workload.ts";

/** What an engine in a process of its own holds, in bytes. */
export interface EngineMemory {
  readonly kind: "transformers" | "vllm";
  readonly card: Card;
  /** Which CUDA device is its own; null: it shares the worker's card. */
  readonly ownDevice: number | null;
  /** By name; of vLLM's share, what is left for the cache is negative where nothing is. */
  readonly parts: Readonly<Record<string, number>>;
  /** On its card, while it is awake. */
  readonly held: number;
  /** Whether it gives that back while the policy learns. */
  readonly sleeps: boolean;
  /** Of its card, for it alone. */
  readonly usable: number;
  /** Utterances in the making that the engine is set to, and those that its cache has room for, at their longest. */
  readonly slots: number;
  readonly seats: number;
  readonly cacheTokens: number;
  /** Bytes that it lacks to start, or to stay on a card of its own; 0: it fits. */
  readonly missing: number;
  /** Why it does not. */
  readonly problems: readonly string[];
}

/** Of vLLM 0.32, as its `arg_utils.py` and `kv_cache_utils.py` have them. */
const VLLM = {
  /** Tokens of prompts in one pass, by what computes. */
  batched: { processor: 4096, small: 8192, large: 16_384 },
  largeCardBytes: 70 * 2 ** 30,
  /** Places of the cache are given out so many at a time. */
  block: 16,
  cacheBytesOnCpu: 2 ** 30,
  /** It keeps room for one of these (`ADAPTER_RANKS` of python/coso_engine/vllm_model.py). */
  adapterRanks: [1, 8, 16, 32, 64, 128, 256, 320, 512],
} as const;
/** Of vLLM's CUDA graphs: an assumption, which no card has confirmed. */
const GRAPH_BYTES = 1e9;

/** Which CUDA device the engine has to itself; null: none. The worker is on the first, 0. */
export function ownDevice({ worker }: Experiment, { isProcessor }: Card): number | null {
  if (isProcessor || !hasEngineApart({ worker })) return null;
  const { cudaDevice } = worker.engine;
  return cudaDevice === null || cudaDevice === 0 ? null : cudaDevice;
}

/** @param engineCard of an engine that has one to itself. null: the policy that learns says the utterances itself. */
export function engineMemory(
  experiment: Experiment,
  shape: ModelShape,
  workload: Workload,
  card: Card,
  engineCard: Card,
): EngineMemory | null {
  if (!hasEngineApart(experiment)) return null;
  const device = ownDevice(experiment, card);
  const place = { ownDevice: device, card: device === null ? card : engineCard };
  const engine =
    experiment.worker.engine.kind === "vllm"
      ? vllmMemory(experiment, shape, workload, place)
      : copyMemory(experiment, shape, workload, place);
  const lacking = device === null ? 0 : engine.held - engine.usable;
  if (lacking <= 0) return engine;
  return {
    ...engine,
    missing: Math.max(engine.missing, lacking),
    problems: [...engine.problems, `worker.engine: it needs ${gigabytes(lacking)} more than its card has`],
  };
}

type Place = Pick<EngineMemory, "ownDevice" | "card">;

/** Frozen weights in `worker.dtype`, those that learn in float32, without gradients; what torch once had, it keeps. */
function copyMemory(experiment: Experiment, shape: ModelShape, workload: Workload, place: Place): EngineMemory {
  const { frozen, learning } = weightCounts(experiment, shape);
  const rows = spokenRows(experiment);
  const speaking = speakingParts(rows, experiment, shape, workload);
  const parts = {
    frozenWeights: frozen * (adaptersOf(experiment) === null ? FLOAT32 : computeBytes(experiment)),
    learningWeights: learning * FLOAT32,
    valueHead: valueHeadParameters(shape.text.hiddenSize) * FLOAT32,
    ...speaking,
  };
  const slots = slotsOf(experiment, rows);
  return {
    kind: "transformers",
    ...place,
    parts,
    held: sum(parts),
    sleeps: false,
    usable: usableBytes(place.card),
    slots,
    seats: slots,
    cacheTokens: Math.floor((speaking.cache ?? 0) / cacheBytes(shape.text, computeBytes(experiment))),
    missing: 0,
    problems: [],
  };
}

/** Everything in `worker.dtype`: weights, room for one adapter, a pass over prompts, CUDA graphs; the rest is cache. */
function vllmMemory(experiment: Experiment, shape: ModelShape, workload: Workload, place: Place): EngineMemory {
  const { worker } = experiment;
  const engine = vllmOf(worker.engine);
  const { card } = place;
  const c = computeBytes(experiment);
  const needed = neededByVllm(experiment, shape, workload, card);
  const share = engine.memoryShare * card.memoryBytes;
  const given =
    engine.cacheGigabytes === null
      ? card.isProcessor
        ? VLLM.cacheBytesOnCpu
        : share - sum(needed)
      : engine.cacheGigabytes * 1e9;
  const cachePlaceBytes = cacheBytes(shape.text, c);
  const cacheTokens = Math.max(0, VLLM.block * Math.floor(given / cachePlaceBytes / VLLM.block));
  const longest = VLLM.block * Math.ceil((workload.prompt + workload.utterance.high) / VLLM.block);
  const slots = slotsOf(experiment, spokenRows(experiment));
  const held = sum(needed) + given;
  const problems: string[] = [];
  const context = shape.text.contextLength ?? longest;
  const lacksCache = Math.max(0, VLLM.block * Math.ceil(context / VLLM.block) - cacheTokens) * cachePlaceBytes;
  const setting = engine.cacheGigabytes === null && !card.isProcessor ? "memoryShare" : "cacheGigabytes";
  if (given <= 0) {
    problems.push(
      `worker.engine.memoryShare: vLLM's weights and passes need ${gigabytes(sum(needed))}, its share is ${gigabytes(share)}`,
    );
  } else if (lacksCache > 0) {
    problems.push(
      `worker.engine.${setting}: vLLM starts only with room for the model's whole context, ${context} tokens ` +
        `(${gigabytes(context * cachePlaceBytes)}); its cache has room for ${cacheTokens}`,
    );
  }
  if (engine.sleep && card.isProcessor) {
    problems.push("worker.engine.sleep: expected false without an accelerator, received true");
  }
  const lacksStart = card.isProcessor ? 0 : Math.max(0, share - freeAtStart(experiment, shape, place));
  if (lacksStart > 0) {
    problems.push(
      `worker.engine.memoryShare: vLLM starts only where its share, ${gigabytes(share)}, is free, ` +
        `which lacks ${gigabytes(lacksStart)}`,
    );
  }
  return {
    kind: "vllm",
    ...place,
    parts: { ...needed, cache: given },
    held,
    sleeps: engine.sleep && place.ownDevice === null && !card.isProcessor,
    usable: usableBytes(card),
    slots,
    seats: Math.min(slots, Math.floor(cacheTokens / longest)),
    cacheTokens,
    missing: Math.max(given <= 0 ? lacksCache - given : lacksCache, lacksStart),
    problems,
  };
}

function vllmOf(engine: Experiment["worker"]["engine"]): Extract<Experiment["worker"]["engine"], { kind: "vllm" }> {
  if (engine.kind !== "vllm") throw new RangeError(`expected vllm, received ${engine.kind}`);
  return engine;
}

function neededByVllm(
  experiment: Experiment,
  shape: ModelShape,
  { image }: Workload,
  card: Card,
): Record<string, number> {
  const { text, vision } = shape;
  const counts = parametersOf(shape);
  const c = computeBytes(experiment);
  const adapters = adaptersOf(experiment);
  const tokens = batchedTokens(card);
  const images = image.prompt === 0 ? 0 : Math.ceil(tokens / image.prompt);
  return {
    weights: (counts.text + counts.vision + counts.projector) * c,
    adapters: adapters === null ? 0 : adapterBytes(shape, adapters, c),
    passes: tokens * passingTextBytes(text, { computeBytes: c, adapters: null }),
    images: vision === null ? 0 : images * image.vision * 2 * c * (vision.hiddenSize + vision.intermediateSize),
    logits: experiment.worker.engine.slots * text.vocabularySize * 4 * FLOAT32,
    graphs: card.isProcessor ? 0 : GRAPH_BYTES,
  };
}

function adapterBytes(shape: ModelShape, adapters: NonNullable<ReturnType<typeof adaptersOf>>, c: number): number {
  const rank = VLLM.adapterRanks.find((room) => room >= adapters.rank) ?? adapters.rank;
  const { text, vision } = adapterParameters(shape, { ...adapters, rank });
  return (text + vision) * c;
}

function batchedTokens({ isProcessor, memoryBytes, name }: Card): number {
  if (isProcessor) return VLLM.batched.processor;
  return memoryBytes >= VLLM.largeCardBytes && !/a100/i.test(name) ? VLLM.batched.large : VLLM.batched.small;
}

/** The worker has loaded the policy by then, and nothing else. */
function freeAtStart(experiment: Experiment, shape: ModelShape, { ownDevice: device, card }: Place): number {
  if (device !== null) return card.memoryBytes - contextsBytes(1);
  const { frozen, learning } = weightCounts(experiment, shape);
  const weights = frozen * (adaptersOf(experiment) === null ? FLOAT32 : computeBytes(experiment)) + learning * FLOAT32;
  return card.memoryBytes - contextsBytes(2) - weights / (1 - FRAGMENTATION);
}

function spokenRows(experiment: Experiment): number {
  return Math.max(evaluationRows(experiment), experiment.iterations === 0 ? 0 : rolloutRows(experiment));
}

function sum(parts: Readonly<Record<string, number>>): number {
  return Object.values(parts).reduce((total, bytes) => total + bytes, 0);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
