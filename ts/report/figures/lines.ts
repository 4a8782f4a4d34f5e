import type { CurvePoint } from "../curve.ts";
import { percent } from "../format.ts";
import { type SpentAxis, STEPS } from "../spent-axis.ts";
import { grid, LEGEND_ROW, legend, legendRows, percentAxis, xAxis } from "./axes.ts";
import type { ChartOption, Figure, Layout, Series } from "./chart.ts";
import { type Colour, LIGHT } from "./colours.ts";
import { band, type IntervalPoint, whiskers } from "./intervals.ts";

export const DASHES = ["solid", "dashed", "dotted"] as const;

/** Shares over what was spent: a line with a band, or points with whiskers. */
export interface Line {
  name: string;
  colour: Colour;
  dash: (typeof DASHES)[number];
  points: readonly CurvePoint[];
  isScattered?: boolean;
}

interface LineFigure extends Omit<Figure, "option"> {
  yName: string;
  lines: readonly Line[];
  axis?: SpentAxis;
}

/** Null where there is nothing to draw. */
export function lineFigure({ id, title, description, yName, lines, axis = STEPS }: LineFigure): Figure | null {
  const drawn = lines.filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return null;
  const names = drawn.map(({ name }) => name);
  return {
    id,
    title,
    description,
    // Many names must not leave the curves without room.
    height: (layout) => layout.height + (legendRows(names, layout) - 1) * LEGEND_ROW,
    option: (layout) => lineOption(drawn, yName, axis, layout),
  };
}

function lineOption(lines: readonly Line[], yName: string, axis: SpentAxis, layout: Layout): ChartOption {
  const names = lines.map(({ name }) => name);
  const spent = lines.flatMap(({ points }) => points.map(axis.of));
  return {
    legend: legend(names, new Set(lines.filter(({ isScattered }) => isScattered !== true).map(({ name }) => name))),
    grid: grid(layout, legendRows(names, layout)),
    xAxis: xAxis({
      type: "value",
      name: axis.name,
      min: 0,
      max: Math.max(...spent),
      splitNumber: layout.kind === "wide" ? 6 : 3,
      axisLabel: { showMaxLabel: false, formatter: axis.format },
    }),
    yAxis: percentAxis(yName),
    series: lines.flatMap((line) => seriesOf(line, axis)),
  };
}

function seriesOf({ name, colour, dash, points, isScattered }: Line, axis: SpentAxis): Series[] {
  const color = LIGHT[colour];
  const data = points.map((point) => [axis.of(point), point.value * 100]);
  const intervals = points.flatMap((point): IntervalPoint[] => {
    const { interval } = point;
    return interval === null ? [] : [{ x: axis.of(point), interval: [interval[0] * 100, interval[1] * 100] }];
  });
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

export function starts(points: readonly CurvePoint[]): string {
  return points[0] === undefined ? "nothing recorded" : percent(points[0].value);
}

export function ends(points: readonly CurvePoint[]): string {
  const last = points.at(-1);
  return last === undefined ? "nothing recorded" : `${percent(last.value)} after iteration ${last.iteration}`;
}
