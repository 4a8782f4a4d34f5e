import { z } from "zod";
import { imageName } from "../../report/run-schema.ts";

/** What the viewer reads of `episodes.jsonl`. Runs of earlier versions and of `coso prompt` lack some of it. */

const count = z.int().min(0);
const image = imageName.nullable().default(null);

const parse = z.discriminatedUnion("kind", [
  z.looseObject({
    kind: z.literal("action"),
    factors: z.record(z.string(), z.string()).default({}),
    span: z.tuple([count, count]).nullable().default(null),
  }),
  z.looseObject({ kind: z.literal("invalid"), reason: z.string().default("") }),
]);

const step = z.looseObject({
  id: count.nullable().default(null),
  prompt: z.string().nullable().default(null),
  utterance: z.string(),
  parse,
  action: z.unknown(),
  reward: z.number(),
  value: z.number().nullable().default(null),
  image,
});

export const episodeSchema = z.looseObject({
  iteration: count.nullable().default(null),
  success: z.boolean(),
  ending: z.enum(["terminated", "truncated", "fault"]),
  fault: z.string().nullable().default(null),
  kind: z.string().nullable().default(null),
  return: z.number(),
  steps: z.array(step).min(1),
  lastImage: image,
});

export type Episode = z.output<typeof episodeSchema>;
export type EpisodeStep = Episode["steps"][number];
