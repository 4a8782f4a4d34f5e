import { cellText } from "./cell.ts";
import { weightText } from "./format.ts";
import { measureOf, strongest } from "./heat-map.ts";
import type { Explanation, Summary } from "./run-schema.ts";
import { secondsOf, stagesOf, type Table } from "./tables.ts";
import { visibleText } from "./visible-text.ts";

/** A report as plain text without colours, the same on a terminal and in a log. */

const NUM_TOKENS = 3;

/** Success after each stage, sampled and greedy. */
export function stageTable(summary: Pick<Summary, "stages">): string {
  return tableText(stagesOf(summary));
}

export function secondsTable(summary: Pick<Summary, "seconds">): string {
  return tableText(secondsOf(summary));
}

/** The strongest tokens of the first `numUtterances` utterances, a line each; by entropy where there are no weights. */
export function causalTokens(explanations: readonly Explanation[], numUtterances = 3): string {
  const measure = measureOf(explanations);
  const lines = explanations.slice(0, numUtterances).map(({ tokens, parse, action }) => {
    const told = strongest(tokens, measure, NUM_TOKENS).map(
      (token) => `${quoted(token.text)} ${weightText(measure.of(token))}`,
    );
    const outcome = parse === "action" ? `action ${quoted(action)}` : "no action";
    return `  ${outcome}: ${told.length === 0 ? "no token of any weight" : told.join(", ")}`;
  });
  return [`Strongest tokens by ${measure.name}`, ...lines].join("\n");
}

/** Columns two blanks apart, numbers to the right, under the caption. */
export function tableText({ caption, columns, rows: sorted, totals = [] }: Table): string {
  const rows = [...sorted, ...totals].map((cells) => cells.map(cellText));
  const widths = columns.map(({ title }, column) =>
    Math.max(title.length, ...rows.map((cells) => visibleText(cells[column] ?? "").length)),
  );
  const line = (cells: readonly string[]) => {
    const padded = cells.map((text, column) => {
      const cell = visibleText(text);
      const width = widths[column] ?? 0;
      return columns[column]?.isNumber ? cell.padStart(width) : cell.padEnd(width);
    });
    return `  ${padded.join("  ").trimEnd()}`;
  };
  return [caption, line(columns.map(({ title }) => title)), ...rows.map(line)].join("\n");
}

/** On one line, and safe to print: control characters are spelt out. */
function quoted(text: string): string {
  return `"${visibleText(text).replaceAll("\n", "")}"`;
}
