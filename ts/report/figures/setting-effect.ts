import type { LevelEffect, MainEffect } from "../ablation.ts";
import { percent } from "../format.ts";
import { grid, legend, legendRows, percentAxis, xAxis } from "./axes.ts";
import { type ChartOption, type Figure, type Layout, type Series, textWidth } from "./chart.ts";
import { LIGHT } from "./colours.ts";
import { type IntervalPoint, whiskers } from "./intervals.ts";

const MEAN = "Mean over seeds, 95 % interval";
const SEED = "One seed";
/** CSS pixels: the ends of few seeds' intervals are seeds themselves. */
const BESIDE_WHISKER = 12;

/** Success at each value of one setting: every seed, and their mean with its interval. */
export function settingEffectFigure({ factor, levels, seeds }: MainEffect, place: number): Figure {
  const told = levels.map(({ level, success }) => `${level}: ${percent(success)}.`);
  return {
    id: `setting-${place + 1}`,
    title: `Success by ${factor}`,
    description: `Success by ${factor}, mean over ${seeds.length} seeds. ${told.join(" ")}`,
    option: (layout) => effectOption(factor, levels, layout),
  };
}

function effectOption(factor: string, levels: readonly LevelEffect[], layout: Layout): ChartOption {
  const room = (layout.width - 70) / levels.length;
  const isCrowded = levels.some(({ level }) => textWidth(level) > room);
  const points = levels.map(({ success, interval }, x): IntervalPoint => {
    const [low, high] = interval ?? [success, success];
    return { x, interval: [low * 100, high * 100], text: percent(success), textAt: success * 100 };
  });
  const plain = grid(layout, legendRows([MEAN, SEED], layout));
  return {
    legend: legend([MEAN, SEED]),
    grid: { ...plain, bottom: plain.bottom + (isCrowded ? 40 : 0) },
    xAxis: xAxis({
      type: "category",
      name: factor,
      nameGap: isCrowded ? 70 : 30,
      data: levels.map(({ level }) => level),
      axisTick: { show: false },
      axisLabel: { interval: 0, ...(isCrowded && { rotate: 35 }) },
    }),
    yAxis: percentAxis("Success"),
    series: [
      dots(
        MEAN,
        levels.map(({ success }, x) => [x, success * 100]),
        { symbol: "diamond", size: 11, shift: 0, colour: LIGHT.blue },
      ),
      dots(
        SEED,
        levels.flatMap(({ rates }, x) => rates.map((rate) => [x, rate * 100])),
        { symbol: "circle", size: 6, shift: BESIDE_WHISKER, colour: LIGHT.orange },
      ),
      whiskers(points, LIGHT.ink),
    ],
  };
}

/** A line that is not drawn: the legend shows a scatter series as a box. */
function dots(
  name: string,
  data: number[][],
  look: { symbol: string; size: number; shift: number; colour: string },
): Series {
  return {
    type: "line",
    name,
    data,
    symbol: look.symbol,
    symbolSize: look.size,
    symbolOffset: [look.shift, 0],
    lineStyle: { opacity: 0 },
    itemStyle: { color: look.colour },
  };
}
