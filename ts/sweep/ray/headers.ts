import { z } from "zod";
import { ConfigError } from "../../errors.ts";

/** What Ray's own tools take from `RAY_JOB_HEADERS`: a JSON object. @throws ConfigError that repeats none of it, since it may hold keys. */
export function rayHeaders(text: string | undefined): Record<string, string> {
  if (text === undefined || text === "") return {};
  try {
    return z.record(z.string().regex(/^[\w-]+$/), z.string()).parse(JSON.parse(text));
  } catch {
    const example = `{"Authorization": "Bearer …"}`;
    throw new ConfigError(
      `RAY_JOB_HEADERS: expected a JSON object of texts, such as ${example}, received something else`,
    );
  }
}
