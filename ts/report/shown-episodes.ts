import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { imageName } from "./run-schema.ts";

/** A line of `episodes.jsonl`, as far as a film strip shows it. */
const episodeSchema = z.looseObject({
  iteration: z.int().min(0).optional(),
  success: z.boolean(),
  ending: z.string(),
  fault: z.string().exactOptional(),
  kind: z.string().exactOptional(),
  return: z.number(),
  length: z.int().min(1),
  steps: z
    .array(
      z.looseObject({
        prompt: z.string().nullable().default(null),
        utterance: z.string(),
        parse: z.looseObject({ kind: z.enum(["action", "invalid"]), reason: z.string().exactOptional() }),
        action: z.unknown(),
        reward: z.number(),
        image: imageName.nullable(),
      }),
    )
    .min(1),
  lastImage: imageName.nullable().default(null),
});
export type ShownEpisode = z.output<typeof episodeSchema>;
export type ShownStep = ShownEpisode["steps"][number];

/** The file's end, where the latest policy played. */
const LOOKED_AT = 200;
const PER_OUTCOME = 2;

/**
 * The latest episodes with images of each outcome: success, failure, and broken down; in the order of the file. A line
 * that is no episode, such as one that is still being written, is passed over; a missing file holds none.
 */
export async function readShownEpisodes(path: string): Promise<ShownEpisode[]> {
  const episodes = (await lastLines(path, LOOKED_AT)).flatMap((line) => episodeOf(line) ?? []);
  const withImages = episodes.filter(({ steps }) => steps.some(({ image }) => image !== null));
  const latest = (holds: (episode: ShownEpisode) => boolean) => withImages.filter(holds).slice(-PER_OUTCOME);
  const shown = new Set([
    ...latest(({ success }) => success),
    ...latest(({ success, ending }) => !success && ending !== "fault"),
    ...latest(({ ending }) => ending === "fault"),
  ]);
  return withImages.filter((episode) => shown.has(episode));
}

async function lastLines(path: string, count: number): Promise<string[]> {
  const lines: string[] = [];
  try {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
      lines.push(line);
      if (lines.length > 2 * count) lines.splice(0, count);
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
  return lines.slice(-count);
}

function episodeOf(line: string): ShownEpisode | undefined {
  try {
    return episodeSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
