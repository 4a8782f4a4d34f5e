import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { darkened } from "../report/figures/colours.ts";
import { rasterise } from "../report/figures/rasterise.ts";

/** A folder that fills with what a command found, and the paths of all of it. */
export class OutputFolder {
  readonly #directory: string;
  readonly #written: string[] = [];

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes the folder where it is missing; what is there already is written over. */
  static async at(directory: string): Promise<OutputFolder> {
    await mkdir(join(directory, "figures"), { recursive: true });
    return new OutputFolder(directory);
  }

  get written(): readonly string[] {
    return this.#written;
  }

  /** Returns the path. */
  async write(name: string, content: string | Buffer): Promise<string> {
    const path = join(this.#directory, name);
    await writeFile(path, content);
    this.#written.push(path);
    return path;
  }

  /** A light SVG as it is, and as PNG for light and dark ground. */
  async writeFigure(id: string, svg: string): Promise<void> {
    await this.write(`figures/${id}.svg`, svg);
    await this.write(`figures/${id}.png`, rasterise(svg));
    await this.write(`figures/${id}-dark.png`, rasterise(darkened(svg)));
  }
}
