import { z } from "zod";

/** What a process of `python/coso_sinks` tells, a line each. */
const answerSchema = z.union([
  z.strictObject({ ready: z.literal(true) }),
  z.strictObject({ through: z.int().min(0), place: z.string() }),
  z.strictObject({ ended: z.literal(true) }),
  z.strictObject({
    failed: z.strictObject({
      kind: z.enum(["missing", "refused", "broken"]),
      cause: z.string(),
      mend: z.string().nullable(),
    }),
  }),
]);

export type Answer = z.output<typeof answerSchema>;

/** Undefined for a line that is none of these. */
export function readAnswer(line: string): Answer | undefined {
  try {
    return answerSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}
