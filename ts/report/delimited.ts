/** RFC 4180: text as a spreadsheet reads it; null is an empty field. */
export function delimited(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((values) => `${values.map(field).join(",")}\r\n`).join("");
}

function field(value: string | number | null): string {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
