import type { Interval } from "../statistics.ts";
import { type RenderItem, type Series, TEXT } from "./chart.ts";

/** Points with an interval, in the chart's own units. */
export interface IntervalPoint {
  x: number;
  interval: Interval;
  /** Stands above the high end, or left of the whisker at `textAt`, where what is beside it would cover it above. */
  text?: string;
  textAt?: number;
}

/** CSS pixels. */
const HALF_CAP = 3;
const GAP_BELOW_TEXT = 5;
const GAP_BEFORE_WHISKER = 9;

/** Whiskers at the points, 95 % intervals throughout. `shift` moves them sideways by the width of a bar. */
export function whiskers(points: readonly IntervalPoint[], colour: string, shift?: BarShift): Series {
  const renderItem: RenderItem = ({ dataIndex }, api) => {
    const [x, low] = api.coord([Number(api.value(0)), Number(api.value(1))]);
    const high = api.coord([Number(api.value(0)), Number(api.value(2))])[1];
    if (x === undefined || low === undefined || high === undefined) return null;
    const bars = shift && api.barLayout(shift.layout);
    const centre = x + (bars?.[shift?.index ?? 0]?.offsetCenter ?? 0);
    const placed = (textAt: number | undefined, toPixels: (y: number) => number | undefined) =>
      textAt === undefined
        ? { x: centre, y: high - GAP_BELOW_TEXT, align: "center" as const, verticalAlign: "bottom" as const }
        : {
            x: centre - GAP_BEFORE_WHISKER,
            y: toPixels(textAt) ?? high,
            align: "right" as const,
            verticalAlign: "middle" as const,
          };
    const line = (x1: number, y1: number, x2: number, y2: number) => ({
      type: "line" as const,
      shape: { x1, y1, x2, y2 },
      style: { stroke: colour, lineWidth: 1.2 },
    });
    return {
      type: "group",
      children: [
        line(centre, low, centre, high),
        line(centre - HALF_CAP, low, centre + HALF_CAP, low),
        line(centre - HALF_CAP, high, centre + HALF_CAP, high),
        {
          type: "text",
          style: {
            ...TEXT,
            text: points[dataIndex]?.text ?? "",
            ...placed(points[dataIndex]?.textAt, (y) => api.coord([Number(api.value(0)), y])[1]),
          },
        },
      ],
    };
  };
  return {
    type: "custom",
    renderItem,
    data: points.map(({ x, interval: [low, high] }) => [x, low, high]),
    encode: { x: 0, y: [1, 2] },
    silent: true,
    z: 5,
  };
}

/** Which of several bars beside one another. */
export interface BarShift {
  index: number;
  layout: { count: number; barMaxWidth?: number; barGap?: string; barCategoryGap?: string };
}

/** The area between the low and the high ends, in `colour` at a fifth of its strength. */
export function band(points: readonly IntervalPoint[], colour: string): Series {
  const renderItem: RenderItem = (parameters, api) => {
    // One polygon for all points, drawn when the first one is asked for.
    if (parameters.dataIndex !== 0) return null;
    const highs = points.map(({ x, interval: [, high] }) => api.coord([x, high]));
    const lows = points.map(({ x, interval: [low] }) => api.coord([x, low]));
    return {
      type: "polygon",
      shape: { points: [...highs, ...lows.reverse()] },
      style: { fill: colour, opacity: 0.2 },
    };
  };
  return {
    type: "custom",
    renderItem,
    data: points.map(({ x, interval: [low, high] }) => [x, low, high]),
    encode: { x: 0, y: [1, 2] },
    silent: true,
    clip: true,
    z: 1,
  };
}
