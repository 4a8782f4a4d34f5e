import type { RgbImage } from "../environment.ts";
import { keepFreedMemory } from "./freed-memory.ts";
import type { Glyph, Typeface } from "./typeface.ts";

/** Red, green, blue, each 0–255. */
export type Colour = readonly [red: number, green: number, blue: number];

export const WHITE: Colour = [255, 255, 255];
export const BLACK: Colour = [0, 0, 0];

/** An image of one colour. */
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
  keepFreedMemory();
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

/**
 * Copies `sprite` into `image` with its top left corner at (`x`, `y`), whole pixels; what falls outside is cut off.
 * A sprite's rows are looked up once and kept with it, so that its pixels may change but not its buffer.
 */
export function drawImage(image: RgbImage, sprite: RgbImage, x: number, y: number): void {
  const firstColumn = Math.max(0, -x);
  const endColumn = Math.min(sprite.width, image.width - x);
  if (firstColumn >= endColumn) return;
  const isWhole = firstColumn === 0 && endColumn === sprite.width;
  const endRow = Math.min(sprite.height, image.height - y);
  if (isWhole && sprite.width === image.width) {
    const firstRow = Math.max(0, -y);
    if (firstRow >= endRow) return;
    const bytesPerRow = image.width * 3;
    image.rgb.set(sprite.rgb.subarray(firstRow * bytesPerRow, endRow * bytesPerRow), (y + firstRow) * bytesPerRow);
    return;
  }
  const rows = rowsOf(sprite);
  for (let row = Math.max(0, -y); row < endRow; row++) {
    const whole = rows[row] as Uint8Array;
    const pixels = isWhole ? whole : whole.subarray(firstColumn * 3, endColumn * 3);
    image.rgb.set(pixels, ((y + row) * image.width + x + firstColumn) * 3);
  }
}

const rowsBySprite = new WeakMap<Uint8Array, readonly Uint8Array[]>();

/** Views of an image's rows: to make one takes longer than to copy a card's row. */
function rowsOf({ width, height, rgb }: RgbImage): readonly Uint8Array[] {
  let rows = rowsBySprite.get(rgb);
  if (rows === undefined) {
    rows = Array.from({ length: height }, (_, row) => rgb.subarray(row * width * 3, (row + 1) * width * 3));
    rowsBySprite.set(rgb, rows);
  }
  return rows;
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
