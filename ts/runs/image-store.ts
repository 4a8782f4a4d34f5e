import { createHash } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RgbImage } from "../environments/environment.ts";
import { encodePng } from "../png.ts";

/** Images of a run, each once, named by the SHA-256 of their size and pixels. */
export class ImageStore {
  readonly #directory: string;
  /** Files by name, written or being written. */
  readonly #files = new Map<string, Promise<void>>();

  constructor(runDirectory: string) {
    this.#directory = runDirectory;
  }

  /** Returns the path relative to the run folder, such as `images/3f….png`, once the file is there. */
  async keep(image: RgbImage): Promise<string> {
    const name = imageName(image);
    let file = this.#files.get(name);
    if (file === undefined) {
      file = this.#write(name, image);
      this.#files.set(name, file);
    }
    await file;
    return name;
  }

  async #write(name: string, image: RgbImage): Promise<void> {
    const path = join(this.#directory, name);
    if (existsSync(path)) return;
    mkdirSync(join(this.#directory, "images"), { recursive: true });
    await writeFile(`${path}.partial`, encodePng(image));
    await rename(`${path}.partial`, path);
  }
}

/** By pixel buffer: environments may show the same buffer many times. */
const names = new WeakMap<Uint8Array, string>();

/** Path within a run folder by the SHA-256 of size and pixels. */
export function imageName({ width, height, rgb }: RgbImage): string {
  const known = names.get(rgb);
  if (known !== undefined) return known;
  const hash = createHash("sha256").update(`${width}x${height}\n`).update(rgb).digest("hex");
  const name = `images/${hash}.png`;
  names.set(rgb, name);
  return name;
}
