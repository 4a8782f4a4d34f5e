import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { RgbImage } from "../environments/environment.ts";
import { ConfigError, messageOf } from "../errors.ts";
import { decodePng } from "../png.ts";

const shotsFile = z
  .array(
    z.strictObject({
      /** A PNG in the same folder. */
      image: z.string().regex(/^[^/\\]+\.png$/i, "expected the name of a PNG file in the same folder"),
      task: z.string().min(1),
      question: z.string().min(1),
      answer: z.string().min(1),
      status: z.enum(["success", "failure"]),
    }),
  )
  .min(1);

/** A screenshot that a person judged, and how they came to their verdict. */
export type Shot = Omit<z.output<typeof shotsFile>[number], "image"> & { readonly image: RgbImage };

/**
 * Reads `shots.json` of a folder, `[{ image, task, question, answer, status }]`, and the PNG files that it names.
 * @throws ConfigError naming the file, and the field where there is one.
 */
export async function readShots(folder: string): Promise<Shot[]> {
  const path = join(folder, "shots.json");
  const read = shotsFile.safeParse(await parsed(path));
  if (!read.success) throw new ConfigError(`${path}:\n${z.prettifyError(read.error)}`);
  return Promise.all(read.data.map(async (shot) => ({ ...shot, image: await screenshot(join(folder, shot.image)) })));
}

async function parsed(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    const form = "[{ image, task, question, answer, status }]";
    throw new ConfigError(`${path}: expected a JSON file of the form ${form}: ${messageOf(error)}`, { cause: error });
  }
}

async function screenshot(path: string): Promise<RgbImage> {
  try {
    return decodePng(await readFile(path));
  } catch (error) {
    throw new ConfigError(`${path}: expected a PNG that can be read: ${messageOf(error)}`, { cause: error });
  }
}
