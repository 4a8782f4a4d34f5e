import { join } from "node:path";
import type { Experiment } from "../config.ts";
import { CosoError } from "../errors.ts";
import { chooseCard, chooseEngineCard } from "../plan/choose-card.ts";
import { type Plan, planOf } from "../plan/plan.ts";
import { duration, whole } from "../report/format.ts";
import { mean } from "../report/statistics.ts";
import { RunFolder } from "../runs/run-folder.ts";
import { readSummary } from "../training/summary.ts";
import { damageOf } from "./damage.ts";
import { type Sweep, type Trial, trialsOf } from "./definition.ts";
import { offlineOrigins } from "./offline-origins.ts";

/** A trial, and what is done of it. */
export interface TrialCost {
  readonly name: string;
  readonly state: "finished" | "begun" | "new" | "damaged";
  /** Whose offline stage it would take over; null: its own. */
  readonly offlineFrom: string | null;
}

/** What a sweep still costs. */
export interface SweepCost {
  readonly trials: readonly TrialCost[];
  /** Online, of the trials that are left, were they begun anew; null where it cannot be planned. */
  readonly environmentSteps: number | null;
  /**
   * Of the trials that are left, one after the other: as the finished ones took, or else as `coso doctor --plan` has it;
   * null where neither can be told.
   */
  readonly seconds: { readonly low: number; readonly high: number; readonly source: "measured" | "planned" } | null;
}

/** Looks at what is there, and plans the rest; runs nothing. */
export async function costOf(sweep: Sweep, directory: string): Promise<SweepCost> {
  const trials = trialsOf(sweep);
  const origins = offlineOrigins(trials);
  const costs = trials.map((trial): TrialCost => {
    const [origin] = origins.get(trial) ?? [];
    const offlineFrom = origin === undefined || origin === trial ? null : origin.name;
    return { name: trial.name, state: stateOf(trial, directory), offlineFrom };
  });
  const took = trials
    .filter((_, place) => costs[place]?.state === "finished")
    .map((trial) => folderOf(trial, directory));
  const left = trials.filter((_, place) => costs[place]?.state !== "finished");
  const plans = await plansOf(left);
  const seconds = took.map((folder) => readSummary(folder).seconds.total ?? 0);
  const measured = seconds.length === 0 ? null : mean(seconds) * left.length;
  return {
    trials: costs,
    environmentSteps: plans === null ? null : plans.reduce((total, { time }) => total + time.environmentSteps, 0),
    seconds:
      measured === null
        ? plannedSeconds(
            plans,
            left.map((trial) => costs.find(({ name }) => name === trial.name)?.offlineFrom !== null),
          )
        : { low: measured, high: measured, source: "measured" },
  };
}

export function costText({ trials, seconds, environmentSteps }: SweepCost): string {
  const width = Math.max(...trials.map(({ name }) => name.length));
  const lines = trials.map(({ name, state, offlineFrom }) => {
    const origin = offlineFrom === null ? "" : `, offline stage of ${offlineFrom}`;
    return `  ${name.padEnd(width)}  ${state}${state === "new" ? origin : ""}`.trimEnd();
  });
  const left = trials.filter(({ state }) => state !== "finished").length;
  const parts = [
    `${left} of ${trials.length} trials left`,
    ...(environmentSteps === null ? [] : [`${whole(environmentSteps)} environment steps`]),
    ...(seconds === null || left === 0 ? [] : [`${timeText(seconds)} with one at a time`]),
  ];
  return `${lines.join("\n")}\n\n${parts.join(" · ")}`;
}

function timeText({ low, high, source }: NonNullable<SweepCost["seconds"]>): string {
  if (source === "measured") return `${duration(low)} as the finished ones took`;
  return `planned ${duration(low)} to ${duration(high)}`;
}

function folderOf({ name }: Trial, directory: string): RunFolder {
  return new RunFolder(join(directory, "runs", name));
}

/** @throws RunFolderError for a trial that was begun with other settings. */
function stateOf(trial: Trial, directory: string): TrialCost["state"] {
  const folder = folderOf(trial, directory);
  if (damageOf(folder) !== undefined) return "damaged";
  if (!folder.holdsWork()) return "new";
  folder.requireSame(trial.experiment);
  return folder.isFinished() ? "finished" : "begun";
}

/** What trials would take on this machine; null where a policy's shape cannot be told. */
export async function plansOf(trials: readonly Pick<Trial, "experiment">[]): Promise<Plan[] | null> {
  const plans = new Map<string, Promise<Plan>>();
  const planned = trials.map(({ experiment }) => {
    // A seed changes no cost.
    const key = JSON.stringify({ ...experiment, seed: 0 });
    const plan = plans.get(key) ?? planHere(experiment);
    plans.set(key, plan);
    return plan;
  });
  try {
    return await Promise.all(planned);
  } catch (error) {
    if (error instanceof CosoError) return null;
    throw error;
  }
}

async function planHere(experiment: Experiment): Promise<Plan> {
  const card = await chooseCard("auto", experiment);
  return planOf(experiment, card, await chooseEngineCard("auto", experiment, card));
}

/** `isAdopting`: of each plan, whether another trial does its offline stage. */
function plannedSeconds(plans: readonly Plan[] | null, isAdopting: readonly boolean[]): SweepCost["seconds"] {
  if (plans === null) return null;
  const total = (bound: "low" | "high"): number =>
    plans.reduce((sum, { time: { total: all, run } }, place) => {
      const shared = isAdopting[place] === true ? run.sft[bound] + run.scm[bound] : 0;
      return sum + all[bound] - shared;
    }, 0);
  return { low: total("low"), high: total("high"), source: "planned" };
}
