import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Observation } from "../environments/environment.ts";
import { ConfigError, messageOf } from "../errors.ts";
import { encodePng } from "../png.ts";

/** Where `coso play` keeps what the agent would have seen. */
export class FrameFolder {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** @throws ConfigError when the folder cannot be made. */
  static async at(directory: string): Promise<FrameFolder> {
    try {
      await mkdir(directory, { recursive: true });
    } catch (error) {
      throw new ConfigError(`--images: expected a folder to write to, got ${directory}: ${messageOf(error)}`, {
        cause: error,
      });
    }
    return new FrameFolder(directory);
  }

  /** Writes `<name>.png`; returns its path, or undefined where the observation has no image. */
  async save(name: string, { image }: Observation): Promise<string | undefined> {
    if (image === undefined) return undefined;
    const path = join(this.#directory, `${name}.png`);
    await writeFile(path, encodePng(image));
    return path;
  }
}
