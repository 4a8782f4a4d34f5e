import type { Range } from "./range.ts";

/** Columns that a terminal is sure to have, less those before the parts of a phase. */
const PARTS_WIDTH = 55;

export function span({ low, high }: Range, text: (value: number) => string): string {
  const [from, to] = [text(low), text(high)];
  return from === to ? from : `${from}–${to}`;
}

export function size(bytes: number): string {
  return Math.abs(bytes) >= 1e8 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

export function millions(tokens: number): string {
  return short(tokens / 1e6);
}

export function milliseconds(seconds: number): string {
  return short(seconds * 1e3);
}

/** Two digits are all that an estimate has. */
export function short(value: number): string {
  return value >= 10 ? whole(value) : String(Number(value.toPrecision(2)));
}

/** Parts with their bytes, over as many lines as they need; at least one. */
export function partLines(
  parts: Readonly<Record<string, number>>,
  names: Readonly<Record<string, string>>,
): readonly string[] {
  const told = Object.entries(parts)
    .filter(([, bytes]) => bytes !== 0)
    .map(([part, bytes]) => `${names[part] ?? part} ${size(bytes)}`);
  const lines = [""];
  for (const each of told) {
    const last = lines.at(-1) ?? "";
    const longer = last === "" ? each : `${last}, ${each}`;
    if (longer.length <= PARTS_WIDTH || last === "") lines[lines.length - 1] = longer;
    else {
      lines[lines.length - 1] = `${last},`;
      lines.push(each);
    }
  }
  return lines;
}
