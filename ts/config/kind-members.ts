import { z } from "zod";
import { experimentSchema } from "./schema.ts";

/** The settings that go with a kind, such as `slots` with `worker.engine.kind` "vllm"; null where `path` has no kinds. */
export type MembersOfKind = (path: readonly string[], kind: unknown) => ReadonlySet<string> | null;

/** Of an experiment's schema. `path` leads to what has the kind: `["worker", "engine"]`. */
export const experimentMembers: MembersOfKind = (path, kind) => {
  const union = path.reduce<unknown>(
    (schema, key) => (schema instanceof z.ZodObject ? bare(schema.shape[key]) : undefined),
    experimentSchema,
  );
  if (!(union instanceof z.ZodDiscriminatedUnion)) return null;
  for (const option of union.options) {
    if (!(option instanceof z.ZodObject)) continue;
    const { shape } = option;
    if (shape.kind instanceof z.ZodLiteral && shape.kind.value === kind) return new Set(Object.keys(shape));
  }
  return null;
};

/** Without its defaults and `null`. */
function bare(schema: unknown): unknown {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodNullable) {
    return bare(schema.unwrap());
  }
  return schema;
}
