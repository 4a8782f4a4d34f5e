import { hasEngineApart } from "../config/engine.ts";
import { overriddenExperiment } from "../config/overrides.ts";
import { defineExperiment, type Experiment, type ExperimentInput } from "../config.ts";
import { divisionOf } from "./division.ts";
import type { EngineMemory } from "./engine-memory.ts";
import type { MemoryPlan, PhaseName } from "./memory.ts";
import { evaluationRows, rolloutRows, slotsOf } from "./rows.ts";

/** Beyond these a machine has no more cards. */
const MOST_PROCESSES = 16;

/** Settings as `--set` takes them, and what the peak would be with them, in bytes. */
export interface Remedy {
  readonly settings: readonly string[];
  readonly peak: number;
  readonly fits: boolean;
}

/**
 * The mildest changes first: those that only cost time, then those that change what learns. Where all of them leave an
 * engine too much on the worker's card, it gets one of its own.
 */
export function remedyFor(experiment: Experiment, plan: (changed: Experiment) => MemoryPlan): Remedy {
  const here = mended(experiment, [], plan);
  const { engine } = here.memory;
  if (here.memory.fits || engine === null || engine.ownDevice !== null || engine.card.isProcessor) return told(here);
  const apart = mended(experiment, [{ "worker.engine.cudaDevice": "1" }], plan);
  return told(apart.memory.fits ? apart : here);
}

interface Mended {
  readonly changes: readonly Change[];
  readonly memory: MemoryPlan;
}

function told({ changes, memory }: Mended): Remedy {
  return { settings: changes.flatMap(settingsOf), peak: memory.peak, fits: memory.fits };
}

/** With further changes, as long as one helps; what a later one makes needless is left out again. */
function mended(experiment: Experiment, first: readonly Change[], plan: (changed: Experiment) => MemoryPlan): Mended {
  let changes = first;
  let changed = withChanges(experiment, first);
  let memory = plan(changed);
  while (!memory.fits) {
    const next = firstHelp(changed, memory, plan);
    if (next === null) break;
    changes = [...changes.filter((change) => !isOfSame(change, next.change)), next.change];
    changed = next.experiment;
    memory = next.memory;
  }
  for (const change of memory.fits ? changes : []) {
    const others = changes.filter((other) => other !== change);
    const without = plan(withChanges(experiment, others));
    if (without.fits) [changes, memory] = [others, without];
  }
  return { changes, memory };
}

type Change = Readonly<Record<string, string>>;

function isOfSame(one: Change, other: Change): boolean {
  return Object.keys(one).join() === Object.keys(other).join();
}

function settingsOf(change: Change): string[] {
  return Object.entries(change).map(([setting, value]) => `${setting}=${value}`);
}

function withChanges(experiment: Experiment, changes: readonly Change[]): Experiment {
  return defineExperiment(overriddenExperiment(experiment, changes.flatMap(settingsOf)) as ExperimentInput);
}

function firstHelp(
  experiment: Experiment,
  memory: MemoryPlan,
  plan: (changed: Experiment) => MemoryPlan,
): { change: Change; experiment: Experiment; memory: MemoryPlan } | null {
  const worst = memory.phases.find(({ peak }) => peak === memory.peak);
  if (worst === undefined) return null;
  const { engine } = memory;
  const missing = engine?.missing ?? 0;
  const changes =
    engine !== null && missing > 0 ? changesOfEngine(experiment, engine) : changesFor(worst.phase, experiment, engine);
  for (const change of changes) {
    const changed = withChanges(experiment, [change]);
    const after = plan(changed);
    const missingAfter = after.engine?.missing ?? 0;
    const same = after.phases.find(({ phase }) => phase === worst.phase);
    // What helps the one may not take from the other what it needs to start.
    const helps =
      missing > 0 ? missingAfter < missing : missingAfter === 0 && same !== undefined && same.peak < worst.peak;
    if (helps) return { change, experiment: changed, memory: after };
  }
  return null;
}

function changesFor(phase: PhaseName, experiment: Experiment, engine: EngineMemory | null): Change[] {
  const shares = engine !== null && engine.ownDevice === null;
  const canSleep = shares && engine.kind === "vllm" && !engine.sleeps && !engine.card.isProcessor;
  return [
    ...(canSleep && experiment.rollout.staleness === 0 ? [{ "worker.engine.sleep": "true" }] : []),
    ...changesOfPhase(phase, experiment),
    ...(shares ? changesOfEngine(experiment, engine) : []),
    ...changesOfLearning(experiment),
  ];
}

/** Less of a card for the engine, or more where it cannot start. */
function changesOfEngine({ worker }: Experiment, { slots }: EngineMemory): Change[] {
  const { engine } = worker;
  const fewer: Change[] = slots > 1 ? [{ "worker.engine.slots": half(slots) }] : [];
  if (engine.kind === "transformers") return fewer;
  const shares = [-1, 1]
    .map((step) => Math.round(10 * engine.memoryShare + step) / 10)
    .filter((share) => share > 0 && share < 1);
  const caches =
    engine.cacheGigabytes === null ? [] : [engine.cacheGigabytes / 2, engine.cacheGigabytes * 2].map(String);
  return [
    ...caches.map((cache) => ({ "worker.engine.cacheGigabytes": cache })),
    ...shares.map((share) => ({ "worker.engine.memoryShare": String(share) })),
    ...fewer,
  ];
}

function changesOfPhase(phase: PhaseName, experiment: Experiment): Change[] {
  const { algorithm, policy, sft } = experiment;
  const recompute: Change[] =
    policy.kind === "checkpoint" && !policy.gradientCheckpointing ? [{ "policy.gradientCheckpointing": "true" }] : [];
  switch (phase) {
    case "rollout":
      // Of an engine apart, slots are not what the worker's own phases hang on.
      return hasEngineApart(experiment) ? [] : fewerSlots(experiment, rolloutRows(experiment));
    case "evaluation":
      return hasEngineApart(experiment) ? [] : fewerSlots(experiment, evaluationRows(experiment));
    case "update":
      return [
        ...recompute,
        ...(algorithm.microBatch > 1 ? [{ "algorithm.microBatch": half(algorithm.microBatch) }] : []),
      ];
    case "sft":
      return [
        ...recompute,
        ...(sft !== null && sft.microBatch > 1 ? [{ "sft.microBatch": half(sft.microBatch) }] : []),
      ];
    case "readAgain":
    case "weigh":
      return [];
  }
}

function fewerSlots(experiment: Experiment, rows: number): Change[] {
  const slots = slotsOf(experiment, rows);
  return slots > 1 ? [{ "worker.engine.slots": half(slots) }] : [];
}

/** What changes the experiment itself. */
function changesOfLearning(experiment: Experiment): Change[] {
  const { policy, worker } = experiment;
  const { processes, isSharded } = divisionOf(experiment);
  return [
    // Whoever has several cards may have more; who has one is not told to buy another.
    ...(isSharded && processes < MOST_PROCESSES ? [{ "worker.processes": String(2 * processes) }] : []),
    ...(worker.dtype === "float32" ? [{ "worker.dtype": "bfloat16", "guards.maxLogProbGap": "null" }] : []),
    ...(policy.kind === "checkpoint" && policy.lora === null ? [{ "policy.lora": "{}" }] : []),
  ];
}

function half(count: number): string {
  return String(Math.floor(count / 2));
}
