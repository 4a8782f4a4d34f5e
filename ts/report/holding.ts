import { fractionCell, numberCell } from "./cell.ts";
import { METRICS } from "./curve.ts";
import { percent, whole } from "./format.ts";
import type { RecordedRun } from "./read-run.ts";
import type { RunGroup } from "./run-group.ts";
import { mean } from "./statistics.ts";
import type { Table } from "./tables.ts";

/** Whether runs kept what they reached, by their evaluations while training. */
export interface GroupHolding {
  label: string;
  runs: number;
  /** Runs with an evaluation that met the goal. */
  reached: number;
  /** Environment steps up to that evaluation, the mean over runs that reached the goal; null where none did. */
  stepsNeeded: number | null;
  /** Over the evaluations from then until {@link SPAN} times the steps needed: mean success, and the lowest of any run. */
  meanAfter: number | null;
  lowestAfter: number | null;
  lowestValidJsonAfter: number | null;
  /** Runs whose evaluations all stayed within {@link TOLERANCE} of the goal, valid JSON included. */
  held: number;
  /** Runs that went on for long enough to tell. */
  covered: number;
}

/** Success and valid JSON that count as reached. */
const GOAL = 0.95;
/** An evaluation of 100 episodes is off by 0.05 now and then without anything having changed. */
const TOLERANCE = 0.05;
const SPAN = 3;

interface Evaluation {
  envSteps: number;
  success: number;
  validJson: number;
}

/** Groups without evaluations while training are left out. */
export function holdingOf(groups: readonly RunGroup[]): GroupHolding[] {
  return groups.flatMap(({ label, runs }) => {
    const evaluated = runs.map(evaluationsOf).filter((evaluations) => evaluations.length > 0);
    return evaluated.length === 0 ? [] : [groupHolding(label, evaluated)];
  });
}

function groupHolding(label: string, runs: readonly Evaluation[][]): GroupHolding {
  const reached = runs.flatMap((evaluations) => {
    const first = evaluations.find(({ success, validJson }) => success >= GOAL && validJson >= GOAL);
    if (first === undefined) return [];
    const end = SPAN * first.envSteps;
    const after = evaluations.filter(({ envSteps }) => envSteps > first.envSteps && envSteps <= end);
    return [{ steps: first.envSteps, after, isCovered: (evaluations.at(-1)?.envSteps ?? 0) >= end }];
  });
  const after = reached.flatMap((run) => run.after);
  const floor = GOAL - TOLERANCE;
  return {
    label,
    runs: runs.length,
    reached: reached.length,
    stepsNeeded: reached.length === 0 ? null : mean(reached.map(({ steps }) => steps)),
    meanAfter: after.length === 0 ? null : mean(after.map(({ success }) => success)),
    lowestAfter: after.length === 0 ? null : Math.min(...after.map(({ success }) => success)),
    lowestValidJsonAfter: after.length === 0 ? null : Math.min(...after.map(({ validJson }) => validJson)),
    held: reached.filter((run) => run.after.every(({ success, validJson }) => Math.min(success, validJson) >= floor))
      .length,
    covered: reached.filter(({ isCovered }) => isCovered).length,
  };
}

function evaluationsOf({ iterations }: RecordedRun): Evaluation[] {
  return iterations.flatMap(({ envSteps, metrics }) => {
    const success = metrics[METRICS.evaluationSuccess] ?? null;
    const validJson = metrics[METRICS.evaluationValidJson] ?? null;
    return success === null || validJson === null ? [] : [{ envSteps, success, validJson }];
  });
}

export function holdingTable(groups: readonly GroupHolding[]): Table {
  const of = (part: number, whole: number) => fractionCell(part, whole, `${part} of ${whole}`);
  return {
    caption: `Reaching ${percent(GOAL)} success and valid JSON, and holding it for ${SPAN} times the steps that it took`,
    columns: [
      { title: "Runs" },
      ...["Reached", "Steps needed", "Mean after", "Lowest after", "Lowest valid JSON", "Held", "Long enough"].map(
        (title) => ({ title, isNumber: true }),
      ),
    ],
    rows: groups.map((group) => [
      group.label,
      of(group.reached, group.runs),
      numberCell(group.stepsNeeded, whole),
      numberCell(group.meanAfter, percent),
      numberCell(group.lowestAfter, percent),
      numberCell(group.lowestValidJsonAfter, percent),
      of(group.held, group.reached),
      of(group.covered, group.reached),
    ]),
    note: "By evaluations while training, whose episodes are never those that are reported. Held: no later evaluation, up to three times the steps that it took, fell more than 5 points below; an evaluation of 100 episodes is itself uncertain by about as much.",
  };
}
