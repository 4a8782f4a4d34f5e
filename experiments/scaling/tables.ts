import type { Help } from "./knobs.ts";
import type { Activity, DeviceSeconds } from "./ledger.ts";
import type { Outcome, Scale } from "./simulation.ts";

/** Columns of the table that says where time goes. */
const COLUMNS: readonly [title: string, activities: readonly Activity[]][] = [
  ["prompts", ["prompts"]],
  ["decode: weights", ["decode-weights"]],
  ["cache", ["decode-cache"]],
  ["products", ["decode-products"]],
  ["issuing", ["issue"]],
  ["weighing", ["weigh"]],
  ["update", ["update"]],
  ["transfer", ["exchange", "hand-over"]],
  ["wait: environments", ["wait-environments"]],
  ["leader", ["wait-leader"]],
  ["engines", ["wait-others"]],
  ["new weights", ["wait-trainer"]],
  ["steps", ["wait-experience"]],
];

export interface Result {
  readonly scale: Scale;
  readonly outcome: Outcome;
  readonly help: readonly Help[];
}

const HOUR = 3600;

/** A Markdown table with a line for each scale: speed, and where the time of all GPUs goes in %. */
export function scaleTable(results: readonly Result[]): string {
  const used = COLUMNS.filter(([, activities]) =>
    results.some(({ outcome }) => shareOf(outcome.shares, activities) >= 0.005),
  );
  const isAsynchronous = results.some(({ outcome }) => outcome.staleness !== null);
  return markdown(
    [
      "GPUs",
      "environments",
      ...(isAsynchronous ? ["engines + trainers"] : []),
      "steps/s",
      "hours a million",
      "rows",
      "waits for room",
      "leader busy",
      ...(isAsynchronous ? ["staleness, mean", "discarded"] : []),
      ...used.map(([title]) => title),
    ],
    results.map(({ scale, outcome }) => [
      String(scale.gpus),
      String(scale.environments),
      ...(isAsynchronous ? [placement(outcome)] : []),
      short(outcome.stepsPerSecond),
      short(1e6 / outcome.stepsPerSecond / HOUR),
      short(outcome.rows),
      percent(outcome.full),
      percent(outcome.leader),
      ...(isAsynchronous ? [short(outcome.staleness?.mean ?? 0), percent(outcome.staleness?.discarded ?? 0)] : []),
      ...used.map(([, activities]) => percent(shareOf(outcome.shares, activities))),
    ]),
  );
}

/** What halving each cost brings; knobs that change nothing anywhere are left out. */
export function knobTable(results: readonly Result[]): string {
  const knobs = (results[0]?.help ?? []).map(({ knob }) => knob);
  const speedUp = ({ help }: Result, knob: string): number => help.find((one) => one.knob === knob)?.speedUp ?? 1;
  const rows = knobs
    .map((knob) => ({ knob, speedUps: results.map((result) => speedUp(result, knob)) }))
    .filter(({ speedUps }) => speedUps.some((one) => Math.abs(one - 1) >= 0.01))
    .sort((one, other) => Math.max(...other.speedUps) - Math.max(...one.speedUps));
  return markdown(
    ["halved", ...results.map(({ scale }) => `${scale.gpus} × ${scale.environments}`)],
    rows.map(({ knob, speedUps }) => [knob, ...speedUps.map((one) => one.toFixed(2))]),
  );
}

/** First column to the left, the others to the right. */
export function markdown(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(titles), rule, ...rows.map(line)].join("\n");
}

function placement({ engines, trainers }: Outcome): string {
  return trainers === 0 ? `${engines} in turn` : `${engines} + ${trainers}`;
}

function shareOf(shares: DeviceSeconds, activities: readonly Activity[]): number {
  return activities.reduce((sum, activity) => sum + shares[activity], 0);
}

function percent(share: number): string {
  return share > 0 && share < 0.005 ? "<1" : String(Math.round(share * 100));
}

/** Two digits are all that such an estimate has. */
export function short(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
}
