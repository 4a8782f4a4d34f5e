import type { RgbImage } from "../environment.ts";
import { type Colour, drawText } from "./canvas.ts";
import { dejaVuSansBold, type Typeface } from "./typeface.ts";

/** Where lettering goes, whole pixels. It stands in the middle from top to bottom. */
export interface Field {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The height of a line, in ems: capitals and what hangs below the base line. */
const LINE = 1.1;
const TAIL = 0.25;

/** The largest size, in pixels an em, at which every one of `lines` fits into the field; `smallest` where none does. */
export function fittingSize(
  lines: readonly string[],
  { width, height }: Field,
  { largest, smallest }: { largest: number; smallest: number },
): number {
  for (let size = largest; size > smallest; size--) {
    const typeface = dejaVuSansBold(size);
    if (Math.round(LINE * size) * lines.length <= height && lines.every((line) => textWidth(line, typeface) <= width)) {
      return size;
    }
  }
  return smallest;
}

/** Draws `lines` below each other in the middle of the field or, with `align: "left"`, from its left edge. */
export function drawLines(
  image: RgbImage,
  lines: readonly string[],
  field: Field,
  { size, colour, align = "middle" }: { size: number; colour: Colour; align?: "left" | "middle" },
): void {
  const typeface = dejaVuSansBold(size);
  const pitch = Math.round(LINE * size);
  // `y` of a text is the font's ascender; what is centred are its capitals.
  const capital = typeface.glyph("H").height;
  // A tight field of two lines has to have room for the tail of a "g" below them.
  const tail = lines.length > 1 ? Math.round(TAIL * size) : 0;
  const top = field.y + Math.floor((field.height - pitch * (lines.length - 1) - capital - tail) / 2);
  for (const [index, line] of lines.entries()) {
    const left = align === "left" ? 0 : Math.max(0, Math.round((field.width - textWidth(line, typeface)) / 2));
    const base = top + index * pitch + capital;
    drawText(image, line, { x: field.x + left, y: base - typeface.ascent, typeface, colour });
  }
}

/** Pixels, unrounded. */
export function textWidth(text: string, typeface: Typeface): number {
  const characters = [...text];
  return characters.reduce((sum, character, index) => sum + typeface.advance(character, characters[index + 1]), 0);
}
