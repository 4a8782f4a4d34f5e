import { type Cell, numberCell } from "./cell.ts";
import { bytes, magnitude, ratio, whole } from "./format.ts";
import type { RunGroup } from "./run-group.ts";
import type { Iteration, Summary } from "./run-schema.ts";
import { median } from "./statistics.ts";
import type { Table } from "./tables.ts";

/** What a method costs, by the parts of the paper's Table D.1. */
export interface GroupCost {
  label: string;
  parameters: { policy: number; scm: number };
  /** Bytes: the highest of any run. */
  peakMemory: PerPhase;
  /** Of one iteration: medians over the iterations of all runs. */
  seconds: PerPhase;
  /**
   * Seconds of one iteration over those of the first group, had both rolled out alike: how long a rollout takes hangs
   * on what a policy happens to say, and on nothing else that a method does.
   */
  timeRatio: number;
  iterations: number;
}

/** `causal` is what H^B costs: causal weights and the updates of the SCM; null for methods that have none. */
interface PerPhase {
  rollout: number;
  update: number;
  causal: number | null;
}

type PhaseSeconds = Iteration["seconds"];

/** Costs of the groups with finished runs; none where a run does not tell, as those of earlier versions. */
export function costOf(groups: readonly RunGroup[]): GroupCost[] {
  const measured = groups.flatMap(({ label, runs }) => {
    const finished = runs.flatMap(({ outcome, iterations }) =>
      outcome.kind === "finished" ? [{ summary: outcome.summary, iterations }] : [],
    );
    const summaries = finished.map(({ summary }) => summary);
    const seconds = finished.flatMap(({ iterations }) => iterations.map((iteration) => iteration.seconds));
    return seconds.length === 0 ? [] : [{ label, summaries, seconds }];
  });
  const rollout = median(measured.flatMap(({ seconds }) => seconds.map((phases) => phases.rollout ?? 0)));
  const costs: GroupCost[] = [];
  for (const { label, summaries, seconds } of measured) {
    const parameters = summaries[0]?.parameters;
    const peakMemory = peakMemoryOf(summaries);
    if (parameters === undefined || peakMemory === null) return [];
    const perPhase = secondsOf(seconds, parameters.scm > 0);
    const alike = ({ update, causal }: PerPhase): number => rollout + update + (causal ?? 0);
    costs.push({
      label,
      parameters: { policy: parameters.policy + parameters.valueHead, scm: parameters.scm },
      peakMemory,
      seconds: perPhase,
      timeRatio: alike(perPhase) / alike(costs[0]?.seconds ?? perPhase),
      iterations: seconds.length,
    });
  }
  return costs;
}

function peakMemoryOf(summaries: readonly Summary[]): PerPhase | null {
  const peak = (...methods: string[]): number | null => {
    const found = summaries.flatMap(({ peakMemoryByMethod = {} }) =>
      methods.flatMap((method) => peakMemoryByMethod[method] ?? []),
    );
    return found.length === 0 ? null : Math.max(...found);
  };
  const [rollout, update] = [peak("act"), peak("updatePolicy")];
  return rollout === null || update === null ? null : { rollout, update, causal: peak("weigh", "fitScm") };
}

function secondsOf(seconds: readonly PhaseSeconds[], hasCausal: boolean): PerPhase {
  const perIteration = (...phases: string[]): number =>
    median(seconds.map((spent) => phases.reduce((sum, phase) => sum + (spent[phase] ?? 0), 0)));
  return {
    rollout: perIteration("rollout"),
    update: perIteration("readAgain", "updatePolicy"),
    causal: hasCausal ? perIteration("weigh", "fitScm") : null,
  };
}

export function costTable(costs: readonly GroupCost[]): Table {
  const phases = ({ rollout, update, causal }: PerPhase, format: (value: number) => string): Cell[] =>
    [rollout, update, causal].map((value) => numberCell(value, format));
  const titles = [
    "Policy",
    "SCM",
    ...["Memory", "Seconds"].flatMap((kind) => PHASES.map((phase) => `${kind}: ${phase}`)),
  ];
  return {
    caption: "Cost: parameters, peak memory by phase, seconds of an iteration by phase",
    columns: [
      { title: "Runs" },
      ...[...titles, "Iteration, relative", "Iterations"].map((title) => ({ title, isNumber: true })),
    ],
    rows: costs.map(({ label, parameters, peakMemory, seconds, timeRatio, iterations }) => [
      label,
      numberCell(parameters.policy, magnitude),
      numberCell(parameters.scm === 0 ? null : parameters.scm, magnitude),
      ...phases(peakMemory, bytes),
      ...phases(seconds, (value) => value.toFixed(2)),
      numberCell(timeRatio, ratio),
      numberCell(iterations, whole),
    ]),
    note: "H^B: causal weights and the updates of the SCM. Seconds are medians over iterations; iterations are compared as if all had rolled out alike.",
  };
}

const PHASES = ["rollout", "update", "H^B"];
