import { signedPoints } from "../report/format.ts";
import type { Table } from "../report/tables.ts";
import { type CellText, cellText } from "./cell-text.ts";
import { type Collected, cellAt } from "./collect.ts";
import { paperNumber } from "./paper.ts";
import type { Column, Row } from "./reproduction.ts";

/** A reproduction in the paper's layout, and what has to be said beside it. */
export interface Layout {
  /** Beneath its name: what played at which scale. */
  readonly caption: string;
  /** A table a group of columns, or one of all. */
  readonly tables: readonly Table[];
  readonly differences: Table | null;
  /** Lines under the tables: environments, what was not run and why, notes. */
  readonly notes: readonly string[];
}

/** How a cell's parts become one or several cells of text. */
export interface Form {
  /** Whether groups of columns are tables of their own, for want of width. */
  readonly splits: boolean;
  bold(text: string): string;
  /** Lines of one cell as one, or null: each line is a row of its own. */
  joined: ((lines: readonly string[]) => string) | null;
}

export const MARKDOWN: Form = {
  splits: false,
  bold: (text) => `**${text}**`,
  joined: (lines) => lines.filter((line) => line !== "").join("<br>"),
};

export const TERMINAL: Form = { splits: true, bold: (text) => `${text} *`, joined: null };

export function layout(collected: Collected, form: Form): Layout {
  const { reproduction, scale } = collected;
  const { rows, columns, title, paper } = reproduction;
  const { subject, standsIn = {} } = reproduction.scales[scale];
  const reasons = new Reasons();
  const textOf = (row: Row, column: Column): CellText =>
    cellText(cellAt(collected.cells, row.id, column.id), paperNumber(paper, row.id, column.id), column);
  const groups = form.splits ? [...new Set(columns.map(({ group }) => group))] : [null];
  const tables = groups.map((group): Table => {
    const shown = columns.filter((column) => group === null || column.group === group);
    const isGrouped = group === null && columns.some((column) => column.group !== undefined);
    return {
      caption: group === null || group === undefined ? title : `${title} – ${group}`,
      columns: [
        { title: "Method" },
        ...shown.map(({ title: name, group: of }) => ({
          title: isGrouped && of !== undefined ? `${of}: ${name}` : name,
          isNumber: true,
        })),
      ],
      rows: [
        ["environment", ...shown.map(({ id }) => reproduction.scales[scale].environments[id]?.kind ?? "")],
        ...rows.flatMap((row) => {
          const cells = shown.map((column) => linesOf(textOf(row, column), reasons, form));
          const name = [row.title, standsIn[row.id] ?? "", "paper"];
          if (form.joined === null)
            return [0, 1, 2].map((line) => [head(name, line), ...cells.map((cell) => cell[line] ?? "")]);
          const { joined } = form;
          const [ours = "", counts = "", printed = ""] = name;
          return [[joined([ours, counts === "" ? "" : `(${counts})`, printed]), ...cells.map((cell) => joined(cell))]];
        }),
      ],
    };
  });
  return {
    caption: `Scale ${scale}: ${subject}. Paper: ${paper.source}.`,
    tables,
    differences: differencesOf(collected),
    notes: notesOf(collected, reasons, form),
  };
}

/** The name, then what stands in, then that the paper's number follows. */
function head([name = "", standsIn = "", paper = ""]: readonly string[], line: number): string {
  return line === 0 ? name : line === 1 ? (standsIn === "" ? "" : `  ${standsIn}`) : `  ${paper}`;
}

function linesOf(
  { ours, counts, paper, isBest, reason }: CellText,
  reasons: Reasons,
  form: Form,
): [string, string, string] {
  const shown = isBest ? form.bold(ours) : ours;
  const marked = reason === null ? shown : `${shown} (${reasons.letterOf(reason)})`;
  return [marked, counts, form.joined === null ? paper : paper === "–" ? "" : `*${paper}*`];
}

/** Why cells are empty, each reason once. */
class Reasons {
  readonly #letters = new Map<string, string>();

  letterOf(reason: string): string {
    const letter = this.#letters.get(reason) ?? String.fromCharCode("a".charCodeAt(0) + this.#letters.size);
    this.#letters.set(reason, letter);
    return letter;
  }

  lines(): string[] {
    return [...this.#letters].map(([reason, letter]) => `(${letter}) not run: ${reason}`);
  }
}

function notesOf({ reproduction, scale, cells, revisions }: Collected, reasons: Reasons, { bold }: Form): string[] {
  const { environments, notes } = reproduction.scales[scale];
  const labels = new Set(Object.values(environments).map(({ kind, detail }) => `${kind}: ${detail}`));
  const measured = [...cells.values()].filter(({ state }) => state !== "not run");
  const code = revisions.map((revision) => revision ?? "outside a checkout");
  return [
    ...[...labels].map((label) => `environment ${label}`),
    ...(measured.length === 0 ? [] : [ESTIMATES]),
    ...(reproduction.columns.some(({ unit }) => unit.better !== "none") && measured.length > 0
      ? [
          `${bold("Bold")}: better than every other method that was run in the column, by a paired 95 % interval over at least 3 shared seeds that excludes 0. With 3 or 4 pairs such an interval is narrow.`,
        ]
      : []),
    ...notes,
    ...reasons.lines(),
    ...(code.length === 0 ? [] : [`Code of the runs: ${code.join(", ")}`]),
  ];
}

const ESTIMATES =
  "Ours: mean over seeds [95 %: bootstrap over seeds, or Wilson over the episodes of a single one], number of seeds, episodes in all (ep.).";

/** Of the reproduction's method from every other, in percentage points. */
function differencesOf({ reproduction, differences }: Collected): Table | null {
  if (differences.length === 0) return null;
  const titleOf = (named: readonly { id: string; title: string; group?: string }[], id: string): string =>
    named.find((each) => each.id === id)?.title ?? id;
  const columnOf = (id: string): string => {
    const column = reproduction.columns.find((each) => each.id === id);
    return column?.group === undefined ? (column?.title ?? id) : `${column.group}: ${column.title}`;
  };
  const number = (title: string) => ({ title, isNumber: true });
  return {
    caption: `Differences on shared seeds, in percentage points`,
    columns: [
      { title: "Column" },
      { title: "Difference" },
      number("Pairs"),
      number("Mean"),
      number("95 % interval"),
      number("P(improvement)"),
    ],
    rows: differences.map(({ column, row, baseline, pairs, difference, interval, probabilityOfImprovement }) => [
      columnOf(column),
      `${titleOf(reproduction.rows, row)} − ${titleOf(reproduction.rows, baseline)}`,
      String(pairs),
      signedPoints(difference),
      `[${signedPoints(interval[0])}, ${signedPoints(interval[1])}]`,
      probabilityOfImprovement.toFixed(2),
    ]),
  };
}
