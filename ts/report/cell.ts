import { percentInterval } from "./format.ts";
import type { Interval } from "./statistics.ts";

/** What stands in a table: words, or a number as it is written beside what it sorts by. */
export type Cell = string | NumberCell;

export interface NumberCell {
  text: string;
  /** Null where nothing was measured. */
  value: number | null;
  /** Drawn bold: only where a test supports it. */
  isStrong?: boolean;
}

/** What stands for a number that was not measured. */
export const MISSING = "–";

export function numberCell(value: number | null, format: (value: number) => string = String): NumberCell {
  return { text: value === null ? MISSING : format(value), value };
}

/** Sorts by the low end. */
export function intervalCell(
  interval: Interval | null,
  format: (interval: Interval) => string = percentInterval,
): NumberCell {
  return { text: interval === null ? MISSING : format(interval), value: interval?.[0] ?? null };
}

/** `text` for what is not a plain number, such as "185/200"; sorts by `value`. */
export function toldCell(text: string, value: number | null): NumberCell {
  return { text, value };
}

/** 185 of 200 as "185/200"; sorts by the share. */
export function fractionCell(part: number, whole: number, told = `${part}/${whole}`): NumberCell {
  return toldCell(told, whole === 0 ? null : part / whole);
}

export function cellText(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.text;
}

export function isStrong(cell: Cell): boolean {
  return typeof cell !== "string" && cell.isStrong === true;
}
