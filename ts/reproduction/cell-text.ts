import type { Cell, MeasuredCell } from "./cell.ts";
import type { PaperNumber } from "./paper.ts";
import type { Column } from "./reproduction.ts";
import type { Unit } from "./units.ts";

/** A cell in parts, for any of the forms that a table comes in. */
export interface CellText {
  /** Mean and interval, or a dash. */
  readonly ours: string;
  /** Seeds, and episodes in all; empty where nothing was measured. */
  readonly counts: string;
  readonly paper: string;
  readonly isBest: boolean;
  /** Why there is nothing; null where there is something. */
  readonly reason: string | null;
}

const NOTHING = "–";

export function cellText(cell: Cell, paper: PaperNumber, { unit }: Column): CellText {
  const shown = paperText(paper, unit);
  if (cell.state === "not run") return { ours: NOTHING, counts: "", paper: shown, isBest: false, reason: cell.reason };
  return { ours: estimate(cell, unit), counts: countsOf(cell), paper: shown, isBest: cell.isBest, reason: null };
}

function estimate({ mean, interval }: MeasuredCell, { ours }: Unit): string {
  return interval === null ? ours(mean) : `${ours(mean)} [${ours(interval[0])}, ${ours(interval[1])}]`;
}

function countsOf({ values, seedsWanted, episodes, state }: MeasuredCell): string {
  const seeds = state === "partial" ? `${values.length} of ${seedsWanted} seeds` : `${values.length} seeds`;
  return episodes === null ? seeds : `${seeds}, ${episodes} ep.`;
}

function paperText(paper: PaperNumber, unit: Unit): string {
  if (paper === null) return NOTHING;
  if (typeof paper === "number") return unit.paper(paper);
  return typeof paper === "string" ? paper : `${unit.paper(paper[0])} ± ${unit.paper(paper[1])}`;
}
