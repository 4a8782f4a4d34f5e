import { z } from "zod";
import { importDefault } from "../config/load.ts";
import { applyOverrides } from "../config/overrides.ts";
import { parseSettings } from "../config/parse-settings.ts";
import { endpointSchema, requestsSchema, samplingSchema } from "../prompting/endpoint.ts";

/** What a vision model that judges screenshots is asked, and where. Input is what a researcher writes. */
const judgeSchema = z.strictObject({
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

/**
 * Checks a judge's settings and fills in its defaults.
 *
 * ```ts
 * export default defineJudge({ endpoint: { kind: "gemini", model: "gemini-2.5-flash" }, shots: "shots/general" });
 * ```
 * @throws ConfigError with a line for everything that is wrong: the path, what was expected, what came, the mend.
 */
export function defineJudge(input: JudgeInput): JudgeSettings {
  return parseSettings(judgeSchema, input, "judge");
}

/**
 * Imports a judge's file and applies the command line's changes (`key.path=value` each) to its default export.
 * @throws ConfigError when the file is missing, has no default export, or is none.
 */
export async function loadJudge(file: string, set: readonly string[]): Promise<JudgeSettings> {
  return defineJudge(applyOverrides(await importDefault(file, "defineJudge"), set) as JudgeInput);
}
