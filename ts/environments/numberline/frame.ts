import { BLACK, blankImage, copyImage, drawText, WHITE } from "../drawing/canvas.ts";
import { dejaVuSansBold } from "../drawing/typeface.ts";
import type { RgbImage } from "../environment.ts";
import type { NumberPair } from "./rules.ts";

const SIDE = 300;
const FONT_SIZE = 36;
const TEXT_LEFT = 30;
const TARGET_TOP = 60;
const CURRENT_TOP = 180;

/** What every frame shares: the labels, and where their numbers go. */
interface Template {
  image: RgbImage;
  targetLeft: number;
  currentLeft: number;
}

let template: Template | undefined;
const frames = new Map<string, RgbImage>();

/** The 300×300 frame of a state; the same buffer for the same state, so that it must not be written to. */
export function numberLineFrame(pair: NumberPair): RgbImage {
  const key = `${pair.current}/${pair.target}`;
  let frame = frames.get(key);
  if (frame === undefined) {
    frame = drawNumberLineFrame(pair);
    frames.set(key, frame);
  }
  return frame;
}

/** A fresh buffer: black on white, "Target: x" above "Current: y". */
export function drawNumberLineFrame({ current, target }: NumberPair): RgbImage {
  template ??= drawTemplate();
  const image = copyImage(template.image);
  drawText(image, String(target), { ...STYLE, x: template.targetLeft, y: TARGET_TOP });
  drawText(image, String(current), { ...STYLE, x: template.currentLeft, y: CURRENT_TOP });
  return image;
}

const STYLE = { typeface: dejaVuSansBold(FONT_SIZE), colour: BLACK };

function drawTemplate(): Template {
  const image = blankImage(SIDE, SIDE, WHITE);
  const targetLeft = drawText(image, "Target: ", { ...STYLE, x: TEXT_LEFT, y: TARGET_TOP });
  const currentLeft = drawText(image, "Current: ", { ...STYLE, x: TEXT_LEFT, y: CURRENT_TOP });
  return { image, targetLeft, currentLeft };
}
