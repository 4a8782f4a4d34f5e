import { convertIndexedToRgb, type DecodedPng, decode, encode } from "fast-png";
import type { RgbImage } from "./environments/environment.ts";

/** The bytes of an 8-bit RGB PNG file. */
export function encodePng({ width, height, rgb }: RgbImage): Uint8Array {
  return encode({ width, height, data: rgb, channels: 3, depth: 8 });
}

/**
 * The image of any PNG file as 8-bit RGB. As PIL's `convert("RGB")` does, transparency is dropped and grey repeated.
 * @throws Error when the bytes are no PNG, cut off or damaged.
 */
export function decodePng(bytes: Uint8Array): RgbImage {
  const png = decode(bytes, { checkCrc: true });
  const { width, height } = png;
  const samples = samplesOf(png);
  const channels = samples.length / (width * height);
  if (channels === 3 && samples instanceof Uint8Array) return { width, height, rgb: samples };
  const rgb = new Uint8Array(width * height * 3);
  // Grey has one channel, or two with transparency.
  const steps = channels < 3 ? [0, 0, 0] : [0, 1, 2];
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (const [channel, step] of steps.entries()) {
      rgb[pixel * 3 + channel] = samples[pixel * channels + step] ?? 0;
    }
  }
  return { width, height, rgb };
}

/** One number 0–255 a channel and pixel. */
function samplesOf(png: DecodedPng): ArrayLike<number> {
  if (png.palette !== undefined) return convertIndexedToRgb(png);
  if (png.depth === 8) return png.data;
  if (png.depth === 16) return Uint8Array.from(png.data, (sample) => sample >> 8);
  return unpacked(png);
}

/** Grey of less than 8 bits: several pixels a byte, each row from a byte of its own. */
function unpacked({ width, height, depth, data }: DecodedPng): Uint8Array {
  const largest = 2 ** depth - 1;
  const rowBytes = Math.ceil((width * depth) / 8);
  const samples = new Uint8Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const bit = column * depth;
      const byte = data[row * rowBytes + (bit >> 3)] ?? 0;
      samples[row * width + column] = (((byte >> (8 - depth - (bit & 7))) & largest) * 255) / largest;
    }
  }
  return samples;
}
