import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { figure } from "./numbers.ts";

/** One run's line. */
export interface Line {
  name: string;
  /** A custom property of the page, such as `--blue`. */
  colour: string;
  dash: readonly number[];
  x: readonly number[];
  y: readonly (number | null)[];
}

interface ChartProps {
  title: string;
  xName: string;
  lines: readonly Line[];
}

/** Metrics that lie in [0, 1], drawn over all of it, so that no wiggle looks like a cliff. */
const SHARES = /success|valid_json|invalid|accuracy|fraction|share|unfinished|positive/;
const HEIGHT = 210;
/** Charts of one page move their cursors together. */
const cursors = uPlot.sync("run");

/** Lines over a common x-axis, redrawn where they are when numbers, colours or width change. */
export function Chart({ title, xName, lines }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const isEmpty = lines.every(({ y }) => y.every((value) => value === null));
  const shape = lines.map(({ name, colour }) => `${name} ${colour}`).join("\n");
  // Other numbers of the same lines are set below, without drawing the axes anew.
  useEffect(() => {
    const element = place.current;
    if (element === null || isEmpty) return;
    const made = new uPlot(optionsOf(element.clientWidth, { title, xName, lines }), dataOf(lines), element);
    plot.current = made;
    const sizes = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    sizes.observe(element);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const redraw = () => made.redraw();
    scheme.addEventListener("change", redraw);
    return () => {
      sizes.disconnect();
      scheme.removeEventListener("change", redraw);
      made.destroy();
      plot.current = null;
    };
  }, [shape, title, xName, isEmpty]);
  useEffect(() => plot.current?.setData(dataOf(lines)), [lines]);
  return (
    <figure class="chart">
      <figcaption>
        <b>{title}</b>
        {lines.length === 1 && <span>{latest(lines[0])}</span>}
      </figcaption>
      {isEmpty ? (
        lines.length > 0 && (
          <p class="muted">{lines.length === 1 ? "The run has" : "These runs have"} no value of it.</p>
        )
      ) : (
        <div ref={place} role="img" aria-label={described(title, xName, lines)} />
      )}
    </figure>
  );
}

function latest(line: Line | undefined): string {
  const value = line?.y.findLast((each) => each !== null) ?? null;
  return value === null ? "" : figure(value);
}

function described(title: string, xName: string, lines: readonly Line[]): string {
  const parts = lines.map((line) => {
    const values = line.y.filter((value) => value !== null);
    const [first, last] = [values[0], values.at(-1)];
    return first === undefined || last === undefined
      ? `${line.name}: no values`
      : `${line.name}: from ${figure(first)} to ${figure(last)}`;
  });
  return `${title} over ${xName}. ${parts.join("; ")}`;
}

/** Runs have their own x-values; a run has gaps where only others have one. */
function dataOf(lines: readonly Line[]): uPlot.AlignedData {
  const tables = lines.map(({ x, y }) => {
    const places = [...y.keys()].filter((index) => y[index] !== null);
    return [places.map((index) => x[index] ?? 0), places.map((index) => y[index] ?? 0)] satisfies uPlot.AlignedData;
  });
  return tables.length === 0 ? [[]] : uPlot.join(tables);
}

function optionsOf(width: number, { title, xName, lines }: ChartProps): uPlot.Options {
  const colour = (name: string) => () => getComputedStyle(document.documentElement).getPropertyValue(name);
  const font = '12px -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';
  const axis = {
    stroke: colour("--muted"),
    font,
    grid: { stroke: colour("--rule"), width: 1 },
    ticks: { show: false },
    // As many digits as tell one tick from the next.
    values: (_: uPlot, splits: number[], _axis: number, _space: number, step: number) =>
      splits.map((value) => tick(value, step)),
  };
  const isShare =
    SHARES.test(title) && lines.every(({ y }) => y.every((value) => value === null || (value >= 0 && value <= 1)));
  return {
    width,
    height: HEIGHT,
    padding: [8, 12, 0, 0],
    cursor: { sync: { key: cursors.key }, points: { size: 7 }, drag: { x: false, y: false } },
    scales: { x: { time: false }, ...(isShare && { y: { range: [0, 1] as [number, number] } }) },
    hooks: { setCursor: [(plot) => plot.root.classList.toggle("pointed", (plot.cursor.idx ?? null) !== null)] },
    axes: [
      { ...axis, grid: { show: false }, label: xName, labelFont: font, labelSize: 18, labelGap: 0, size: 28 },
      { ...axis, size: 48 },
    ],
    legend: { live: true },
    series: [
      { label: xName, value: (_, value) => (value === null ? "" : figure(value)) },
      ...lines.map((line) => ({
        label: line.name,
        stroke: colour(line.colour),
        width: 2,
        dash: [...line.dash],
        spanGaps: true,
        points: { show: line.x.length < 40, size: 5, fill: colour(line.colour) },
        value: (_: uPlot, value: number | null) => (value === null ? "–" : figure(value)),
      })),
    ],
  };
}

const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 2 });

function tick(value: number, step: number): string {
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  const text =
    step >= 1000 ? compact.format(value) : digits > 4 && value !== 0 ? value.toExponential(1) : value.toFixed(digits);
  return text.replaceAll("-", "−");
}
