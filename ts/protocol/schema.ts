import { createHash } from "node:crypto";
import { z } from "zod";
import { reply, request } from "./messages/envelopes.ts";
import { methods } from "./messages.ts";

/** What zod writes for the schemas in `messages.ts`: the subset of JSON Schema that the generators read. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean" | "null";
  readonly format?: string;
  readonly description?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | false;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly minItems?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

/**
 * The protocol as one JSON Schema: `properties.methods` is the method table, `properties.request` and
 * `properties.reply` are the envelopes, `$defs` holds every named message. Bytes are `{"format": "binary"}`.
 */
export function protocolSchema(): JsonSchema {
  const table = Object.entries(methods).map(([name, method]) => [name, z.strictObject(method)]);
  const root = z.strictObject({ methods: z.strictObject(Object.fromEntries(table)), request, reply });
  return z.toJSONSchema(root, {
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === "custom") jsonSchema.format = "binary";
    },
  }) as JsonSchema;
}

let cachedHash: string | undefined;

/**
 * SHA-256 of the schema's canonical JSON, hexadecimal: what `hello` compares. It is taken from `messages.ts` as it
 * stands, so an edit without `npm run protocol` shows when the worker is greeted.
 */
export function protocolHash(): string {
  cachedHash ??= createHash("sha256").update(canonicalJson(protocolSchema())).digest("hex");
  return cachedHash;
}

/** JSON without white space and with the keys of every object in code-unit order. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
