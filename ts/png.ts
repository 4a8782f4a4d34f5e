import { encode } from "fast-png";
import type { RgbImage } from "./environments/environment.ts";

/** The bytes of an 8-bit RGB PNG file. */
export function encodePng({ width, height, rgb }: RgbImage): Uint8Array {
  return encode({ width, height, data: rgb, channels: 3, depth: 8 });
}
