import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import type { Demonstrations } from "../environments/environment.ts";
import { ConfigError, messageOf } from "../errors.ts";
import { ImageStore } from "../runs/image-store.ts";
import { writtenRow } from "./conversation-row.ts";

const FILE = "data.json";

export interface WriteOptions {
  /** Rows get ids of this and a number. */
  readonly name: string;
  /** Replace what an earlier call has written into the folder. */
  readonly overwrite: boolean;
  readonly onRow?: (number: number) => void;
  readonly signal?: AbortSignal;
}

export interface WrittenConversations {
  /** Path of the file. */
  readonly file: string;
  readonly rows: number;
  /** Distinct images. */
  readonly images: number;
}

/**
 * Writes demonstrations in LLaVA's conversation format: `data.json`, and `images/` with each distinct image once, by its
 * content's hash. One row is held at a time; the file gets its name when it is whole.
 * @throws ConfigError when the folder is not empty and is not to be overwritten, or cannot be written to.
 */
export async function writeConversations(
  demonstrations: Demonstrations,
  directory: string,
  { name, overwrite, onRow, signal }: WriteOptions,
): Promise<WrittenConversations> {
  await prepare(directory, overwrite);
  const file = join(directory, FILE);
  const partial = `${file}.partial`;
  const store = new ImageStore(directory);
  const images = new Set<string>();
  const stream = createWriteStream(partial);
  let rows = 0;
  try {
    for await (const { observation, utterance } of demonstrations) {
      signal?.throwIfAborted();
      const image = observation.image === undefined ? null : await store.keep(observation.image);
      if (image !== null) images.add(image);
      const row = writtenRow(`${name}-${rows}`, observation.prompt, utterance, image);
      const isRoomLeft = stream.write(`${rows === 0 ? "[\n" : ",\n"}${JSON.stringify(row)}`);
      rows += 1;
      onRow?.(rows);
      if (!isRoomLeft) await once(stream, "drain");
    }
    stream.end(rows === 0 ? "[]\n" : "\n]\n");
    await finished(stream);
  } catch (error) {
    stream.destroy();
    await rm(partial, { force: true });
    throw error;
  }
  await rename(partial, file);
  if (overwrite) await removeOthers(directory, images);
  return { file, rows, images: images.size };
}

async function prepare(directory: string, overwrite: boolean): Promise<void> {
  let names: string[];
  try {
    await mkdir(directory, { recursive: true });
    names = await readdir(directory);
  } catch (error) {
    throw new ConfigError(`--out: expected a folder to write to, got ${directory}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  if (names.length > 0 && !overwrite) {
    throw new ConfigError(
      `--out: ${directory} is not empty; name another folder, or replace what it holds with --overwrite`,
    );
  }
}

/** Images of an earlier call that no row names any more; other files stay. */
async function removeOthers(directory: string, kept: ReadonlySet<string>): Promise<void> {
  const names = await readdir(join(directory, "images")).catch(() => []);
  const stale = names.filter((name) => /^[0-9a-f]{64}\.png(?:\.partial)?$/.test(name) && !kept.has(`images/${name}`));
  await Promise.all(stale.map((name) => rm(join(directory, "images", name))));
}
