import { percent } from "../format.ts";
import type { Stage } from "../run-schema.ts";
import { grid, legend, percentAxis, xAxis } from "./axes.ts";
import type { ChartOption, Figure, Layout, Series } from "./chart.ts";
import { type Colour, LIGHT } from "./colours.ts";
import { type BarShift, whiskers } from "./intervals.ts";

const DECODINGS = [
  { key: "sampled", name: "Sampled", colour: "blue" },
  { key: "greedy", name: "Greedy", colour: "orange" },
] as const satisfies { key: keyof Stage; name: string; colour: Colour }[];

/** Success after each stage of a run, sampled and greedy, with 95 % Wilson intervals. */
export function stageBars(stages: readonly Stage[]): Figure {
  const told = stages.map(
    ({ stage, sampled, greedy }) =>
      `${stage}: sampled ${percent(sampled.rate)}${greedy === null ? "" : `, greedy ${percent(greedy.rate)}`}.`,
  );
  return {
    id: "stages",
    title: "Success by stage",
    description: `Success rates with 95 % intervals. ${told.join(" ")}`,
    option: (layout) => stageOption(stages, layout),
  };
}

function stageOption(stages: readonly Stage[], layout: Layout): ChartOption {
  const label = (rate: number) => (layout.kind === "wide" ? percent(rate) : `${Math.round(rate * 100)} %`);
  const barMaxWidth = layout.kind === "wide" ? 56 : 34;
  const decodings = DECODINGS.filter(({ key }) => stages.some((stage) => stage[key] !== null));
  const series = decodings.flatMap(({ key, name, colour }, index): Series[] => {
    const shift: BarShift = {
      index,
      layout: { count: decodings.length, barMaxWidth, barGap: "12%", barCategoryGap: "30%" },
    };
    return [
      {
        type: "bar",
        name,
        data: stages.map((stage) => (stage[key] === null ? null : stage[key].rate * 100)),
        barMaxWidth,
        barGap: "12%",
        barCategoryGap: "30%",
        itemStyle: { color: LIGHT[colour] },
      },
      whiskers(
        stages.flatMap((stage, x) => {
          const evaluation = stage[key];
          if (evaluation === null) return [];
          const [low, high] = evaluation.interval;
          return [{ x, interval: [low * 100, high * 100], text: label(evaluation.rate) }];
        }),
        LIGHT.ink,
        shift,
      ),
    ];
  });
  return {
    legend: legend(decodings.map(({ name }) => name)),
    grid: { ...grid(layout), bottom: 30 },
    xAxis: xAxis({
      type: "category",
      data: stages.map(({ stage }) => stage),
      axisTick: { show: false },
      axisLabel: { interval: 0 },
    }),
    yAxis: percentAxis("Success"),
    series,
  };
}
