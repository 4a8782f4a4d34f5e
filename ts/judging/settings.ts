import { z } from "zod";
import { endpointSchema, requestsSchema, samplingSchema } from "../prompting/endpoint.ts";

/** What a vision model that judges screenshots is asked, and where. Input is what a researcher writes. */
export const judgeSchema = z.strictObject({
  endpoint: endpointSchema,
  // A verdict is no place for chance.
  sampling: samplingSchema.extend({ temperature: samplingSchema.shape.temperature.default(0) }).prefault({}),
  requests: requestsSchema.prefault({}),
  budget: z
    .strictObject({
      requests: z.int().min(1).nullable().default(null).describe("Most requests, retries included; null: no limit."),
    })
    .prefault({}),
  shots: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe("Folder with shots.json and its screenshots, judged by hand, which are shown first; null: none are."),
  shrink: z.int().min(1).default(4).describe("Screenshots are sent at this fraction of their sides, as DigiRL's."),
  answers: z.string().min(1).default("judge-answers").describe("Folder of answers, which several runs may share."),
});

/** What a researcher writes. */
export type JudgeInput = z.input<typeof judgeSchema>;
/** What is used: every default filled in. */
export type JudgeSettings = z.output<typeof judgeSchema>;
