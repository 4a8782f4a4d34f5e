import type { RandomStreams } from "../random.ts";
import { intervalCell, numberCell } from "./cell.ts";
import { type CurvePoint, curveOf, evaluations, METRICS, spentBy } from "./curve.ts";
import { percent } from "./format.ts";
import type { RecordedRun } from "./read-run.ts";
import { type RunGroup, tellingRuns } from "./run-group.ts";
import type { SpentAxis } from "./spent-axis.ts";
import { bootstrapInterval, type Interval, mean } from "./statistics.ts";
import type { Table } from "./tables.ts";

/** What groups had reached when they had spent the same. */
export interface Budgets {
  axis: string;
  /** Whether success is that of evaluations, or, where runs were not evaluated while they trained, of training episodes. */
  measure: "evaluation" | "training";
  /** In the axis's unit, ascending. */
  budgets: number[];
  groups: GroupReached[];
}

export interface GroupReached {
  label: string;
  runs: number;
  /** By budget; null where a run of the group had no success to tell yet. */
  reached: (Reached | null)[];
}

export interface Reached {
  success: number;
  /** 95 %: over seeds by the bootstrap, or over a single run's evaluation by Wilson; null where neither can be told. */
  interval: Interval | null;
}

/** Of what the finished run that spent least has spent, so that all that finished reach every budget. */
const SHARES = [0.25, 0.5, 0.75, 1];
/** Sums of seconds differ in their last digits. */
const ROUNDING = 1 + 1e-9;

/** Null where a run has not begun, or there is no budget at which any group's success is known. */
export function budgetsOf(groups: readonly RunGroup[], axis: SpentAxis, streams: RandomStreams): Budgets | null {
  const runs = groups.flatMap(tellingRuns);
  const finished = runs.filter(({ outcome }) => outcome.kind === "finished");
  const counting = finished.length > 0 ? finished : runs;
  const limit = Math.min(...counting.map((run) => totalOf(run, axis)));
  if (runs.length === 0 || limit <= 0) return null;
  const measure = counting.every((run) => evaluations(run).length > 0) ? "evaluation" : "training";
  const budgets = SHARES.map((share) => share * limit);
  const reached = groups.map((group): GroupReached => {
    const { label } = group;
    const members = tellingRuns(group);
    const random = streams.stream(`${label} by ${axis.id}`);
    const at = (budget: number) => reachedBy(members.map((run) => latest(run, budget, measure, axis)));
    return {
      label,
      runs: members.length,
      reached: budgets.map((budget) => {
        const points = at(budget);
        if (points === null) return null;
        const rates = points.map(({ value }) => value);
        const interval = rates.length > 1 ? bootstrapInterval(rates, random) : (points[0]?.interval ?? null);
        return { success: mean(rates), interval };
      }),
    };
  });
  const known = budgets.map((_, index) => reached.some((group) => group.reached[index] !== null));
  if (!known.includes(true)) return null;
  return {
    axis: axis.name,
    measure,
    budgets: budgets.filter((_, index) => known[index]),
    groups: reached.map((group) => ({ ...group, reached: group.reached.filter((_, index) => known[index]) })),
  };
}

function totalOf(run: RecordedRun, axis: SpentAxis): number {
  return axis.of(spentBy(run).at(-1) ?? { envSteps: 0, seconds: 0 });
}

/**
 * The last that was measured of a run before it had spent more; not the best, which chance would flatter. Undefined where
 * it has not spent as much.
 */
function latest(
  run: RecordedRun,
  budget: number,
  measure: Budgets["measure"],
  axis: SpentAxis,
): CurvePoint | undefined {
  if (totalOf(run, axis) * ROUNDING < budget) return undefined;
  const points = measure === "evaluation" ? evaluations(run) : curveOf(run, METRICS.success);
  return points.findLast((point) => axis.of(point) <= budget * ROUNDING);
}

function reachedBy(points: readonly (CurvePoint | undefined)[]): CurvePoint[] | null {
  const known = points.filter((point) => point !== undefined);
  return known.length < points.length ? null : known;
}

export function budgetTable({ axis, measure, budgets, groups }: Budgets, format: SpentAxis["format"]): Table {
  const number = (title: string) => ({ title, isNumber: true });
  const what =
    measure === "evaluation"
      ? "The latest evaluation while training within the budget"
      : "The episodes of the latest iteration within the budget; runs were not evaluated while they trained";
  return {
    caption: `Success reached by budget: ${axis[0]?.toLowerCase()}${axis.slice(1)}`,
    columns: [
      { title: "Runs" },
      number("Seeds"),
      ...budgets.flatMap((budget) => [number(`by ${format(budget)}`), number("95 % interval")]),
    ],
    rows: groups.map(({ label, runs, reached }) => [
      label,
      numberCell(runs),
      ...reached.flatMap((at) => [numberCell(at?.success ?? null, percent), intervalCell(at?.interval ?? null)]),
    ]),
    note: `${what}: means over seeds with bootstrap intervals, of a single run Wilson's. Budgets are quarters of what the finished run spent that spent least. Neither the offline stage nor evaluations count.`,
  };
}
