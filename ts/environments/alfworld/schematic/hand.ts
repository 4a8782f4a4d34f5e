import { BLACK, blankImage, type Colour, drawImage } from "../../drawing/canvas.ts";
import { drawLines, type Field, fittingSize } from "../../drawing/lettering.ts";
import { rasterised } from "../../drawing/rasterised.ts";
import { box, line, type Pictogram } from "../../drawing/shapes.ts";
import type { RgbImage } from "../../environment.ts";
import { rasterisedPictogram } from "./pictogram.ts";
import { nameOf, type SeenObject } from "./scene.ts";
import { keptSprite } from "./sprites.ts";
import { LIT } from "./tiles.ts";

const GROUND: Colour = [0xff, 0xd9, 0xb0];
const EMPTY_INK: Colour = [0x9a, 0x6a, 0x3a];
const MARGIN = 4;
const LETTERS = { largest: 28, smallest: 8 };

const HAND: Pictogram = [
  "black",
  box(6, 10, 12, 12, "cream", 4),
  line("M7.5 12V6M11 12V3M14 12V3.5M17 12V6", "cream", 2.6),
  line("M7 16L3 12", "cream", 3),
];

/** The band with a hand and what it holds: its pictogram, and its name beside it. */
export function handBand(carried: SeenObject | null, width: number, height: number): RgbImage {
  return keptSprite(JSON.stringify(["hand", carried, width, height]), () => {
    const image = blankImage(width, height, GROUND);
    const side = height - 2 * MARGIN;
    drawImage(image, rasterised(HAND, { side, background: GROUND }), MARGIN, MARGIN);
    const left = height + MARGIN;
    if (carried === null) {
      writeInto(image, "empty hand", { x: left, y: 0, width: width - left - MARGIN, height }, EMPTY_INK);
      return image;
    }
    const { type, isLit, isSliced } = carried;
    if (isLit) drawImage(image, blankImage(width - left, height, LIT), left, 0);
    const background = isLit ? LIT : GROUND;
    drawImage(image, rasterisedPictogram(type, { side, background, isSliced }), left, MARGIN);
    const right = left + side + 2 * MARGIN;
    writeInto(image, nameOf(carried), { x: right, y: 0, width: width - right - MARGIN, height }, BLACK);
    return image;
  });
}

function writeInto(image: RgbImage, words: string, field: Field, colour: Colour): void {
  drawLines(image, [words], field, { size: fittingSize([words], field, LETTERS), colour, align: "left" });
}
