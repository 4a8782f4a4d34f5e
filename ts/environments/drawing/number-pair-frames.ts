import type { RgbImage } from "../environment.ts";
import { BLACK, blankImage, copyImage, drawText, WHITE } from "./canvas.ts";
import { dejaVuSansBold } from "./typeface.ts";

const SIDE = 300;
const FONT_SIZE = 36;
const TEXT_LEFT = 30;
const UPPER_TOP = 60;
const LOWER_TOP = 180;
const STYLE = { typeface: dejaVuSansBold(FONT_SIZE), colour: BLACK };

/** What every frame shares: the labels, and where their numbers go. */
interface Template {
  image: RgbImage;
  upperLeft: number;
  lowerLeft: number;
}

/** 300×300 frames of two labelled numbers, one above the other, black on white. */
export class NumberPairFrames {
  readonly #upperLabel: string;
  readonly #lowerLabel: string;
  readonly #frames = new Map<string, RgbImage>();
  #template: Template | undefined;

  /** `upperLabel`, `lowerLabel`: what precedes each number, with the blank between them. */
  constructor(upperLabel: string, lowerLabel: string) {
    this.#upperLabel = upperLabel;
    this.#lowerLabel = lowerLabel;
  }

  /** The same buffer for the same numbers, so that it must not be written to. */
  kept(upper: number, lower: number): RgbImage {
    const key = `${upper}/${lower}`;
    let frame = this.#frames.get(key);
    if (frame === undefined) {
      frame = this.drawn(upper, lower);
      this.#frames.set(key, frame);
    }
    return frame;
  }

  /** A fresh buffer. */
  drawn(upper: number, lower: number): RgbImage {
    this.#template ??= this.#drawTemplate();
    const { image: labels, upperLeft, lowerLeft } = this.#template;
    const image = copyImage(labels);
    drawText(image, String(upper), { ...STYLE, x: upperLeft, y: UPPER_TOP });
    drawText(image, String(lower), { ...STYLE, x: lowerLeft, y: LOWER_TOP });
    return image;
  }

  #drawTemplate(): Template {
    const image = blankImage(SIDE, SIDE, WHITE);
    const upperLeft = drawText(image, this.#upperLabel, { ...STYLE, x: TEXT_LEFT, y: UPPER_TOP });
    const lowerLeft = drawText(image, this.#lowerLabel, { ...STYLE, x: TEXT_LEFT, y: LOWER_TOP });
    return { image, upperLeft, lowerLeft };
  }
}
