import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { RgbImage } from "../environments/environment.ts";
import { messageOf } from "../errors.ts";
import { decodePng } from "../png.ts";

/** Decoded images that stay at hand: small games show the same few again and again. */
const KEPT_BYTES = 64 * 2 ** 20;

export type ImageReading = { kind: "image"; image: RgbImage } | { kind: "problem"; problem: string };

/** Reads the images that rows name; the same path gives the same buffer as long as it is remembered. */
export class ImageReader {
  readonly #folder: string;
  /** The one used last comes last. */
  readonly #kept = new Map<string, RgbImage>();
  #keptBytes = 0;

  /** `folder`: what paths are relative to. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(path: string): Promise<ImageReading> {
    const known = this.#kept.get(path);
    if (known !== undefined) {
      this.#kept.delete(path);
      this.#kept.set(path, known);
      return { kind: "image", image: known };
    }
    let bytes: Buffer;
    try {
      bytes = await readFile(resolve(this.#folder, path));
    } catch (error) {
      const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
      const problem = isMissing ? `no such file in ${this.#folder}` : `cannot be read: ${messageOf(error)}`;
      return { kind: "problem", problem };
    }
    if (isJpeg(bytes)) {
      return { kind: "problem", problem: "a JPEG; expected PNG: convert it, for example by `mogrify -format png`" };
    }
    try {
      const image = decodePng(bytes);
      this.#keep(path, image);
      return { kind: "image", image };
    } catch (error) {
      return { kind: "problem", problem: `expected a PNG that is whole: ${messageOf(error)}` };
    }
  }

  #keep(path: string, image: RgbImage): void {
    this.#kept.set(path, image);
    this.#keptBytes += image.rgb.length;
    for (const [oldest, { rgb }] of this.#kept) {
      if (this.#keptBytes <= KEPT_BYTES) return;
      this.#kept.delete(oldest);
      this.#keptBytes -= rgb.length;
    }
  }
}

function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}
