import { type Cell, cellText, isStrong } from "./cell.ts";
import type { Table } from "./tables.ts";

const HEAD = `% In the preamble: \\usepackage{booktabs}
`;

/** Tables as a file to `\input`, a float each, labelled `tab:` and the first words of the caption. */
export function tablesLatex(tables: readonly Table[]): string {
  const labels = uniqueLabels(tables.map(({ caption }) => caption));
  return [HEAD, ...tables.map((table, index) => tableLatex(table, labels[index] ?? ""))].join("\n");
}

function tableLatex({ caption, columns, rows, totals = [], note }: Table, label: string): string {
  const line = (cells: readonly string[]) => `    ${guarded(cells.join(" & "))} \\\\`;
  const text = (cell: Cell) => {
    const words = escapeLatex(cellText(cell));
    return isStrong(cell) ? `\\textbf{${words}}` : words;
  };
  return [
    "\\begin{table}",
    "  \\centering",
    `  \\caption{${escapeLatex(caption)}.}`,
    `  \\label{tab:${label}}`,
    `  \\begin{tabular}{${columns.map(({ isNumber }) => (isNumber ? "r" : "l")).join("")}}`,
    "    \\toprule",
    line(columns.map(({ title }) => escapeLatex(title))),
    "    \\midrule",
    ...rows.map((cells) => line(cells.map(text))),
    ...(totals.length === 0 ? [] : ["    \\midrule", ...totals.map((cells) => line(cells.map(text)))]),
    "    \\bottomrule",
    "  \\end{tabular}",
    ...(note === undefined ? [] : ["", "  \\smallskip", `  {\\footnotesize ${escapeLatex(note)}\\par}`]),
    "\\end{table}",
    "",
  ].join("\n");
}

const SPECIAL: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "$<$",
  ">": "$>$",
  "|": "$|$",
  '"': "''",
  "−": "$-$",
  "×": "$\\times$",
  "→": "$\\rightarrow$",
  "≥": "$\\ge$",
  "≤": "$\\le$",
  "±": "$\\pm$",
  "·": "$\\cdot$",
  α: "$\\alpha$",
  Δ: "$\\Delta$",
  λ: "$\\lambda$",
  "–": "--",
  "…": "\\dots{}",
  "\n": " ",
  "\t": " ",
};

/**
 * Text as LaTeX sets it, whichever engine. Letters beyond Latin ones and those above need an engine that reads UTF-8, and
 * a font that has them.
 */
export function escapeLatex(text: string): string {
  return text.replace(/[\\~^<>|"−×→≥≤±·αΔλ–…\n\t]|[&%#_{}$]/g, (character) => SPECIAL[character] ?? `\\${character}`);
}

/** After a row's \\\\ LaTeX takes a bracket or a star for an argument of it. */
function guarded(row: string): string {
  return /^[[*]/.test(row) ? `{}${row}` : row;
}

function uniqueLabels(captions: readonly string[]): string[] {
  const taken = new Map<string, number>();
  return captions.map((caption) => {
    const words = caption.toLowerCase().match(/[a-z0-9]+/g) ?? [];
    const label = words.slice(0, 4).join("-");
    const count = (taken.get(label) ?? 0) + 1;
    taken.set(label, count);
    return count === 1 ? label : `${label}-${count}`;
  });
}
