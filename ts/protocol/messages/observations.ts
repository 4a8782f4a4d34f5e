import { z } from "zod";
import { count, positive } from "./scalars.ts";

export const imageBatch = z
  .strictObject({
    frame: count.describe("Which raw frame of this message, counted from 0, holds the pixels."),
    number: positive,
    height: positive,
    width: positive,
  })
  .describe("`number` RGB images of one size, contiguous, rows from the top, uint8.")
  .meta({ id: "ImageBatch" });

export const observationBatch = z
  .strictObject({
    prompts: z.array(z.string()).min(1),
    images: imageBatch.nullable(),
    imageIndex: z.array(count).nullable().describe("For each prompt its image within `images`; null without images."),
  })
  .meta({ id: "ObservationBatch" });

export type ObservationBatch = z.output<typeof observationBatch>;
