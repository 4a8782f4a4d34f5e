import { BLACK, blankImage, type Colour, drawImage } from "../../drawing/canvas.ts";
import { drawLines, type Field, fittingSize } from "../../drawing/lettering.ts";
import type { RgbImage } from "../../environment.ts";
import { rasterisedPictogram, wordsOf } from "./pictogram.ts";
import { keptSprite } from "./sprites.ts";

/** What a tile shows: a pictogram, beside it a number or `1-20`, below it the type's name. */
export interface Tile {
  readonly type: string;
  readonly number: string;
  readonly isLit?: boolean;
  readonly isSliced?: boolean;
}

/** Pixels. */
interface TileSize {
  readonly width: number;
  readonly height: number;
  /** Of the pictogram's plate. */
  readonly plate: number;
  /** Font size of the number at the most, and of the name; a name below `smallestName` is written in two lines. */
  readonly number: number;
  readonly name: number;
  readonly smallestName: number;
}

/** From large to small: a grid takes the first with which all its tiles fit. */
const SIZES = [
  { width: 100, height: 88, plate: 58, number: 24, name: 18, smallestName: 13 },
  { width: 75, height: 64, plate: 40, number: 19, name: 14, smallestName: 10 },
  { width: 60, height: 44, plate: 28, number: 17, name: 11, smallestName: 8 },
  { width: 50, height: 38, plate: 23, number: 15, name: 9, smallestName: 7 },
  { width: 37, height: 27, plate: 24, number: 8, name: 0, smallestName: 0 },
] as const satisfies readonly TileSize[];
const [, , , , SMALLEST] = SIZES;

const MARGIN = 2;
const SMALLEST_LETTERS = 5;
/** What a lamp that is on stands in. */
export const LIT: Colour = [0xff, 0xe6, 0x00];
const MORE: Colour = [0x60, 0x60, 0x60];

/** Draws `tiles` in rows from the field's top left; where there are too many for it, "+7" stands for the last ones. */
export function drawTiles(image: RgbImage, tiles: readonly Tile[], field: Field, background: Colour): void {
  const size = SIZES.find((each) => capacityOf(each, field) >= tiles.length) ?? SMALLEST;
  const capacity = capacityOf(size, field);
  const shown = tiles.length <= capacity ? tiles : tiles.slice(0, capacity - 1);
  const columns = Math.floor(field.width / size.width);
  const corner = (index: number) =>
    [field.x + (index % columns) * size.width, field.y + Math.floor(index / columns) * size.height] as const;
  for (const [index, tile] of shown.entries()) drawImage(image, tileSprite(tile, size, background), ...corner(index));
  if (shown.length === tiles.length) return;
  const [x, y] = corner(shown.length);
  drawLines(image, [`+${tiles.length - shown.length}`], { ...size, x, y }, { size: size.plate / 2, colour: MORE });
}

function capacityOf({ width, height }: TileSize, field: Field): number {
  return Math.floor(field.width / width) * Math.floor(field.height / height);
}

/** One tile; the same buffer for the same looks, so that it must not be written to. */
function tileSprite(tile: Tile, size: TileSize, background: Colour): RgbImage {
  const { type, number, isLit = false, isSliced = false } = tile;
  const name = JSON.stringify(["tile", type, number, isLit, isSliced, size.width, background]);
  return keptSprite(name, () => drawTile(tile, size, isLit ? LIT : background));
}

function drawTile(
  { type, number, isLit = false, isSliced = false }: Tile,
  size: TileSize,
  background: Colour,
): RgbImage {
  const { width, height, plate } = size;
  const image = blankImage(width, height, background);
  drawImage(image, rasterisedPictogram(type, { side: plate, background, isSliced }), MARGIN, MARGIN);
  const beside = { x: 2 * MARGIN + plate, y: MARGIN, width: width - plate - 3 * MARGIN, height: plate };
  const marks = isLit ? [number, "on"] : [number];
  const markSize = fittingSize(marks, beside, { largest: size.number, smallest: SMALLEST_LETTERS });
  drawLines(image, marks, beside, { size: markSize, colour: BLACK });
  if (size.name === 0) return image;
  const below = { x: 1, y: plate + MARGIN, width: width - 2, height: height - plate - MARGIN };
  const { name, smallestName } = size;
  const oneLine = fittingSize([type], below, { largest: name, smallest: smallestName - 1 });
  if (oneLine >= smallestName) {
    drawLines(image, [type], below, { size: oneLine, colour: BLACK });
    return image;
  }
  const lines = twoLines(type);
  const twoLine = fittingSize(lines, below, { largest: smallestName, smallest: SMALLEST_LETTERS });
  drawLines(image, lines, below, { size: twoLine, colour: BLACK });
  return image;
}

/** A type's words in two lines, as even as they come. */
function twoLines(type: string): readonly string[] {
  const words = wordsOf(type);
  if (words.length === 1) return [type];
  const splits = words
    .slice(1)
    .map((_, index) => [words.slice(0, index + 1).join(""), words.slice(index + 1).join("")]);
  const longest = (lines: readonly string[]) => Math.max(...lines.map((line) => line.length));
  return splits.reduce((best, lines) => (longest(lines) < longest(best) ? lines : best));
}
