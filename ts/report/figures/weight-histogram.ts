import { percent, whole } from "../format.ts";
import type { CausalWeightShare } from "../run-schema.ts";
import { grid, xAxis, yAxis } from "./axes.ts";
import { type ChartOption, type Figure, type Layout, type RenderItem, TEXT } from "./chart.ts";
import { LIGHT } from "./colours.ts";

/** Below this a token hardly bears on the action: the paper's mark for how sparse causal weights are. */
const LITTLE = 0.2;

/** How many tokens have which causal weight. Counts on a logarithmic axis, as most tokens have next to none. */
export function weightHistogram(weights: CausalWeightShare): Figure {
  return {
    id: "causal-weights",
    title: "Distribution of causal weights",
    description:
      `Histogram of the causal weights of ${whole(weights.tokens)} tokens in ${weights.counts.length} bins from 0 to 1, ` +
      `counts on a logarithmic axis: ${percent(weights.shareBelow02)} lie under 0.2, ` +
      `${percent(weights.shareAbove05)} above 0.5.`,
    option: (layout) => histogramOption(weights, layout),
  };
}

function histogramOption({ counts, shareBelow02 }: CausalWeightShare, layout: Layout): ChartOption {
  const binWidth = 1 / counts.length;
  const bar: RenderItem = (_, api) => {
    const [left, top] = api.coord([Number(api.value(0)), Number(api.value(1))]);
    const [right, bottom] = api.coord([Number(api.value(0)) + binWidth, FLOOR]);
    if (left === undefined || top === undefined || right === undefined || bottom === undefined) return null;
    const isLittle = Number(api.value(0)) + binWidth / 2 < LITTLE;
    return {
      type: "rect",
      shape: { x: left + 1, y: top, width: right - left - 2, height: bottom - top },
      style: { fill: isLittle ? LIGHT.sky : LIGHT.blue },
    };
  };
  const threshold: RenderItem = (parameters, api) => {
    const [x, bottom] = api.coord([LITTLE, FLOOR]);
    const { y: top } = parameters.coordSys as unknown as { y: number };
    if (x === undefined || bottom === undefined) return null;
    return {
      type: "group",
      children: [
        {
          type: "line",
          shape: { x1: x, y1: top, x2: x, y2: bottom },
          style: { stroke: LIGHT.ink, lineWidth: 1, lineDash: [4, 3] },
        },
        {
          type: "text",
          style: { ...TEXT, x: x + 7, y: top + 3, text: `${percent(shareBelow02)} under ${LITTLE}` },
        },
      ],
    };
  };
  const data = counts.flatMap((count, bin) => (count === 0 ? [] : [[bin * binWidth, count]]));
  return {
    grid: { ...grid(layout, 0), left: 66 },
    xAxis: xAxis({ type: "value", name: "Causal weight B", min: 0, max: 1, interval: LITTLE }),
    yAxis: yAxis({
      type: "log",
      name: "Tokens",
      nameTextStyle: { color: LIGHT.ink, align: "left", padding: [0, 0, 0, -50] },
      min: FLOOR,
      axisLabel: { formatter: (count: number) => (count < 1 ? "" : whole(count)) },
    }),
    series: [
      { type: "custom", renderItem: bar, data, encode: { x: 0, y: 1 }, silent: true },
      { type: "custom", renderItem: threshold, data: [[LITTLE, 1]], encode: { x: 0, y: 1 }, silent: true, z: 5 },
    ],
  };
}

/** Where the logarithmic axis begins: below 1, so that a single token still shows as a bar. */
const FLOOR = 0.5;
