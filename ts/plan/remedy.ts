import { applyOverrides } from "../config/overrides.ts";
import { defineExperiment, type Experiment, type ExperimentInput } from "../config.ts";
import { divisionOf } from "./division.ts";
import { evaluationRows, type MemoryPlan, type PhaseName, rolloutRows, slotsOf } from "./memory.ts";

/** Beyond these a machine has no more cards. */
const MOST_PROCESSES = 16;

/** Settings as `--set` takes them, and what the peak would be with them, in bytes. */
export interface Remedy {
  readonly settings: readonly string[];
  readonly peak: number;
  readonly fits: boolean;
}

/** The mildest changes first: those that only cost time, then those that change what learns. */
export function remedyFor(experiment: Experiment, plan: (changed: Experiment) => MemoryPlan): Remedy {
  const settings = new Map<string, string>();
  let changed = experiment;
  let memory = plan(changed);
  while (!memory.fits) {
    const next = firstHelp(changed, memory, plan);
    if (next === null) break;
    for (const [setting, value] of Object.entries(next.change)) settings.set(setting, value);
    changed = next.experiment;
    memory = next.memory;
  }
  return {
    settings: [...settings].map(([setting, value]) => `${setting}=${value}`),
    peak: memory.peak,
    fits: memory.fits,
  };
}

type Change = Readonly<Record<string, string>>;

function firstHelp(
  experiment: Experiment,
  memory: MemoryPlan,
  plan: (changed: Experiment) => MemoryPlan,
): { change: Change; experiment: Experiment; memory: MemoryPlan } | null {
  const worst = memory.phases.find(({ peak }) => peak === memory.peak);
  if (worst === undefined) return null;
  for (const change of changesFor(worst.phase, experiment)) {
    const settings = Object.entries(change).map(([setting, value]) => `${setting}=${value}`);
    const changed = defineExperiment(applyOverrides(experiment, settings) as ExperimentInput);
    const after = plan(changed);
    const same = after.phases.find(({ phase }) => phase === worst.phase);
    if (same !== undefined && same.peak < worst.peak) return { change, experiment: changed, memory: after };
  }
  return null;
}

function changesFor(phase: PhaseName, experiment: Experiment): Change[] {
  return [...changesOfPhase(phase, experiment), ...changesOfLearning(experiment)];
}

function changesOfPhase(phase: PhaseName, experiment: Experiment): Change[] {
  const { algorithm, policy, sft } = experiment;
  const recompute: Change[] =
    policy.kind === "checkpoint" && !policy.gradientCheckpointing ? [{ "policy.gradientCheckpointing": "true" }] : [];
  switch (phase) {
    case "rollout":
      return fewerSlots(experiment, rolloutRows(experiment));
    case "evaluation":
      return fewerSlots(experiment, evaluationRows(experiment));
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
