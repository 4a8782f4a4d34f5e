import { blankImage, copyImage, drawImage } from "../../drawing/canvas.ts";
import type { RgbImage } from "../../environment.ts";
import { drawnLook } from "./drawing.ts";
import { type Element, SIDE } from "./element.ts";
import { layoutOf } from "./layout.ts";
import { isOn, type PhoneState } from "./state.ts";
import { DARK, LIGHT, type Theme } from "./theme.ts";

/** The 224×224 picture of a phone's screen, a fresh buffer; the same bytes for the same state. */
export function frameOf(state: PhoneState): RgbImage {
  const theme = isOn(state, "Dark mode") ? DARK : LIGHT;
  const image = copyImage(BLANK);
  for (const element of layoutOf(state).elements) {
    drawImage(image, spriteOf(element, theme), element.box.x, element.box.y);
  }
  return image;
}

const BLANK = blankImage(SIDE, SIDE, LIGHT.ground);

/** By look, size and theme, the one used last at the end. */
const sprites = new Map<string, RgbImage>();
/** Some 30 kB each: words that agents type and prices have no end. */
const MOST_SPRITES = 1000;

function spriteOf({ look, box, isDimmed }: Element, theme: Theme): RgbImage {
  const name = `${theme.name} ${box.width} ${box.height} ${isDimmed ?? ""} ${JSON.stringify(look)}`;
  let sprite = sprites.get(name);
  if (sprite === undefined) {
    sprite = drawnLook(look, box, theme);
    if (isDimmed) dim(sprite);
    if (sprites.size === MOST_SPRITES) sprites.delete(sprites.keys().next().value ?? name);
  } else {
    sprites.delete(name);
  }
  sprites.set(name, sprite);
  return sprite;
}

const SHADE = 0.4;

function dim({ rgb }: RgbImage): void {
  for (const [index, value] of rgb.entries()) rgb[index] = Math.round(value * SHADE);
}
