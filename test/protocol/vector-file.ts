import { readFileSync } from "node:fs";
import { z } from "zod";
import { reply, request } from "../../ts/protocol/messages/envelopes.ts";
import { methods } from "../../ts/protocol/messages.ts";

/** `vectors/messages.json`, which `python/tests/test_protocol_vectors.py` reads as well. */
const vectorFile = z.array(
  z.strictObject({
    message: z.string(),
    value: z.json(),
    mutants: z.array(
      z.strictObject({
        what: z.string(),
        path: z.array(z.union([z.string(), z.int()])),
        set: z.json().optional(),
      }),
    ),
  }),
);

export type VectorCase = z.output<typeof vectorFile>[number];
export type Mutant = VectorCase["mutants"][number];

export function readVectors(): VectorCase[] {
  const file = new URL("vectors/messages.json", import.meta.url);
  return vectorFile.parse(JSON.parse(readFileSync(file, "utf8")));
}

/** The zod schema behind `request`, `reply` or `act.params`. */
export function schemaOf(message: string): z.ZodType {
  if (message === "request") return request;
  if (message === "reply") return reply;
  const [name, part] = message.split(".");
  const method = Object.entries(methods).find(([key]) => key === name)?.[1];
  if (method === undefined || (part !== "params" && part !== "result")) throw new Error(`no message ${message}`);
  return method[part];
}

/** JSON with `{"$bytes": base64}` as the bytes that they stand for. */
export function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes);
  if (typeof value !== "object" || value === null) return value;
  if ("$bytes" in value && typeof value.$bytes === "string")
    return Uint8Array.from(Buffer.from(value.$bytes, "base64"));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withBytes(part)]));
}

/** The value that the mutant is. */
export function mutated(value: unknown, { path, set }: Mutant): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return set;
  if (Array.isArray(value))
    return value.map((item, index) => (index === key ? mutated(item, { what: "", path: rest, set }) : item));
  if (typeof value !== "object" || value === null) throw new Error(`nothing at ${key}`);
  const entries = Object.entries(value).filter(([name]) => name !== key);
  if (rest.length === 0 && set === undefined) return Object.fromEntries(entries);
  const inner = Object.entries(value).find(([name]) => name === key)?.[1];
  return Object.fromEntries([...entries, [String(key), mutated(inner, { what: "", path: rest, set })]]);
}
