import type { RandomStreams } from "../../random.ts";
import { type CurvePoint, curveOf, evaluations, METRICS, meanCurve } from "../curve.ts";
import { percent } from "../format.ts";
import type { RecordedRun } from "../read-run.ts";
import type { RunGroup } from "../run-group.ts";
import { grid, legend, legendRows, percentAxis, xAxis } from "./axes.ts";
import type { ChartOption, Figure, Layout, Series } from "./chart.ts";
import { type Colour, LIGHT, SERIES_COLOURS } from "./colours.ts";
import { band, type IntervalPoint, whiskers } from "./intervals.ts";

const DASHES = ["solid", "dashed", "dotted"] as const;

interface Line {
  name: string;
  colour: Colour;
  dash: (typeof DASHES)[number];
  points: readonly CurvePoint[];
  /** Separate points with whiskers, instead of a line with a band. */
  isScattered?: boolean;
}

/** One run: success of its training episodes, its evaluations with intervals, and how much of its JSON is valid. */
export function learningCurve(run: RecordedRun): Figure | null {
  const success = curveOf(run, METRICS.success);
  const validJson = curveOf(run, METRICS.validJson);
  const evaluated = evaluations(run);
  const lines: Line[] = [
    { name: "Success in training", colour: "blue", dash: "solid", points: success },
    { name: "Valid JSON", colour: "green", dash: "dashed", points: validJson },
    { name: "Success in evaluation", colour: "vermillion", dash: "solid", points: evaluated, isScattered: true },
  ];
  const best = evaluated.length > 0 ? ` Evaluations end at ${ends(evaluated)}.` : "";
  return lineFigure({
    id: "learning-curve",
    title: "Learning curve",
    description: `Success of training episodes over environment steps: from ${starts(success)} to ${ends(success)}.${best}`,
    yName: "Share",
    lines,
  });
}

/** Several groups: a metric's mean over seeds, with a band where there are seeds enough to have one. */
export function comparedCurves(
  groups: readonly RunGroup[],
  which: "success" | "validJson",
  streams: RandomStreams,
): Figure | null {
  const isSuccess = which === "success";
  const lines = groups.map(({ label, runs }, index): Line => {
    const points = meanCurve(runs, METRICS[which], streams.stream(`${which} of ${label}`));
    return {
      name: runs.length > 1 ? `${label} (${runs.length} seeds)` : label,
      colour: SERIES_COLOURS[index % SERIES_COLOURS.length] ?? "ink",
      dash: DASHES[Math.floor(index / SERIES_COLOURS.length + index) % DASHES.length] ?? "solid",
      points,
    };
  });
  const what = isSuccess ? "Success in training" : "Valid JSON in training";
  return lineFigure({
    id: isSuccess ? "learning-curve" : "valid-json",
    title: isSuccess ? "Learning curves" : "Valid JSON while training",
    description: `${what} over environment steps. ${lines.map(({ name, points }) => `${name}: from ${starts(points)} to ${ends(points)}.`).join(" ")}`,
    yName: what,
    lines,
  });
}

function lineFigure(of: Omit<Figure, "option"> & { yName: string; lines: readonly Line[] }): Figure | null {
  const lines = of.lines.filter(({ points }) => points.length > 0);
  if (lines.length === 0) return null;
  const { id, title, description, yName } = of;
  return { id, title, description, option: (layout) => lineOption(lines, yName, layout) };
}

function lineOption(lines: readonly Line[], yName: string, layout: Layout): ChartOption {
  const names = lines.map(({ name }) => name);
  const steps = lines.flatMap(({ points }) => points.map(({ envSteps }) => envSteps));
  return {
    legend: legend(names, new Set(lines.filter(({ isScattered }) => isScattered !== true).map(({ name }) => name))),
    grid: grid(layout, legendRows(names, layout)),
    xAxis: xAxis({
      type: "value",
      name: "Environment steps",
      min: 0,
      max: Math.max(...steps),
      splitNumber: layout.kind === "wide" ? 6 : 3,
      axisLabel: { showMaxLabel: false },
    }),
    yAxis: percentAxis(yName),
    series: lines.flatMap(seriesOf),
  };
}

function seriesOf({ name, colour, dash, points, isScattered }: Line): Series[] {
  const color = LIGHT[colour];
  const data = points.map(({ envSteps, value }) => [envSteps, value * 100]);
  const intervals = points.flatMap(({ envSteps, interval }): IntervalPoint[] =>
    interval === null ? [] : [{ x: envSteps, interval: [interval[0] * 100, interval[1] * 100] }],
  );
  if (isScattered) {
    return [
      // A line that is not drawn: the legend shows a scatter series as a box.
      {
        type: "line",
        name,
        data,
        symbol: "diamond",
        symbolSize: 9,
        lineStyle: { opacity: 0 },
        itemStyle: { color },
        z: 6,
      },
      whiskers(intervals, color),
    ];
  }
  const line: Series = {
    type: "line",
    name,
    data,
    // A line of one point would not be seen.
    symbol: points.length === 1 ? "circle" : "none",
    lineStyle: { color, width: 2, type: dash },
    itemStyle: { color },
    z: 4,
  };
  return intervals.length > 0 ? [band(intervals, color), line] : [line];
}

function starts(points: readonly CurvePoint[]): string {
  return points[0] === undefined ? "nothing recorded" : percent(points[0].value);
}

function ends(points: readonly CurvePoint[]): string {
  const last = points.at(-1);
  return last === undefined ? "nothing recorded" : `${percent(last.value)} after iteration ${last.iteration}`;
}
