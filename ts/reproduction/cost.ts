import { duration, whole } from "../report/format.ts";
import { mean } from "../report/statistics.ts";
import { RunFolder } from "../runs/run-folder.ts";
import { plansOf } from "../sweep/cost.ts";
import { readSummary } from "../training/summary.ts";
import { isLeft, type StudyPlan } from "./plan.ts";

/** What a study still costs. */
export interface StudyCost {
  readonly study: string;
  readonly file: string;
  readonly trials: readonly { readonly name: string; readonly state: string }[];
  readonly left: number;
  /** What the machine lacks, with the mend; with any, nothing of it is begun. */
  readonly lacks: readonly string[];
  /** Online, of the runs that are left. */
  readonly environmentSteps: number | null;
  /** One after the other: as finished runs of the study took, or else as `coso doctor --plan` has it. */
  readonly seconds: { readonly low: number; readonly high: number; readonly source: "measured" | "planned" } | null;
  /** Bytes, of the run that needs most; null where it cannot be planned. */
  readonly peakMemory: number | null;
  /** What it was planned for. */
  readonly card: string | null;
}

export async function costOf({ loaded, trials, lacks }: StudyPlan): Promise<StudyCost> {
  const left = trials.filter(isLeft);
  // What the machine lacks may be what a plan would look at, such as games.
  const plans = lacks.length > 0 ? null : await plansOf(left.map(({ trial }) => trial));
  const took = trials.flatMap(({ found }) =>
    found.state === "finished" ? [readSummary(new RunFolder(found.directory)).seconds.total ?? 0] : [],
  );
  const total = (bound: "low" | "high"): number => (plans ?? []).reduce((sum, { time }) => sum + time.total[bound], 0);
  const planned = plans === null ? null : ({ low: total("low"), high: total("high"), source: "planned" } as const);
  const measured = mean(took.length === 0 ? [0] : took) * left.length;
  return {
    study: loaded.study.name,
    file: loaded.study.file,
    trials: trials.map(({ name, found }) => ({ name, state: found.state })),
    left: left.length,
    lacks: lacks.map(({ what, mend }) => `${what}: ${mend}`),
    environmentSteps: plans?.reduce((sum, { time }) => sum + time.environmentSteps, 0) ?? null,
    seconds: took.length === 0 ? planned : { low: measured, high: measured, source: "measured" },
    peakMemory: plans === null || plans.length === 0 ? null : Math.max(...plans.map(({ memory }) => memory.peak)),
    card: plans?.[0]?.card.name ?? null,
  };
}

/** A block a study, and the sum of what can be told. */
export function costText(costs: readonly StudyCost[]): string {
  const blocks = costs.map((cost) => {
    const width = Math.max(0, ...cost.trials.map(({ name }) => name.length));
    return [
      `${cost.study} (${cost.file})`,
      ...cost.trials.map(({ name, state }) => `  ${name.padEnd(width)}  ${state}`),
      ...(cost.trials.length === 0 ? ["  nothing is run for this; what is there is shown"] : [`  ${leftText(cost)}`]),
      ...cost.lacks.map((lack) => `  cannot be run here, needs ${lack}`),
    ].join("\n");
  });
  if (costs.length === 0) return "nothing of this is run at this scale; --no-run shows why";
  const possible = costs.filter(({ lacks }) => lacks.length === 0);
  const left = possible.reduce((sum, cost) => sum + cost.left, 0);
  const told = possible.flatMap(({ seconds }) => seconds ?? []);
  const [low, high] = [sum(told.map((each) => each.low)), sum(told.map((each) => each.high))];
  const untold = sum(possible.map(({ left: runs, seconds }) => (seconds === null ? runs : 0)));
  return [
    blocks.join("\n\n"),
    "",
    [
      `${left} runs left`,
      ...(left > untold
        ? [`${low === high ? duration(low) : `${duration(low)} to ${duration(high)}`} with one at a time`]
        : []),
      ...(untold > 0 ? [`${untold} of them without a plan: their time cannot be told yet`] : []),
    ].join(" · "),
  ].join("\n");
}

function leftText({ left, trials, environmentSteps, seconds, peakMemory, card }: StudyCost): string {
  if (left === 0) return `all ${trials.length} are finished`;
  return [
    `${left} of ${trials.length} left`,
    ...(environmentSteps === null ? [] : [`${whole(environmentSteps)} environment steps`]),
    ...(seconds === null ? [] : [timeText(seconds, card)]),
    ...(peakMemory === null ? [] : [`${(peakMemory / 1e9).toFixed(1)} GB at the peak`]),
  ].join(" · ");
}

function timeText({ low, high, source }: NonNullable<StudyCost["seconds"]>, card: string | null): string {
  if (source === "measured") return `${duration(low)} as the finished ones took`;
  return `planned ${duration(low)} to ${duration(high)}${card === null ? "" : ` on ${card}`}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
