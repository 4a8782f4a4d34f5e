import type { RgbImage } from "../environment.ts";
import type { Glyph, Typeface } from "./typeface.ts";

/** Red, green, blue, each 0–255. */
export type Colour = readonly [red: number, green: number, blue: number];

export const WHITE: Colour = [255, 255, 255];
export const BLACK: Colour = [0, 0, 0];

export function blankImage(width: number, height: number, colour: Colour): RgbImage {
  const rgb = new Uint8Array(width * height * 3);
  const [red, green, blue] = colour;
  if (red === green && green === blue) {
    rgb.fill(red);
  } else {
    for (let offset = 0; offset < rgb.length; offset += 3) rgb.set(colour, offset);
  }
  return { width, height, rgb };
}

export function copyImage(image: RgbImage): RgbImage {
  return { ...image, rgb: image.rgb.slice() };
}

/**
 * Draws one line of text into `image`; what falls outside is cut off.
 *
 * `x` is the pen's start and `y` the top of the line (the font's ascender, not the ink), as in Pillow's
 * `ImageDraw.text` with its default anchor. Each glyph lands on whole pixels.
 * @returns the pen's `x` after the text, where text that continues it starts.
 */
export function drawText(
  image: RgbImage,
  text: string,
  { x, y, typeface, colour }: { x: number; y: number; typeface: Typeface; colour: Colour },
): number {
  const baseline = y + typeface.ascent;
  const characters = [...text];
  let pen = x;
  for (const [index, character] of characters.entries()) {
    blitGlyph(image, typeface.glyph(character), Math.round(pen), baseline, colour);
    pen += typeface.advance(character, characters[index + 1]);
  }
  return pen;
}

/** Copies `sprite` into `image` with its top left corner at (`x`, `y`), whole pixels; what falls outside is cut off. */
export function drawImage(image: RgbImage, sprite: RgbImage, x: number, y: number): void {
  const firstColumn = Math.max(0, -x);
  const endColumn = Math.min(sprite.width, image.width - x);
  if (firstColumn >= endColumn) return;
  const endRow = Math.min(sprite.height, image.height - y);
  for (let row = Math.max(0, -y); row < endRow; row++) {
    const source = row * sprite.width * 3;
    const target = ((y + row) * image.width + x + firstColumn) * 3;
    image.rgb.set(sprite.rgb.subarray(source + firstColumn * 3, source + endColumn * 3), target);
  }
}

function blitGlyph(image: RgbImage, glyph: Glyph, pen: number, baseline: number, [red, green, blue]: Colour): void {
  const { width, height, rgb } = image;
  const left = pen + glyph.left;
  const top = baseline + glyph.top;
  const firstColumn = Math.max(0, -left);
  const lastColumn = Math.min(glyph.width, width - left);
  const firstRow = Math.max(0, -top);
  const lastRow = Math.min(glyph.height, height - top);
  for (let row = firstRow; row < lastRow; row++) {
    let source = row * glyph.width + firstColumn;
    let target = ((top + row) * width + left + firstColumn) * 3;
    for (let column = firstColumn; column < lastColumn; column++, source++, target += 3) {
      const coverage = glyph.coverage[source] as number;
      if (coverage === 0) continue;
      rgb[target] = blend(rgb[target] as number, red, coverage);
      rgb[target + 1] = blend(rgb[target + 1] as number, green, coverage);
      rgb[target + 2] = blend(rgb[target + 2] as number, blue, coverage);
    }
  }
}

function blend(under: number, over: number, coverage: number): number {
  return Math.round(under + ((over - under) * coverage) / 255);
}
