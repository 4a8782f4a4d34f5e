import type { ScreenElement } from "../../parsing/screen-element.ts";
import { copyImage, drawText, WHITE } from "../drawing/canvas.ts";
import { textWidth } from "../drawing/lettering.ts";
import { dejaVuSansBold, type Typeface } from "../drawing/typeface.ts";
import type { RgbImage } from "../environment.ts";

/** Of a digit's em: pixels of the screen's shorter side that make one pixel of it, and no fewer than can be read. */
const SIDE_PER_PIXEL = 24;
const SMALLEST_SIZE = 11;
/** How much of a label's ground covers what lies under it. */
const COVER = 0.8;
/** So many times a label's area an element has to have to be labelled within itself: what is smaller would vanish. */
const ROOMY = 6;
/** Places within an element, by its width and height. */
const WITHIN = [0.5, 0.25, 0.75, 0, 1];
/** Of a small element: corners and edges, on which the label's middle stands, in the order in which they are tried. */
const AROUND = [
  [0, 0],
  [1, 0],
  [0, 1],
  [1, 1],
  [0.5, 0],
  [0.5, 1],
] as const;
/** How much more a label may hide, in standard deviations of luma, to stand nearer to the middle by an element's side. */
const NEARNESS = 30;

interface Tag {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A copy of the screen with each element's number, white on black: in its middle where that hides nothing, else near it where
 * the element is plainer; at a corner of an element that is hardly larger than the label; never on another label if that
 * can be helped. Small elements choose first.
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

function placeFor(
  { box }: ScreenElement,
  size: Pick<Tag, "width" | "height">,
  image: RgbImage,
  taken: readonly Tag[],
): Tag {
  const [left, top] = [box.x * image.width, box.y * image.height];
  const [width, height] = [box.width * image.width, box.height * image.height];
  const at = (x: number, y: number): Tag => ({
    ...size,
    x: clamped(Math.round(x), image.width - size.width),
    y: clamped(Math.round(y), image.height - size.height),
  });
  const within = (across: number, down: number) =>
    at(left + across * (width - size.width), top + down * (height - size.height));
  const isFree = (tag: Tag) => !taken.some((other) => overlap(tag, other));
  const isRoomy = width >= size.width && height >= size.height && width * height >= ROOMY * size.width * size.height;
  if (!isRoomy) {
    const around = AROUND.map(([across, down]) =>
      at(left + across * width - size.width / 2, top + down * height - size.height / 2),
    );
    return around.find(isFree) ?? within(0.5, 0.5);
  }
  let best = { tag: within(0.5, 0.5), cost: Number.POSITIVE_INFINITY };
  for (const down of WITHIN) {
    for (const across of WITHIN) {
      const tag = within(across, down);
      if (!isFree(tag)) continue;
      const cost = lumaSpread(image, tag) + NEARNESS * Math.hypot(across - 0.5, down - 0.5);
      if (cost < best.cost) best = { tag, cost };
    }
  }
  return best.tag;
}

/** Standard deviation of luma (ITU-R BT.601). */
function lumaSpread(image: RgbImage, tag: Tag): number {
  let [count, sum, squares] = [0, 0, 0];
  for (const place of pixelsOf(image, tag)) {
    const [red = 0, green = 0, blue = 0] = image.rgb.subarray(place, place + 3);
    const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
    count += 1;
    sum += luma;
    squares += luma * luma;
  }
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}

/** Where the tag's pixels begin in an image's bytes. */
function* pixelsOf({ width, height }: RgbImage, tag: Tag): Generator<number> {
  for (let row = tag.y; row < Math.min(tag.y + tag.height, height); row++) {
    for (let column = tag.x; column < Math.min(tag.x + tag.width, width); column++) yield (row * width + column) * 3;
  }
}

function clamped(value: number, largest: number): number {
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
  shade(image, tag);
  const capital = typeface.glyph("1").height;
  const base = tag.y + Math.round((tag.height + capital) / 2);
  const x = tag.x + (tag.width - textWidth(number, typeface)) / 2;
  drawText(image, number, { x, y: base - typeface.ascent, typeface, colour: WHITE });
}

function shade(image: RgbImage, tag: Tag): void {
  for (const place of pixelsOf(image, tag)) {
    for (let channel = place; channel < place + 3; channel++) {
      image.rgb[channel] = Math.round((1 - COVER) * (image.rgb[channel] ?? 0));
    }
  }
}
