import { Resvg } from "@resvg/resvg-js";
import type { RgbImage } from "../environment.ts";
import type { Colour } from "./canvas.ts";
import { INK, type Pictogram } from "./shapes.ts";

/** `side`×`side`, opaque. */
export function rasterised(
  [plate, ...shapes]: Pictogram,
  { side, background }: { side: number; background: Colour },
): RgbImage {
  const [red, green, blue] = background;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" viewBox="0 0 28 28">` +
    `<rect x="0.5" y="0.5" width="27" height="27" rx="4" fill="${INK[plate]}" stroke="${INK.black}"/>` +
    `<g transform="translate(2 2)">${shapes.join("")}</g></svg>`;
  const { pixels, width, height } = new Resvg(svg, {
    background: `rgb(${red}, ${green}, ${blue})`,
    font: { loadSystemFonts: false },
  }).render();
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) rgb.set(pixels.subarray(pixel * 4, pixel * 4 + 3), pixel * 3);
  return { width, height, rgb };
}
