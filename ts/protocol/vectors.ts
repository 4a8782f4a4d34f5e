import { CosoError } from "../errors.ts";
import type { JsonSchema } from "./schema.ts";

/** One valid message with what breaks it; every reader of the protocol accepts the first and rejects all the others. */
interface VectorCase {
  /** `request`, `reply`, or a method's part such as `act.params`. */
  readonly message: string;
  readonly value: Json;
  readonly mutants: readonly Mutant[];
}

/** `value` with the place at `path` replaced by `set`, or removed where there is no `set`. */
interface Mutant {
  readonly what: string;
  readonly path: readonly (string | number)[];
  readonly set?: Json;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Path = readonly (string | number)[];

/** Bytes have no form in JSON: `{"$bytes": base64}` stands for them. */
const bytes = (text: string): Json => ({ $bytes: Buffer.from(text, "latin1").toString("base64") });

const TENSORS: Json[] = [
  { dtype: "float32", shape: [2], data: bytes("\0\0\x80?\0\0\0\xc0") },
  { dtype: "int32", shape: [1, 2], data: bytes("\x01\0\0\0\xff\xff\xff\xff") },
  { dtype: "float32", shape: [0], data: bytes("") },
];

/** Valid and broken messages for everything that the schema names: a new message has its vectors at once. */
export function protocolVectors(schema: JsonSchema): VectorCase[] {
  const { methods, ...envelopes } = schema.properties ?? {};
  const messages = [
    ...Object.entries(envelopes),
    ...Object.entries(methods?.properties ?? {}).flatMap(([method, { properties }]) =>
      Object.entries(properties ?? {}).map(([part, message]) => [`${method}.${part}`, message] as const),
    ),
  ];
  return messages.flatMap(([message, part]) => {
    const writer = new VectorWriter(schema.$defs ?? {});
    return writer.samples(part).map((value) => ({ message, value, mutants: [...writer.newMutants(part, value)] }));
  });
}

class VectorWriter {
  readonly #definitions: Readonly<Record<string, JsonSchema>>;
  /** Samples of one message share most of their parts; each part is broken in each way once. */
  readonly #seen = new Set<string>();

  constructor(definitions: Readonly<Record<string, JsonSchema>>) {
    this.#definitions = definitions;
  }

  /** Valid values: the plainest first, then one for each alternative at each place. */
  samples(schema: JsonSchema): Json[] {
    const { $ref, type, minItems = 0, minLength = 0 } = schema;
    if ($ref?.endsWith("/Tensor")) return TENSORS;
    if ($ref !== undefined) return this.samples(this.#resolve(schema));
    if (schema.const !== undefined) return [schema.const];
    if (schema.enum !== undefined) return [...schema.enum];
    if (schema.format === "binary") return [bytes("raw")];
    const members = schema.oneOf ?? schema.anyOf;
    if (members !== undefined) return members.flatMap((member) => this.samples(member));
    switch (type ?? "any") {
      case "any":
        return [{ anything: [1, "two", null] }];
      case "null":
        return [null];
      case "boolean":
        return [true, false];
      case "string":
        return minLength > 0 ? ["text"] : ["text — τέξτ 文", ""];
      case "integer":
        return [Math.max(schema.minimum ?? 0, 1), ...extremes(schema)];
      case "number":
        return [0.5, 1, ...extremes(schema)];
      case "array": {
        const items = this.samples(schema.items ?? {});
        const [plain = null] = items;
        const fill = Array<Json>(Math.max(0, minItems - 1)).fill(plain);
        return [...items.map((item) => [item, ...fill]), [plain, plain, ...fill], ...(minItems === 0 ? [[]] : [])];
      }
      case "object":
        return schema.properties === undefined ? this.#records(schema) : this.#objects(schema.properties);
    }
  }

  *newMutants(schema: JsonSchema, value: Json): Generator<Mutant> {
    for (const { label, ...mutant } of this.#mutants(schema, value, [], "")) {
      if (this.#seen.has(label)) continue;
      this.#seen.add(label);
      yield mutant;
    }
  }

  #records({ additionalProperties }: JsonSchema): Json[] {
    const items = this.samples(additionalProperties || {});
    return [...items.map((item) => ({ "a/name": item })), {}];
  }

  #objects(properties: Readonly<Record<string, JsonSchema>>): Json[] {
    const alternatives = Object.entries(properties).map(([key, field]) => [key, this.samples(field)] as const);
    const plain = Object.fromEntries(alternatives.map(([key, [first = null]]) => [key, first]));
    return [
      plain,
      ...alternatives.flatMap(([key, [, ...others]]) => others.map((value) => ({ ...plain, [key]: value }))),
    ];
  }

  /** Ways to break `value`, each with a label that names the place by the kinds of the messages it lies in. */
  *#mutants(schema: JsonSchema, value: Json, path: Path, place: string): Generator<Mutant & { label: string }> {
    const set = (what: string, replacement: Json) => ({ what, path, set: replacement, label: `${place}: ${what}` });
    if (schema.$ref?.endsWith("/Tensor")) {
      yield { what: "shape and bytes disagree", path: [...path, "shape"], set: [3, 5], label: `${place}: shape` };
    }
    if (schema.$ref !== undefined) return yield* this.#mutants(this.#resolve(schema), value, path, place);
    const members = schema.oneOf ?? schema.anyOf;
    if (members !== undefined) {
      const isNullable = members.some((member) => member.type === "null");
      if (value === null) return;
      const member = members.find((one) => one.type !== "null" && kindOf(this.#resolve(one)) === kindIn(value));
      for (const mutant of this.#mutants(member ?? {}, value, path, `${place}<${kindIn(value) ?? ""}>`)) {
        const makesNull = mutant.set === null && mutant.path.length === path.length;
        if (!(isNullable && makesNull)) yield mutant;
      }
      return;
    }
    for (const wrong of mistyped(schema)) yield set(`mistyped or out of range: ${JSON.stringify(wrong)}`, wrong);
    if (Array.isArray(value) && schema.items !== undefined && value[0] !== undefined) {
      yield* this.#mutants(schema.items, value[0], [...path, 0], `${place}[]`);
    } else if (schema.type === "object" && isObject(value)) {
      if (schema.properties !== undefined) yield { ...set("extra field", 1), path: [...path, "unexpected"] };
      for (const [key, part] of Object.entries(value)) {
        const inner = schema.properties?.[key] ?? (schema.additionalProperties || {});
        const label = `${place}.${key}`;
        if (schema.properties !== undefined)
          yield { what: "field missing", path: [...path, key], label: `${label}: missing` };
        yield* this.#mutants(inner, part, [...path, key], label);
      }
    }
  }

  #resolve(schema: JsonSchema): JsonSchema {
    if (schema.$ref === undefined) return schema;
    const definition = this.#definitions[schema.$ref.replace("#/$defs/", "")];
    if (definition === undefined) throw new CosoError(`The schema refers to ${schema.$ref}, which it does not define.`);
    return definition;
  }
}

function mistyped(schema: JsonSchema): Json[] {
  if (schema.const !== undefined || schema.enum !== undefined) return ["no-such-name", 1, null];
  if (schema.format === "binary") return ["text", [1, 2], null];
  const { type, minimum, maximum, exclusiveMinimum, minItems, minLength } = schema;
  switch (type ?? "any") {
    case "any":
    case "null":
      return [];
    case "boolean":
      return [1, "true", null];
    case "string":
      return [1, null, ...(minLength === undefined ? [] : [""])];
    case "integer":
      return ["1", 1.5, true, null, (minimum ?? 0) - 1, (maximum ?? 0) + 1];
    case "number":
      return [
        ...["1", true, null],
        ...(minimum === undefined ? [] : [minimum - 0.5]),
        ...(maximum === undefined ? [] : [maximum + 0.5]),
        ...(exclusiveMinimum === undefined ? [] : [exclusiveMinimum]),
      ];
    case "array":
      return [{}, "text", null, ...(minItems === undefined ? [] : [[]])];
    case "object":
      return [[], "text", null];
  }
}

function extremes({ minimum, maximum }: JsonSchema): number[] {
  return [minimum, maximum].filter((bound) => bound !== undefined);
}

function kindOf(schema: JsonSchema): string | undefined {
  return schema.properties?.kind?.const;
}

function kindIn(value: Json): string | undefined {
  return isObject(value) && typeof value.kind === "string" ? value.kind : undefined;
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
