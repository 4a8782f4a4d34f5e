import { percent } from "../format.ts";
import { grid, legend, legendRows, percentAxis, xAxis } from "./axes.ts";
import type { ChartOption, Figure, Layout, Series } from "./chart.ts";
import { type Colour, LIGHT } from "./colours.ts";

/** Weights of the same tokens by one method, as shares of tokens in equal bins of [0, 1]. */
export interface WeightShares {
  name: string;
  /** Filled and hollow bars tell two methods apart without colour. */
  look: keyof typeof LOOKS;
  shares: readonly number[];
}

const LOOKS = {
  filled: { colour: "blue", isHollow: false },
  hollow: { colour: "vermillion", isHollow: true },
} as const satisfies Record<string, { colour: Colour; isHollow: boolean }>;

/** Which share of tokens has which causal weight, by one method beside another (Figure E.2 of the paper). */
export function weightSharesFigure(
  { id, title }: Pick<Figure, "id" | "title">,
  methods: readonly WeightShares[],
): Figure {
  const told = methods.map(
    ({ name, shares }) =>
      `${name}: ${shares.map((share, bin) => `${percent(share)} in ${binName(bin, shares.length)}`).join(", ")}.`,
  );
  return {
    id,
    title,
    description: `Shares of tokens by causal weight. ${told.join(" ")}`,
    option: (layout) => sharesOption(methods, layout),
  };
}

/** CSS pixels above 100 %, where the label of a full bar stands. */
const LABEL_ROOM = 12;

function sharesOption(methods: readonly WeightShares[], layout: Layout): ChartOption {
  const names = methods.map(({ name }) => name);
  const numBins = methods[0]?.shares.length ?? 0;
  const plain = grid(layout, legendRows(names, layout));
  const barMaxWidth = layout.kind === "wide" ? 52 : 28;
  const series = methods.map(({ name, look, shares }): Series => {
    const { colour, isHollow } = LOOKS[look];
    return {
      type: "bar",
      name,
      // A border would draw even what is not there.
      data: shares.map((share) => (share > 0 ? share * 100 : { value: 0, itemStyle: { borderWidth: 0 } })),
      barMaxWidth,
      barGap: "14%",
      barCategoryGap: "24%",
      itemStyle: {
        color: isHollow ? LIGHT.paper : LIGHT[colour],
        borderColor: LIGHT[colour],
        borderWidth: 2,
      },
      label: {
        show: true,
        position: "top",
        color: LIGHT.ink,
        fontSize: layout.kind === "wide" ? 11 : 9,
        formatter: ({ dataIndex }) => shareText(shares[dataIndex] ?? 0, layout),
      },
    };
  });
  return {
    legend: legend(names),
    grid: { ...plain, top: plain.top + LABEL_ROOM },
    xAxis: xAxis({
      type: "category",
      name: "Causal weight B",
      data: Array.from({ length: numBins }, (_, bin) => binName(bin, numBins)),
      axisTick: { show: false },
      axisLabel: { interval: 0, ...(layout.kind === "narrow" && { fontSize: 9 }) },
    }),
    yAxis: { ...percentAxis("Share of tokens"), nameGap: 14 + LABEL_ROOM },
    series,
  };
}

/** Half-open but for the last. */
function binName(bin: number, numBins: number): string {
  const edge = (index: number): string => String(Number((index / numBins).toFixed(2)));
  return `[${edge(bin)}, ${edge(bin + 1)}${bin === numBins - 1 ? "]" : ")"}`;
}

/** A bar too low to be seen is still told from none. */
function shareText(share: number, { kind }: Layout): string {
  if (share === 0) return "0";
  if (share < 0.001) return "< 0.1 %";
  return kind === "wide" ? percent(share) : (share * 100).toFixed(1);
}
