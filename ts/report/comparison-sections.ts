import type { RandomStreams } from "../random.ts";
import { interactionTable, mainEffectsTable } from "./ablation-tables.ts";
import { budgetTable } from "./budget.ts";
import type { Comparison } from "./comparison.ts";
import { acrossTasksTable, differencesTable, groupsTable } from "./comparison-tables.ts";
import { costTable } from "./cost.ts";
import { differingSettingsTable } from "./differing-settings.ts";
import type { Figure } from "./figures/chart.ts";
import { type ComparedCurve, comparedCurves, MOST_BANDS } from "./figures/compared-curves.ts";
import { settingEffectFigure } from "./figures/setting-effect.ts";
import { settingHeatMap } from "./figures/setting-heat-map.ts";
import { holdingTable } from "./holding.ts";
import { promptingTable } from "./prompting.ts";
import { type RunGroup, tellingRuns } from "./run-group.ts";
import { STEPS, timeAxis } from "./spent-axis.ts";
import { stageMeansTable } from "./stage-means.ts";
import { runsOf, type Table } from "./tables.ts";

/** A figure with what a reader has to know of it. */
export interface CaptionedFigure {
  figure: Figure;
  caption: string;
}

/** What a comparison says under one heading, in the order in which it says it. */
export interface ReportSection {
  id: string;
  title: string;
  content: readonly (Table | CaptionedFigure)[];
}

/** The numbers of a comparison, for its page and its files alike; sections without any are left out. */
export function comparisonSections(
  groups: readonly RunGroup[],
  comparison: Comparison,
  streams: RandomStreams,
): ReportSection[] {
  const { differences, holding, cost, acrossTasks, ablation, budgets, settings } = comparison;
  const runs = groups.flatMap((group) => group.runs);
  const labels = groups.map(({ label }) => label);
  const time = timeAxis(groups.flatMap(tellingRuns));
  const curve = (which: ComparedCurve, axis = STEPS) => captioned(comparedCurves(groups, which, streams, axis), groups);
  const learning = [curve("evaluation"), curve("success"), curve("validJson")].flat();
  const overTime = curve("evaluation", time);
  const sections: ReportSection[] = [
    {
      id: "settings-differ",
      title: "What differs",
      content: present(differingSettingsTable(labels, settings)),
    },
    {
      id: "results",
      title: "Results",
      content: [
        groupsTable(comparison.groups),
        ...present(stageMeansTable(groups)),
        ...(differences.length > 0 ? [differencesTable(differences)] : []),
        ...(holding.length > 0 ? [holdingTable(holding)] : []),
      ],
    },
    {
      id: "tasks",
      title: "Over all tasks",
      content:
        acrossTasks === null
          ? []
          : [
              acrossTasksTable(acrossTasks),
              ...(acrossTasks.differences.length > 0
                ? [differencesTable(acrossTasks.differences, "Differences over all tasks, in percentage points")]
                : []),
            ],
    },
    {
      id: "ablation",
      title: "What each setting does",
      content:
        ablation === null
          ? []
          : [
              ...(ablation.effects.length > 0 ? [mainEffectsTable(ablation.effects)] : []),
              ...ablation.effects.map((effect, place) => ({
                figure: settingEffectFigure(effect, place),
                caption: `Success at each value of ${effect.factor}, n = ${count(effect.seeds.length, "seed")}${averaged(effect.contexts)}. Whiskers are 95 % bootstrap intervals over seeds.`,
              })),
              ...ablation.interactions.flatMap((interaction, place) => [
                {
                  figure: settingHeatMap(interaction, place),
                  caption: `Success by ${interaction.rows.name} and ${interaction.columns.name}, n = ${count(interaction.seeds.length, "seed")}${averaged(interaction.contexts)}. In brackets 95 % bootstrap intervals over seeds.`,
                },
                interactionTable(interaction),
              ]),
            ],
    },
    { id: "learning", title: "Learning curves", content: learning },
    {
      id: "budgets",
      title: "What a budget buys",
      content: [
        ...budgets.map((budget) => budgetTable(budget, budget.axis === STEPS.name ? STEPS.format : time.format)),
        ...(overTime.length > 0 ? overTime : curve("success", time)),
      ],
    },
    { id: "cost", title: "Cost", content: cost.length > 0 ? [costTable(cost)] : [] },
    { id: "runs", title: "Every run", content: [runsOf(runs), ...present(promptingTable(runs))] },
  ];
  return sections.filter(({ content }) => content.length > 0);
}

function captioned(figure: Figure | null, groups: readonly RunGroup[]): CaptionedFigure[] {
  if (figure === null) return [];
  const sizes = groups.map((group) => tellingRuns(group).length);
  const [fewest, most] = [Math.min(...sizes), Math.max(...sizes)];
  const seeds = fewest === most ? count(most, "seed") : `${fewest} to ${most} seeds`;
  const what = figure.id.startsWith("evaluation")
    ? "Success in evaluations while training, whose episodes are never those that are reported"
    : figure.id.startsWith("valid")
      ? "Share of utterances that are one valid JSON object"
      : "Success of training episodes, those that ended within the iteration, which favours short ones";
  const extent =
    most > 1 ? `: means over seeds (n = ${seeds} a line), to the iteration that all reached` : ", n = 1 seed a line";
  const bands =
    most > 1
      ? groups.length <= MOST_BANDS
        ? " Bands are 95 % bootstrap intervals of the mean."
        : ` Bands are left out for more than ${MOST_BANDS} lines; the tables have the intervals.`
      : "";
  return [{ figure, caption: `${what}${extent}.${bands}` }];
}

function averaged(contexts: number): string {
  return contexts > 1 ? `, mean over ${contexts} settings of everything else` : "";
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function present<T>(value: T | null): T[] {
  return value === null ? [] : [value];
}
