import { BLACK, blankImage, type Colour, drawImage, WHITE } from "../../drawing/canvas.ts";
import { drawLines, fittingSize } from "../../drawing/lettering.ts";
import type { RgbImage } from "../../environment.ts";
import { plateColour, rasterisedPictogram } from "./pictogram.ts";
import { nameOf, type Place } from "./scene.ts";
import { keptSprite } from "./sprites.ts";

/** What objects lie on. */
export const GROUND: Readonly<Record<"surface" | "open", Colour>> = { surface: WHITE, open: [0xbf, 0xd8, 0xff] };

const EMPTY_INK: Colour = [0x80, 0x86, 0x90];
const RULE_HEIGHT = 2;
const MARGIN = 4;
const LARGEST_NAME = 28;
const SMALLEST_LETTERS = 6;

/** The band above a place: its pictogram and name in the colour of its type, and whether its door is open. */
export function placeHeader(place: Place, width: number, height: number): RgbImage {
  return keptSprite(JSON.stringify(["header", place.type, place.number, place.access, width, height]), () =>
    drawHeader(place, nameOf(place), width, height),
  );
}

/** A band with words, where there is no place to name. */
export function titleBand(title: string, width: number, height: number): RgbImage {
  return keptSprite(JSON.stringify(["title", title, width, height]), () => drawHeader(undefined, title, width, height));
}

/** What a place has below its band: where its objects go or, in the colour of its type, a door that is shut. */
export function placeGround({ type, access, objects }: Place, width: number, height: number): RgbImage {
  if (access === "closed") {
    return keptSprite(JSON.stringify(["door", type, width, height]), () => drawDoor(type, width, height));
  }
  const isEmpty = objects.length === 0;
  return keptSprite(JSON.stringify(["ground", access, isEmpty, width, height]), () => {
    const image = blankImage(width, height, GROUND[access]);
    if (isEmpty) drawWord(image, "empty", EMPTY_INK);
    return image;
  });
}

function drawHeader(place: Place | undefined, name: string, width: number, height: number): RgbImage {
  const ground = place === undefined ? WHITE : plateColour(place.type);
  const image = blankImage(width, height, ground);
  const colour = inkOn(ground);
  const inside = height - RULE_HEIGHT;
  let left = MARGIN;
  if (place !== undefined) {
    const side = inside - 2;
    drawImage(image, rasterisedPictogram(place.type, { side, background: ground }), 1, 1);
    left = side + 2 * MARGIN;
  }
  let right = width - MARGIN;
  if (place !== undefined && place.access !== "surface") {
    const sign = drawSign(place.access, Math.round(1.8 * inside), inside - 2 * MARGIN);
    right -= sign.width;
    drawImage(image, sign, right, MARGIN);
    right -= MARGIN;
  }
  const field = { x: left, y: 0, width: right - left, height: inside };
  const size = fittingSize([name], field, { largest: LARGEST_NAME, smallest: SMALLEST_LETTERS });
  drawLines(image, [name], field, { size, colour, align: "left" });
  drawImage(image, blankImage(width, RULE_HEIGHT, BLACK), 0, inside);
  return image;
}

function drawSign(access: "open" | "closed", width: number, height: number): RgbImage {
  const ground = access === "open" ? GROUND.open : BLACK;
  const image = blankImage(width, height, ground);
  const field = { x: 2, y: 0, width: width - 4, height };
  const size = fittingSize([access], field, { largest: height, smallest: SMALLEST_LETTERS });
  drawLines(image, [access], field, { size, colour: inkOn(ground) });
  return image;
}

/** Two panes of the type's colour in a dark frame, with a handle between them. */
function drawDoor(type: string, width: number, height: number): RgbImage {
  const image = blankImage(width, height, BLACK);
  const frame = Math.max(2, Math.round(height / 16));
  const pane = blankImage(Math.round((width - 3 * frame) / 2), height - 2 * frame, plateColour(type));
  drawImage(image, pane, frame, frame);
  drawImage(image, pane, width - frame - pane.width, frame);
  const plaque = blankImage(Math.round(0.56 * width), Math.round(height / 3), BLACK);
  drawWord(plaque, "closed", WHITE);
  drawImage(image, plaque, Math.round((width - plaque.width) / 2), Math.round((height - plaque.height) / 2));
  return image;
}

function drawWord(image: RgbImage, word: string, colour: Colour): void {
  const field = { x: 0, y: 0, width: image.width, height: image.height };
  const size = fittingSize([word], { ...field, width: 0.9 * field.width }, { largest: 40, smallest: SMALLEST_LETTERS });
  drawLines(image, [word], field, { size, colour });
}

/** Black on light, white on dark, by the luma of ITU-R BT.601. */
function inkOn([red, green, blue]: Colour): Colour {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 128 ? BLACK : WHITE;
}
