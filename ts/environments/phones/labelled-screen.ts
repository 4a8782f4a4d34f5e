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

/** Standard deviation of luma (ITU-R BT.601). Loops over bytes: it is asked for at every place of every element. */
function lumaSpread({ width, height, rgb }: RgbImage, tag: Tag): number {
  const [right, bottom] = [Math.min(tag.x + tag.width, width), Math.min(tag.y + tag.height, height)];
  let [sum, squares] = [0, 0];
  for (let row = tag.y; row < bottom; row++) {
    const end = (row * width + right) * 3;
    for (let place = (row * width + tag.x) * 3; place < end; place += 3) {
      const luma = 0.299 * (rgb[place] ?? 0) + 0.587 * (rgb[place + 1] ?? 0) + 0.114 * (rgb[place + 2] ?? 0);
      sum += luma;
      squares += luma * luma;
    }
  }
  const count = (right - tag.x) * (bottom - tag.y);
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
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

function shade({ width, height, rgb }: RgbImage, tag: Tag): void {
  const right = Math.min(tag.x + tag.width, width);
  for (let row = tag.y; row < Math.min(tag.y + tag.height, height); row++) {
    const end = (row * width + right) * 3;
    for (let place = (row * width + tag.x) * 3; place < end; place++) {
      rgb[place] = Math.round((1 - COVER) * (rgb[place] ?? 0));
    }
  }
}
