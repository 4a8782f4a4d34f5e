import type { BarSeriesOption, CustomSeriesOption, LineSeriesOption } from "echarts/charts";
import { BarChart, CustomChart, LineChart } from "echarts/charts";
import type { GridComponentOption, LegendComponentOption } from "echarts/components";
import { GridComponent, LegendComponent } from "echarts/components";
import { type ComposeOption, init, setPlatformAPI, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { escapeMarkup } from "../html.ts";
import { LIGHT } from "./colours.ts";

use([BarChart, CustomChart, LineChart, GridComponent, LegendComponent, SVGRenderer]);
setPlatformAPI({ measureText: (text) => ({ width: textWidth(text) }) });

export type ChartOption = ComposeOption<
  BarSeriesOption | CustomSeriesOption | GridComponentOption | LegendComponentOption | LineSeriesOption
>;
export type Series = BarSeriesOption | CustomSeriesOption | LineSeriesOption;
export type RenderItem = NonNullable<CustomSeriesOption["renderItem"]>;

/** A chart that can be drawn at more than one size. */
export interface Figure {
  /** File name without its ending; also keeps the ids of several SVGs on one page apart. */
  id: string;
  title: string;
  /** What a reader who cannot see the chart should know. */
  description: string;
  /** In CSS pixels, where what is drawn asks for another than the layout's. */
  height?(layout: Layout): number;
  option(layout: Layout): ChartOption;
}

/** In CSS pixels, at which 12 px text is drawn as 12 px. */
export interface Layout {
  kind: "wide" | "narrow";
  width: number;
  height: number;
}

/** A column of text, and of a paper when halved. */
export const WIDE: Layout = { kind: "wide", width: 720, height: 320 };
/** A telephone. */
export const NARROW: Layout = { kind: "narrow", width: 340, height: 290 };

const FONT_SIZE = 12;
/** What custom series have to be told of text, which does not follow the chart's. */
export const TEXT = { fontFamily: "DejaVu Sans", fontSize: FONT_SIZE, fill: LIGHT.ink } as const;
/** Mean advance of DejaVu Sans over English text; wider than most fonts, so that nothing overlaps in another. */
const CHARACTER_WIDTH_EM = 0.6;

/** Of text in a figure, in CSS pixels, rounded up. There is no browser to measure it. */
export function textWidth(text: string): number {
  return Math.ceil(text.length * FONT_SIZE * CHARACTER_WIDTH_EM);
}

/** SVG of a figure in light colours. The same figure and layout always give the same bytes. */
export function renderFigure(figure: Figure, layout: Layout): string {
  const { width } = layout;
  const height = figure.height?.(layout) ?? layout.height;
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: TEXT.fontFamily, fontSize: FONT_SIZE, color: LIGHT.ink },
      ...figure.option(layout),
    });
    return tidied(chart.renderToSVGString(), figure, layout);
  } finally {
    // An undisposed chart keeps Node alive.
    chart.dispose();
  }
}

/** The SVG as a file of its own: on white, with a title for whoever opens it. */
export function standalone(svg: string, figure: Figure): string {
  const background = `<rect width="100%" height="100%" fill="${LIGHT.paper}"></rect>`;
  return svg.replace(/<svg [^>]*>/, (tag) => `${tag}\n<title>${escapeMarkup(figure.title)}</title>\n${background}`);
}

/**
 * Drops what ECharts adds for a browser's hover effects, and makes ids unique within a page: its own count charts since
 * the process began.
 */
function tidied(svg: string, { id, description }: Figure, { kind }: Layout): string {
  return svg
    .replace(/<style\s*>.*?<\/style>/s, "")
    .replace(/ (class|ecmeta_[a-z_]+|pointer-events)="[^"]*"/g, "")
    .replaceAll(/zr\d+-/g, `${id}-${kind}-`)
    .replace("<svg ", `<svg role="img" aria-label="${escapeMarkup(description)}" `);
}
