import { crc32, deflateSync } from "node:zlib";
import { convertIndexedToRgb, type DecodedPng, decode } from "fast-png";
import type { RgbImage } from "./environments/environment.ts";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Bits a sample, colours without transparency, and the only ways there are to compress, filter and order rows. */
const RGB_FORMAT = Uint8Array.of(8, 2, 0, 0, 0);
/** Drawn frames shrink to a thirtieth at any level; this one is the fastest on them. */
const COMPRESSION_LEVEL = 3;

/**
 * The bytes of an 8-bit RGB PNG file. A rollout writes thousands while the worker waits: Node's own zlib takes a fifth of
 * what a library in JavaScript does.
 */
export function encodePng({ width, height, rgb }: RgbImage): Uint8Array {
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  // Each row begins with the number of its filter; 0 is none.
  const rows = Buffer.alloc(height * (1 + 3 * width));
  for (let row = 0; row < height; row++) {
    rows.set(rgb.subarray(row * 3 * width, (row + 1) * 3 * width), row * (1 + 3 * width) + 1);
  }
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", Buffer.concat([size, RGB_FORMAT])),
    chunk("IDAT", deflateSync(rows, { level: COMPRESSION_LEVEL })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(typed.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(typed, 4);
  framed.writeUInt32BE(crc32(typed), framed.length - 4);
  return framed;
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
