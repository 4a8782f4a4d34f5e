import type { Conditions } from "../environments/environment.ts";
import { numberCell } from "./cell.ts";
import { percent } from "./format.ts";
import type { RunGroup } from "./run-group.ts";
import type { Stage } from "./run-schema.ts";
import { mean } from "./statistics.ts";
import { conditionsText, type Table } from "./tables.ts";

/** Each method names its last stage for itself; side by side they are one. */
const ONLINE = "after online RL";

/**
 * Success after each stage, the mean over a group's finished runs: sampled, greedy, and sampled of each kind of episode.
 * Null where no run has more than one stage.
 */
export function stageMeansTable(groups: readonly RunGroup[]): Table | null {
  const measured = groups.map(({ label, method, runs }) => ({ label, ...ratesOf(method, runs) }));
  const stages = [...new Set(measured.flatMap((group) => group.stages))];
  if (stages.length < 2) return null;
  return {
    caption: `Success after each stage, mean over seeds${conditionsText(commonConditions(groups))}`,
    columns: [{ title: "Runs" }, { title: "Episodes" }, ...stages.map((title) => ({ title, isNumber: true }))],
    rows: measured.flatMap(({ label, rates }) =>
      [...rates].map(([episodes, byStage]) => [
        label,
        episodes,
        ...stages.map((stage) => {
          const seeds = byStage.get(stage);
          return numberCell(seeds === undefined ? null : mean(seeds), percent);
        }),
      ]),
    ),
  };
}

/** What all runs' last evaluations were played on; nothing where they differ. */
function commonConditions(groups: readonly RunGroup[]): Conditions | undefined {
  const played = groups.flatMap(({ runs }) =>
    runs.flatMap(({ outcome }) =>
      outcome.kind === "unfinished" ? [] : [outcome.summary.stages.at(-1)?.sampled.conditions],
    ),
  );
  const [first] = played;
  return played.every((each) => JSON.stringify(each) === JSON.stringify(first)) ? first : undefined;
}

/** By kind of evaluation and stage, a rate for each finished run. */
function ratesOf(
  method: string,
  runs: RunGroup["runs"],
): { stages: string[]; rates: Map<string, Map<string, number[]>> } {
  const rates = new Map<string, Map<string, number[]>>();
  const stages = new Set<string>();
  for (const { outcome } of runs) {
    if (outcome.kind === "unfinished") continue;
    for (const stage of outcome.summary.stages) {
      const column = stage.stage === `after ${method}` ? ONLINE : stage.stage;
      stages.add(column);
      for (const [episodes, rate] of evaluationsOf(stage)) {
        const byStage = rates.get(episodes) ?? new Map<string, number[]>();
        rates.set(episodes, byStage.set(column, [...(byStage.get(column) ?? []), rate]));
      }
    }
  }
  return { stages: [...stages], rates };
}

function evaluationsOf({ sampled, greedy }: Stage): [episodes: string, rate: number][] {
  const kinds = sampled.byKind ?? [];
  return [
    ["sampled", sampled.rate],
    ...kinds.map(({ kind, rate }): [string, number] => [`sampled, ${kind}`, rate]),
    ...(greedy === null ? [] : [["greedy", greedy.rate] satisfies [string, number]]),
  ];
}
