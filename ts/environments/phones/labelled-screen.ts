import { middleOf, type ScreenElement } from "../../parsing/screen-element.ts";
import { BLACK, type Colour, copyImage, drawText, WHITE } from "../drawing/canvas.ts";
import { textWidth } from "../drawing/lettering.ts";
import { dejaVuSansBold, type Typeface } from "../drawing/typeface.ts";
import type { RgbImage } from "../environment.ts";

/** Of a digit's em: pixels of the screen's shorter side that make one pixel of it, and no fewer than can be read. */
const SIDE_PER_PIXEL = 24;
const SMALLEST_SIZE = 11;
/** How much of a label's ground covers what lies under it. */
const COVER = 0.7;
/** Places within an element, by its width and height, in the order in which they are tried. */
const PLACES = [0.5, 0.25, 0.75, 0.05, 0.95];

interface Tag {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A copy of the screen with each element's number in its middle: white on a dark ground that lets what lies under it show
 * through. Where another label is there already it stands elsewhere in the element; small elements choose first.
 */
export function labelledScreen(screen: RgbImage, elements: readonly ScreenElement[]): RgbImage {
  const image = copyImage(screen);
  const shorter = Math.min(image.width, image.height);
  const typeface = dejaVuSansBold(Math.max(SMALLEST_SIZE, Math.round(shorter / SIDE_PER_PIXEL)));
  const taken: Tag[] = [];
  const numbered = elements.map((element, index) => ({ element, number: String(index + 1) }));
  for (const { element, number } of numbered.sort((one, other) => areaOf(one.element) - areaOf(other.element))) {
    const tag = placeFor(element, sizeOf(number, typeface), image, taken);
    taken.push(tag);
    drawTag(image, number, tag, typeface);
  }
  return image;
}

function areaOf({ box: { width, height } }: ScreenElement): number {
  return width * height;
}

function sizeOf(number: string, typeface: Typeface): Pick<Tag, "width" | "height"> {
  const capital = typeface.glyph("1").height;
  const margin = Math.max(1, Math.round(capital / 6));
  return { width: Math.ceil(textWidth(number, typeface)) + 2 * margin, height: capital + 2 * margin };
}

/** The middle where all places are taken. */
function placeFor(
  element: ScreenElement,
  { width, height }: Pick<Tag, "width" | "height">,
  image: RgbImage,
  taken: readonly Tag[],
): Tag {
  const { box } = element;
  const around = (x: number, y: number): Tag => ({
    x: within(Math.round(x * image.width - width / 2), image.width - width),
    y: within(Math.round(y * image.height - height / 2), image.height - height),
    width,
    height,
  });
  const places = PLACES.flatMap((down) =>
    PLACES.map((across) => around(box.x + across * box.width, box.y + down * box.height)),
  );
  const { x, y } = middleOf(element);
  return places.find((place) => !taken.some((other) => overlap(place, other))) ?? around(x, y);
}

function within(value: number, largest: number): number {
  return Math.min(Math.max(0, value), Math.max(0, largest));
}

function overlap(one: Tag, other: Tag): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

function drawTag(image: RgbImage, number: string, tag: Tag, typeface: Typeface): void {
  shade(image, tag, BLACK);
  const capital = typeface.glyph("1").height;
  const base = tag.y + Math.round((tag.height + capital) / 2);
  const x = tag.x + (tag.width - textWidth(number, typeface)) / 2;
  drawText(image, number, { x, y: base - typeface.ascent, typeface, colour: WHITE });
}

function shade(image: RgbImage, { x, y, width, height }: Tag, colour: Colour): void {
  for (let row = y; row < Math.min(y + height, image.height); row++) {
    for (let column = x; column < Math.min(x + width, image.width); column++) {
      for (const [channel, value] of colour.entries()) {
        const place = (row * image.width + column) * 3 + channel;
        image.rgb[place] = Math.round(COVER * value + (1 - COVER) * (image.rgb[place] ?? 0));
      }
    }
  }
}
