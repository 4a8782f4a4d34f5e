import { ConfigError } from "../errors.ts";
import type { Reproduction } from "./reproduction.ts";

/** Whether a cell is to be run; what is there is shown either way. */
export type Selection = (reproduction: Reproduction, row: string, column: string) => boolean;

/**
 * `METHOD`, `METHOD/COLUMN` or `/COLUMN` each, by id or title, whatever the case; none: all cells. An average's columns are
 * those that it is over.
 * @throws ConfigError for a name that none of the reproductions has.
 */
export function selectionOf(only: readonly string[], reproductions: readonly Reproduction[]): Selection {
  if (only.length === 0) return () => true;
  const parts = only.map((text) => {
    const [row = "", column = ""] = text.split("/", 2).map((part) => part.trim().toLowerCase());
    if (row === "" && column === "") throw new ConfigError(`--only "${text}": ${EXPECTED}`);
    requireKnown(
      text,
      row,
      "method",
      reproductions.flatMap(({ rows }) => rows),
    );
    requireKnown(
      text,
      column,
      "column",
      reproductions.flatMap(({ columns }) => columns),
    );
    return { row, column };
  });
  return ({ rows, columns }, row, column) =>
    parts.some((part) => {
      const isRow = part.row === "" || rows.some((each) => each.id === row && isNamed(each, part.row));
      const isColumn =
        part.column === "" ||
        columns.some(
          (each) => isNamed(each, part.column) && (each.id === column || each.average?.of.includes(column) === true),
        );
      return isRow && isColumn;
    });
}

const EXPECTED = "expected METHOD, METHOD/COLUMN or /COLUMN, such as CoSo/NL";

interface Named {
  readonly id: string;
  readonly title: string;
}

function isNamed({ id, title }: Named, name: string): boolean {
  return id.toLowerCase() === name || title.toLowerCase() === name;
}

function requireKnown(text: string, name: string, what: string, known: readonly Named[]): void {
  if (name === "" || known.some((each) => isNamed(each, name))) return;
  const names = [...new Set(known.map(({ id }) => id))].join(", ");
  throw new ConfigError(`--only ${text}: no ${what} "${name}"; there are ${names}`);
}
