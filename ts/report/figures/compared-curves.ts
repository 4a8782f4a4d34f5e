import type { RandomStreams } from "../../random.ts";
import { METRICS, meanCurve } from "../curve.ts";
import { type RunGroup, tellingRuns } from "../run-group.ts";
import { type SpentAxis, STEPS } from "../spent-axis.ts";
import type { Figure } from "./chart.ts";
import { SERIES_COLOURS } from "./colours.ts";
import { DASHES, ends, type Line, lineFigure, starts } from "./lines.ts";

const CURVES = {
  evaluation: { metric: METRICS.evaluationSuccess, id: "evaluation-curve", name: "Success in evaluation" },
  success: { metric: METRICS.success, id: "learning-curve", name: "Success in training" },
  validJson: { metric: METRICS.validJson, id: "valid-json", name: "Valid JSON in training" },
} as const satisfies Record<string, { metric: string; id: string; name: string }>;

export type ComparedCurve = keyof typeof CURVES;

/** Bands of more groups would hide one another. */
export const MOST_BANDS = 4;

/**
 * Several groups: a metric's mean over seeds, with a band where there are seeds enough to have one, and few enough groups
 * to see it. Null where no run has the metric.
 */
export function comparedCurves(
  groups: readonly RunGroup[],
  which: ComparedCurve,
  streams: RandomStreams,
  axis: SpentAxis = STEPS,
): Figure | null {
  const { metric, id, name: what } = CURVES[which];
  const lines = groups.map((group, index): Line => {
    const { label } = group;
    const runs = tellingRuns(group);
    const points = meanCurve(runs, metric, streams.stream(`${id} of ${label}`));
    return {
      name: runs.length > 1 ? `${label} (${runs.length} seeds)` : label,
      colour: SERIES_COLOURS[index % SERIES_COLOURS.length] ?? "ink",
      dash: DASHES[Math.floor(index / SERIES_COLOURS.length + index) % DASHES.length] ?? "solid",
      points: groups.length <= MOST_BANDS ? points : points.map((point) => ({ ...point, interval: null })),
    };
  });
  return lineFigure({
    id: axis.id === "steps" ? id : `${id}-${axis.id}`,
    title: axis.id === "steps" ? what : `${what} over time`,
    description: `${what} over ${axis.name[0]?.toLowerCase()}${axis.name.slice(1)}. ${lines.map(({ name, points }) => `${name}: from ${starts(points)} to ${ends(points)}.`).join(" ")}`,
    yName: what,
    lines,
    axis,
  });
}
