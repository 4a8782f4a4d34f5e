import { delimited } from "../report/delimited.ts";
import { type Collected, cellAt } from "./collect.ts";
import { type PaperNumber, paperNumber } from "./paper.ts";

/** A cell in one line, as a statistics package wants it; null where there is nothing. */
export interface FlatCell {
  readonly reproduction: string;
  readonly scale: string;
  readonly row: string;
  readonly column: string;
  readonly environment: string | null;
  readonly environmentDetail: string | null;
  readonly state: "measured" | "partial" | "not run";
  /** Shares lie in [0, 1]; what else there is has the unit's name. */
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly interquartileMean: number | null;
  readonly seeds: number;
  readonly seedsWanted: number | null;
  readonly episodes: number | null;
  readonly isBest: boolean;
  readonly unit: string;
  /** As printed, in the paper's unit: percent, billions, GB, hours. */
  readonly paper: number | string | null;
  readonly paperSpread: number | null;
  readonly reason: string | null;
}

export function flatCells({ reproduction, scale, cells }: Collected): FlatCell[] {
  const { id, rows, columns, paper, scales } = reproduction;
  return rows.flatMap(({ id: row }) =>
    columns.map(({ id: column, unit }): FlatCell => {
      const cell = cellAt(cells, row, column);
      const environment = scales[scale].environments[column];
      const printed: PaperNumber = paperNumber(paper, row, column);
      const [number, spread] = Array.isArray(printed) ? (printed as readonly [number, number]) : [printed, null];
      const head = {
        reproduction: id,
        scale,
        row,
        column,
        environment: environment?.kind ?? null,
        environmentDetail: environment?.detail ?? null,
        state: cell.state,
      };
      const tail = { unit: unit.name, paper: number as number | string | null, paperSpread: spread };
      if (cell.state === "not run") return { ...head, ...NOTHING, ...tail, reason: cell.reason };
      const { mean, interval, interquartileMean, values, seedsWanted, episodes, isBest } = cell;
      return {
        ...head,
        mean,
        low: interval?.[0] ?? null,
        high: interval?.[1] ?? null,
        interquartileMean,
        seeds: values.length,
        seedsWanted,
        episodes,
        isBest,
        ...tail,
        reason: null,
      };
    }),
  );
}

const NOTHING = {
  mean: null,
  low: null,
  high: null,
  interquartileMean: null,
  seeds: 0,
  seedsWanted: null,
  episodes: null,
  isBest: false,
};

/** With a header. */
export function cellsCsv(cells: readonly FlatCell[]): string {
  const columns = Object.keys(cells[0] ?? {}) as (keyof FlatCell)[];
  const text = (value: FlatCell[keyof FlatCell]): string | number | null =>
    typeof value === "boolean" ? String(value) : value;
  return delimited([columns, ...cells.map((cell) => columns.map((column) => text(cell[column])))]);
}
