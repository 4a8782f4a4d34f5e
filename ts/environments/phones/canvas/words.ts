import type { Colour } from "../../drawing/canvas.ts";
import { drawLines, textWidth } from "../../drawing/lettering.ts";
import { dejaVuSansBold } from "../../drawing/typeface.ts";
import type { RgbImage } from "../../environment.ts";
import type { Box } from "./element.ts";

/** Pixels an em; a few, since every size of a font has to be measured anew. */
const SIZES = [48, 28, 24, 20, 18, 16, 14, 12, 11] as const;
const [SMALLEST] = SIZES.slice(-1);
const LINE_HEIGHT = 1.1;

export interface Writing {
  readonly colour: Colour;
  readonly largest: number;
  readonly align?: "left" | "middle";
}

/** Writes `text` into the box in the largest size that fits, in more than one line where that lets it be larger. */
export function write(image: RgbImage, text: string, box: Box, { colour, largest, align = "middle" }: Writing): void {
  const sizes = SIZES.filter((size) => size <= largest);
  for (const size of sizes) {
    const lines = brokenInto(text, box.width, size);
    if (lines === undefined || lines.length * Math.round(LINE_HEIGHT * size) > box.height) continue;
    drawLines(image, lines, box, { size, colour, align });
    return;
  }
  drawLines(image, [cut(text, box.width, "start")], box, { size: SMALLEST ?? 11, colour, align });
}

/** Writes one line, whose end is seen where it is too long: what was typed last. */
export function writeEnd(image: RgbImage, text: string, box: Box, { colour, largest }: Writing): void {
  const size = SIZES.find((each) => each <= largest && fits(text, box.width, each));
  const shown = size === undefined ? cut(text, box.width, "end") : text;
  drawLines(image, [shown], box, { size: size ?? SMALLEST ?? 11, colour, align: "left" });
}

/** The words of `text` in lines no wider than `width`; undefined where a word is. */
function brokenInto(text: string, width: number, size: number): string[] | undefined {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    if (!fits(word, width, size)) return undefined;
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && fits(longer, width, size)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** As many characters as fit, from the start or up to the end. */
function cut(text: string, width: number, keep: "start" | "end"): string {
  let shown = text;
  while (shown !== "" && !fits(shown, width, SMALLEST ?? 11))
    shown = keep === "start" ? shown.slice(0, -1) : shown.slice(1);
  return shown;
}

function fits(text: string, width: number, size: number): boolean {
  return textWidth(text, dejaVuSansBold(size)) <= width;
}
