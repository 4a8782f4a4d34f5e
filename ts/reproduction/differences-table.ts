import { MISSING } from "../report/cell.ts";
import { signedPoints } from "../report/format.ts";
import type { Interval } from "../report/statistics.ts";
import type { Table } from "../report/tables.ts";
import type { Collected } from "./collect.ts";

/** Of the reproduction's method from every other, in percentage points; null where no two share two seeds. */
export function differencesTable({ reproduction, differences }: Collected): Table | null {
  if (differences.length === 0) return null;
  const rowTitle = (id: string): string => reproduction.rows.find((row) => row.id === id)?.title ?? id;
  const columnTitle = (id: string): string => {
    const column = reproduction.columns.find((each) => each.id === id);
    return column?.group === undefined ? (column?.title ?? id) : `${column.group}: ${column.title}`;
  };
  const number = (title: string) => ({ title, isNumber: true });
  return {
    caption: "Differences on shared seeds, in percentage points",
    columns: [
      { title: "Column" },
      { title: "Difference" },
      number("Pairs"),
      number("Mean"),
      number("95 % bootstrap"),
      number("95 % Student"),
      number("P(improvement)"),
    ],
    rows: differences.map(
      ({ column, row, baseline, pairs, difference, interval, student, probabilityOfImprovement }) => [
        columnTitle(column),
        `${rowTitle(row)} − ${rowTitle(baseline)}`,
        String(pairs),
        signedPoints(difference),
        bounds(interval),
        student === null ? MISSING : bounds(student),
        probabilityOfImprovement.toFixed(2),
      ],
    ),
  };
}

function bounds([low, high]: Interval): string {
  return `[${signedPoints(low)}, ${signedPoints(high)}]`;
}
