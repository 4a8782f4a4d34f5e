import type { Table } from "../report/tables.ts";
import { type CellText, cellText } from "./cell-text.ts";
import { type Collected, cellAt } from "./collect.ts";
import { differencesTable } from "./differences-table.ts";
import { notesOf, Reasons } from "./notes.ts";
import { paperNumber } from "./paper.ts";
import type { Column, Row } from "./reproduction.ts";

/** A reproduction in the paper's layout, and what has to be said beside it. */
export interface Layout {
  /** What played at which scale, and where the paper has it. */
  readonly caption: string;
  readonly tables: readonly Table[];
  readonly differences: Table | null;
  /** Lines under the tables: environments, what was not run and why, notes. */
  readonly notes: readonly string[];
}

/** One table; a cell has its lines within it. */
export function markdownLayout(collected: Collected): Layout {
  const { rows, columns, title } = collected.reproduction;
  const { reasons, textOf, standsIn, kindOf } = partsOf(collected);
  const grouped = ({ group, title: name }: Column): string => (group === undefined ? name : `${group}: ${name}`);
  const table: Table = {
    caption: title,
    columns: [{ title: "Method" }, ...columns.map((column) => ({ title: grouped(column), isNumber: true }))],
    rows: [
      ["*environment*", ...columns.map((column) => (kindOf(column) === "" ? "" : `*${kindOf(column)}*`))],
      ...rows.map((row) => [
        lines([row.title, standsIn(row) === "" ? "" : `(${standsIn(row)})`]),
        ...columns.map((column) => {
          const text = textOf(row, column);
          const ours = text.isBest ? `**${text.ours}**` : text.ours;
          return lines([marked(ours, text, reasons), text.counts, `*paper ${text.paper}*`]);
        }),
      ]),
    ],
  };
  return finished(collected, [table], reasons, "**Bold**");
}

/** A table a group of columns, for want of width; a method has three rows. */
export function terminalLayout(collected: Collected): Layout {
  const { rows, columns, title } = collected.reproduction;
  const { reasons, textOf, standsIn, kindOf } = partsOf(collected);
  const groups = [...new Set(columns.map(({ group }) => group))];
  const tables = groups.map((group): Table => {
    const shown = columns.filter((column) => column.group === group);
    return {
      caption: group === undefined ? title : `${title} – ${group}`,
      columns: [{ title: "Method" }, ...shown.map((column) => ({ title: column.title, isNumber: true }))],
      rows: [
        ["environment", ...shown.map((column) => kindOf(column) || BLANK)],
        ...rows.flatMap((row) => {
          const texts = shown.map((column) => textOf(row, column));
          const ours = texts.map((text) => marked(text.isBest ? `${text.ours} *` : text.ours, text, reasons));
          const second = [`  ${standsIn(row) || "runs"}`, ...texts.map(({ counts }) => counts || BLANK)];
          return [
            [row.title, ...ours],
            ...(texts.every(({ counts }) => counts === "") ? [] : [second]),
            ["  paper", ...texts.map(({ paper }) => paper)],
          ];
        }),
      ],
    };
  });
  return finished(collected, tables, reasons, "*");
}

/** A cell without any text, or with blanks alone, would be shown as a token that holds nothing. */
const BLANK = "\u00a0";

function partsOf({ reproduction, scale, cells }: Collected) {
  const { paper, scales } = reproduction;
  const { standsIn = {}, environments } = scales[scale];
  return {
    reasons: new Reasons(),
    standsIn: (row: Row): string => standsIn[row.id] ?? "",
    kindOf: (column: Column): string => environments[column.id]?.kind ?? "",
    textOf: (row: Row, column: Column): CellText =>
      cellText(cellAt(cells, row.id, column.id), paperNumber(paper, row.id, column.id), column),
  };
}

function marked(ours: string, { reason }: CellText, reasons: Reasons): string {
  return reason === null ? ours : `${ours} (${reasons.letterOf(reason)})`;
}

function lines(texts: readonly string[]): string {
  return texts.filter((text) => text !== "").join("<br>");
}

function finished(collected: Collected, tables: readonly Table[], reasons: Reasons, best: string): Layout {
  const { reproduction, scale } = collected;
  return {
    caption: `Scale ${scale}: ${reproduction.scales[scale].subject}. Paper: ${reproduction.paper.source}.`,
    tables,
    differences: differencesTable(collected),
    notes: notesOf(collected, reasons, best),
  };
}
