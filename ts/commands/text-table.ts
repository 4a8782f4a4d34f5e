/** Columns padded to their widest cell, two spaces apart, under a rule. */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? "")].map(width)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - width(cell)))
      .join("  ")
      .trimEnd();
  return [line(header), "─".repeat(widths.reduce((sum, each) => sum + each + 2, -2)), ...rows.map(line)].join("\n");
}

function width(text: string): number {
  return [...text].length;
}
