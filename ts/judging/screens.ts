import type { RgbImage } from "../environments/environment.ts";

/** DigiRL's: a mean squared difference of channels below this is the same screen. */
const SAME_SCREEN = 0.001 * 255 ** 2;

export function isSameScreen(one: RgbImage, other: RgbImage): boolean {
  if (one.width !== other.width || one.height !== other.height) return false;
  let sum = 0;
  for (let place = 0; place < one.rgb.length; place++) {
    sum += ((one.rgb[place] ?? 0) - (other.rgb[place] ?? 0)) ** 2;
  }
  return sum / one.rgb.length < SAME_SCREEN;
}

/** The image at 1/`factor` of its sides, each pixel the mean of those it stands for; what is left over at the edges is cut off. */
export function shrunk(image: RgbImage, factor: number): RgbImage {
  const [width, height] = [image.width, image.height].map((side) => Math.floor(side / factor));
  if (factor === 1 || width === undefined || height === undefined || width === 0 || height === 0) return image;
  const rgb = new Uint8Array(width * height * 3);
  for (let place = 0; place < rgb.length; place++) {
    const channel = place % 3;
    const column = Math.floor(place / 3) % width;
    const row = Math.floor(place / 3 / width);
    let sum = 0;
    for (let down = 0; down < factor; down++) {
      const from = ((row * factor + down) * image.width + column * factor) * 3 + channel;
      for (let right = 0; right < factor; right++) sum += image.rgb[from + right * 3] ?? 0;
    }
    rgb[place] = Math.round(sum / factor ** 2);
  }
  return { width, height, rgb };
}
