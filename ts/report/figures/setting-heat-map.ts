import type { Interaction } from "../ablation.ts";
import { percent, percentInterval } from "../format.ts";
import { xAxis, yAxis } from "./axes.ts";
import { type ChartOption, type Figure, type Layout, type RenderItem, TEXT, textWidth } from "./chart.ts";
import { LIGHT } from "./colours.ts";

/** At this strength of the fill at 100 % text stays readable on it, in light and dark. */
const STRONGEST = 0.55;
/** CSS pixels. */
const ROW = { wide: 54, narrow: 46 } as const;
const MARGIN = { top: 34, bottom: 56, right: 16 } as const;
const GAP = 1.5;
const LINE = 15;

/** Success where two settings meet: the fuller the fill the higher, and every cell says its number. */
export function settingHeatMap({ rows, columns, cells, seeds }: Interaction, place: number): Figure {
  const told = rows.levels.flatMap((row, y) =>
    columns.levels.flatMap((column, x) => {
      const cell = cells[y]?.[x] ?? null;
      return cell === null ? [] : [`${row}, ${column}: ${percent(cell.success)}.`];
    }),
  );
  return {
    id: `settings-${place + 1}`,
    title: `Success by ${rows.name} and ${columns.name}`,
    description: `Success by ${rows.name} and ${columns.name}, mean over ${seeds.length} seeds. ${told.join(" ")}`,
    height: ({ kind }) => MARGIN.top + MARGIN.bottom + rows.levels.length * ROW[kind],
    option: (layout) => heatOption({ rows, columns, cells }, layout),
  };
}

function heatOption({ rows, columns, cells }: Pick<Interaction, "rows" | "columns" | "cells">, layout: Layout) {
  const left = Math.min(layout.width / 3, Math.max(...rows.levels.map(textWidth)) + 16);
  const width = (layout.width - left - MARGIN.right) / columns.levels.length;
  const data = rows.levels.flatMap((_, y) => columns.levels.map((_, x) => [x, y]));
  const renderItem: RenderItem = (_, api) => {
    const [x, y] = [Number(api.value(0)), Number(api.value(1))];
    const cell = cells[y]?.[x] ?? null;
    const [centreX, centreY] = api.coord([x, y]);
    const height = ROW[layout.kind];
    if (centreX === undefined || centreY === undefined) return null;
    const interval = cell === null || cell.interval === null ? "" : percentInterval(cell.interval);
    const lines = [cell === null ? "–" : percent(cell.success), ...(textWidth(interval) < width ? [interval] : [])];
    const told = lines.filter((line) => line !== "");
    return {
      type: "group",
      children: [
        {
          type: "rect",
          shape: {
            x: centreX - width / 2 + GAP,
            y: centreY - height / 2 + GAP,
            width: width - 2 * GAP,
            height: height - 2 * GAP,
          },
          style: {
            fill: LIGHT.blue,
            fillOpacity: (cell?.success ?? 0) * STRONGEST,
            stroke: LIGHT.rule,
            lineWidth: 1,
          },
        },
        ...told.map((text, line) => ({
          type: "text" as const,
          style: {
            ...TEXT,
            ...(line > 0 && { fontSize: 11 }),
            text,
            x: centreX,
            y: centreY + (line - (told.length - 1) / 2) * LINE,
            align: "center" as const,
            verticalAlign: "middle" as const,
          },
        })),
      ],
    };
  };
  const bare = { axisTick: { show: false }, axisLine: { show: false }, splitLine: { show: false } } as const;
  return {
    grid: { left, right: MARGIN.right, top: MARGIN.top, bottom: MARGIN.bottom },
    xAxis: xAxis({
      type: "category",
      name: columns.name,
      data: [...columns.levels],
      ...bare,
      axisLabel: { interval: 0, width: width - 4, overflow: "truncate" },
    }),
    yAxis: yAxis({
      type: "category",
      name: rows.name,
      inverse: true,
      nameLocation: "start",
      data: [...rows.levels],
      ...bare,
      nameTextStyle: { color: LIGHT.ink, align: "left", padding: [0, 0, 0, 12 - left] },
      axisLabel: { interval: 0, width: left - 12, overflow: "truncate" },
    }),
    series: [{ type: "custom", renderItem, data, encode: { x: 0, y: 1 }, silent: true, clip: false }],
  } satisfies ChartOption;
}
