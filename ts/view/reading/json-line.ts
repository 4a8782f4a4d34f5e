import type { z } from "zod";

/** A line that holds something else than it should, told to the person who looks. */
export interface Damage {
  file: string;
  /** From 1. */
  line: number;
  reason: string;
}

/** What a line holds; a text that says what is wrong with it otherwise. */
export function readLine<T extends z.ZodType>(text: string, schema: T): z.output<T> | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return `expected JSON, got ${JSON.stringify(text.slice(0, 40))}`;
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "has the wrong shape"}`;
}
