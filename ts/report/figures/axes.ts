import { type ChartOption, type Layout, textWidth } from "./chart.ts";
import { LIGHT } from "./colours.ts";

/** The quiet axes that all figures share: thin rules, muted numbers, the name of y above its axis. */

type XAxis = Exclude<NonNullable<ChartOption["xAxis"]>, readonly unknown[]>;
type YAxis = Exclude<NonNullable<ChartOption["yAxis"]>, readonly unknown[]>;

const label = { color: LIGHT.muted, fontSize: 12 };

export function xAxis(axis: XAxis): XAxis {
  return {
    nameLocation: "middle",
    nameGap: 30,
    nameTextStyle: { color: LIGHT.ink },
    axisLine: { show: true, lineStyle: { color: LIGHT.muted } },
    axisTick: { show: true, lineStyle: { color: LIGHT.muted } },
    splitLine: { show: false },
    ...axis,
    axisLabel: { ...label, ...axis.axisLabel },
  } as XAxis;
}

export function yAxis(axis: YAxis): YAxis {
  return {
    nameLocation: "end",
    nameGap: 14,
    nameTextStyle: { color: LIGHT.ink, align: "left", padding: [0, 0, 0, -36] },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: true, lineStyle: { color: LIGHT.rule } },
    ...axis,
    axisLabel: { ...label, ...axis.axisLabel },
  } as YAxis;
}

/** Shares as percent, all of 0 to 100: a cut axis would flatter small differences. */
export function percentAxis(name: string): YAxis {
  return yAxis({ type: "value", name, min: 0, max: 100, interval: 25, axisLabel: { formatter: "{value} %" } });
}

/** Height of a legend's row, in CSS pixels. */
export const LEGEND_ROW = 24;

/** Room for the legend above, the name of y below it, and the numbers on the left. */
export function grid({ kind }: Layout, rows = 1): { left: number; right: number; top: number; bottom: number } {
  return { left: 52, right: kind === "wide" ? 20 : 12, top: 34 + rows * LEGEND_ROW, bottom: 50 };
}

const LEGEND = { left: 8, itemWidth: 26, itemGap: 16, padding: 4, gapBeforeText: 5 };

/** ECharts wraps a legend but does not say how often. */
export function legendRows(names: readonly string[], { width }: Layout): number {
  const available = width - 2 * (LEGEND.left + LEGEND.padding);
  let rows = 1;
  let used = 0;
  for (const name of names) {
    const itemWidth = LEGEND.itemWidth + LEGEND.gapBeforeText + textWidth(name);
    if (used > 0 && used + itemWidth > available) {
      rows += 1;
      used = 0;
    }
    used += itemWidth + LEGEND.itemGap;
  }
  return rows;
}

/** `bareLines` are shown without the circle that ECharts puts on every line in a legend. */
export function legend(
  names: readonly string[],
  bareLines: ReadonlySet<string> = new Set(),
): NonNullable<ChartOption["legend"]> {
  return {
    data: names.map((name) => (bareLines.has(name) ? { name, itemStyle: { opacity: 0 } } : { name })),
    left: LEGEND.left,
    top: 2,
    itemWidth: LEGEND.itemWidth,
    itemHeight: 10,
    itemGap: LEGEND.itemGap,
    padding: LEGEND.padding,
    textStyle: { color: LIGHT.ink, fontSize: 12 },
  };
}
