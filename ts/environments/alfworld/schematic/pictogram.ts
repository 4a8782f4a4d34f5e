import { createHash } from "node:crypto";
import type { Colour } from "../../drawing/canvas.ts";
import { rasterised } from "../../drawing/rasterised.ts";
import { box, INK, type Ink, line, type Pictogram } from "../../drawing/shapes.ts";
import type { RgbImage } from "../../environment.ts";
import { OBJECT_PICTOGRAMS } from "./object-pictograms.ts";
import { RECEPTACLE_PICTOGRAMS } from "./receptacle-pictograms.ts";

interface Known {
  readonly words: readonly string[];
  readonly pictogram: Pictogram;
}

/** By type, which is its words without blanks. */
const KNOWN: ReadonlyMap<string, Known> = new Map(
  [...Object.entries(OBJECT_PICTOGRAMS), ...Object.entries(RECEPTACLE_PICTOGRAMS)].map(([name, pictogram]) => [
    name.replaceAll(" ", ""),
    { words: name.split(" "), pictogram },
  ]),
);

/** Where a type's name may be broken: `pepper`, `shaker`. A type that has no pictogram is one word. */
export function wordsOf(type: string): readonly string[] {
  return KNOWN.get(type)?.words ?? [type];
}

/** The colour of a type's plate. */
export function plateColour(type: string): Colour {
  const [plate] = pictogramOf(type);
  return colourOf(plate);
}

function pictogramOf(type: string): Pictogram {
  return KNOWN.get(type)?.pictogram ?? blocksOf(type);
}

function colourOf(ink: Ink): Colour {
  const value = Number.parseInt(INK[ink].slice(1), 16);
  return [value >> 16, (value >> 8) & 0xff, value & 0xff];
}

/** `side`×`side` on `background`, pixels; rasterised anew. */
export function rasterisedPictogram(
  type: string,
  { side, background, isSliced = false }: { side: number; background: Colour; isSliced?: boolean },
): RgbImage {
  const cut = [line("M1 23L23 1", "black", 4), line("M1 23L23 1", "white", 2.5)];
  const pictogram = pictogramOf(type);
  return rasterised(isSliced ? [...pictogram, ...cut] : pictogram, { side, background });
}

const BLOCK_PLATES = ["red", "orange", "yellow", "lime", "green", "teal", "sky", "blue", "violet", "pink"] as const;
const BLOCKS_ACROSS = 5;
/** The left half and the column in the middle; the right half is its mirror. */
const BLOCK_COLUMNS = 3;

/** A pattern of its own, from its name alone, for a type that only data of someone else's making has. */
function blocksOf(type: string): Pictogram {
  const bytes = createHash("sha256").update(type).digest();
  const plate = BLOCK_PLATES[bytes.readUInt8(0) % BLOCK_PLATES.length] ?? "grey";
  const blocks: string[] = [];
  for (let cell = 0; cell < BLOCKS_ACROSS * BLOCK_COLUMNS; cell++) {
    if (bytes.readUInt8(1 + cell) % 2 === 0) continue;
    const row = Math.floor(cell / BLOCK_COLUMNS);
    const column = cell % BLOCK_COLUMNS;
    for (const x of new Set([column, BLOCKS_ACROSS - 1 - column]))
      blocks.push(box(2 + 4 * x, 2 + 4 * row, 4, 4, "black"));
  }
  return [plate, ...blocks];
}
